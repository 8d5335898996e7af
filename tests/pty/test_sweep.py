"""A sweep's live map in a real pseudo-terminal."""

import json
import subprocess
import sys
from pathlib import Path

from tests.pty.terminal import ROOT, Terminal

SWEEP = [sys.executable, "-m", "periodic_tui", "sweep", "magnitude", "--replicas", "2", "--engine", "eager"]


def test_the_map_is_live_and_what_is_done_is_kept(tmp_path: Path) -> None:
    kept = ["--record", str(tmp_path / "kept")]
    with Terminal([*SWEEP, "--vary", "training.steps=5,1_000_000_000", *kept]) as terminal:
        terminal.wait_for("1 of 2 cells")
        terminal.send("\r")
        terminal.wait_for("esc back to the map")
        terminal.wait_for("● training")
        terminal.wait_for("magnitude")
        terminal.send("\x1b")
        terminal.wait_for("1 of 2 cells")
        terminal.send("\x03")
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []
        assert "magnitude: interrupted with 1 of 2 cells" in "\n".join(terminal.screen())
    again = [*SWEEP, "--vary", "training.steps=5", *kept, "--json"]
    said = subprocess.run(again, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert json.loads(said[0])["stored"] is True
