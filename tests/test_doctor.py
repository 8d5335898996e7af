"""`doctor` says what is there, and what to do about what is not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.doctor import _cuda, _precision, findings
from periodic_tui.engine.training.aot import program
from periodic_tui.engine.training.aot.build_process import missing
from periodic_tui.engine.training.steppers import cuda_graph
from periodic_tui.presets.files import load
from tests.engine.second_device import SecondDevice, pretend
from tests.engine.training.test_cuda_graph import again
from tests.engine.training.test_devices import TOO_OLD, ScriptedDriver, broken, installed

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


def test_it_reports_what_is_there(tmp_path: Path) -> None:
    found = doctor(XDG_CACHE_HOME=str(tmp_path))
    assert found["torch"] == torch.__version__
    assert found["terminal"] == "none; the dashboard needs one"
    assert "compiled steps" in found["engine cache"]
    assert found["CUDA"] == "none here"
    assert found["sine-31, eager"].endswith("steps/s")
    assert found["sine-31, compiled"].startswith(missing() or "not built yet")


def test_it_says_what_to_install() -> None:
    found = doctor(CXX="no-such-compiler", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert found["C++ compiler"] == "none"
    assert ("install g++" if program.supported() else "expected torch") in found["compiled engine"]
    assert found["colors"] == "none, because of NO_COLOR"
    assert "ascii" in found["glyphs"]


def test_it_reports_cuda_devices_and_measures_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A step that another test has compiled for the CPU takes real tensors.
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(cuda_graph, "Captures", lambda device: again)
    pretend(monkeypatch)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    with SecondDevice():
        found = dict(findings(*load("sine-31", [])))
    assert found["cuda:1"] == "Pretended, sm_90, 70.0 of 80.0 GB free"
    assert re.fullmatch(r"eager [\d,]+ steps/s, compiled [\d,]+ steps/s \(a graph; .+\)", found["sine-31, cuda:0"])
    assert "CUDA" not in found


def test_it_says_what_is_wrong_with_driver_and_card(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = ScriptedDriver(12_080)
    installed(monkeypatch, driver, "13.0", TOO_OLD)
    monkeypatch.setattr("torch.cuda.get_arch_list", lambda: ["sm_80", "sm_90"])
    found = dict(_cuda())
    assert found["CUDA driver"] == "up to CUDA 12.8"
    assert found["torch's CUDA"] == "13.0 for sm_80, sm_90"
    assert found["CUDA"].startswith("the driver knows CUDA 12.8, torch is built for 13.0; update it, or pip install")
    with monkeypatch.context() as patch:
        broken(patch)
        found = dict(_cuda())
        assert found["cuda:0"].startswith("cuda:0 cannot be used: CUDA error: no kernel image is available")


def test_it_says_that_runs_switch_tf32_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _precision() == "float32 in full precision"
    monkeypatch.setattr("torch.get_float32_matmul_precision", lambda: "high")
    assert _precision() == "TF32 by the environment; runs switch it off"
