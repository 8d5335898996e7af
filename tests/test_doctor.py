"""`doctor` says what is there, and what to do about what is not."""

import os
import subprocess
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).parents[1]


def doctor(**env: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "periodic_tui", "doctor"],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line[:20].strip(): line[20:] for line in done.stdout.splitlines()}


def test_it_reports_what_is_there() -> None:
    found = doctor()
    assert found["torch"] == torch.__version__
    assert found["terminal"] == "none; the dashboard needs one"
    assert "compiled steps" in found["engine cache"]
    assert found["sine-31, eager"].endswith("steps/s")
    assert found["sine-31, compiled"].startswith("not built yet")


def test_it_says_what_to_install() -> None:
    found = doctor(CXX="no-such-compiler", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert found["C++ compiler"] == "none"
    assert "install g++" in found["compiled engine"]
    assert found["colors"] == "none, because of NO_COLOR"
    assert "ascii" in found["glyphs"]
