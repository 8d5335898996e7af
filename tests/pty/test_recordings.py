"""Recordings in a real pseudo-terminal: a replay without torch, and a run that looks at its own past."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from periodic_tui.engine.recording import layout, lock
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.snapshot import Snapshot
from tests.pty.terminal import ROOT, Terminal
from tests.recordings import add_picture, write_recording
from tests.ui.scripted import SINE

PROGRAM = [sys.executable, "-m", "periodic_tui"]
SIZES = [(80, 24), (120, 40)]


def at(step: int) -> Snapshot:
    return replace(SINE, step=step, loss=step / 1e4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recording of the user's."""
    lines = [Line(0, 0, "sine-31"), Line(1, 2_500, "injected the known answer", "inject")]
    folder = tmp_path / "periodic-tui" / "runs" / "mine"
    return write_recording(folder, [at(step) for step in range(0, 5_000, 1_000)], lines, apart=600.0)


def without_torch(tmp_path: Path) -> dict[str, str]:
    """An environment whose torch cannot be imported without leaving a trace."""
    trace = tmp_path / "imported"
    (tmp_path / "torch.py").write_text(f"open({str(trace)!r}, 'w').close()\nraise ImportError('not here')\n")
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "XDG_STATE_HOME": str(tmp_path)}


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_recording_is_replayed_without_torch(folder: Path, tmp_path: Path, columns: int, rows: int) -> None:
    with Terminal([*PROGRAM, "replay", "mine"], columns, rows, without_torch(tmp_path), tmp_path) as terminal:
        terminal.wait_for("▶ 1×")
        terminal.send("<<<")
        terminal.wait_for("▶ 0.125×")
        terminal.send(" ")
        terminal.wait_for("‖ 0.125×")
        terminal.send(",,,,,,,,")
        terminal.wait_for("step     0 of 4,000")
        terminal.send(".")
        terminal.wait_for("step 1,000 of 4,000")
        terminal.wait_for("probe 0.100")
        terminal.send("r")
        terminal.wait_for("this is a recording")
        terminal.send("..")
        terminal.wait_for("step 3,000 of 4,000")
        terminal.send("e")
        terminal.wait_for(lambda _: (tmp_path / "sine-31-3000.svg").exists())
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
    assert (tmp_path / "sine-31-3000.svg").read_text().rstrip().endswith("</svg>")
    assert not (tmp_path / "imported").exists()


def test_a_recording_that_grows_is_followed(folder: Path, tmp_path: Path) -> None:
    assert lock.take(folder)
    with Terminal([*PROGRAM, "replay", str(folder)], env=without_torch(tmp_path)) as terminal:
        terminal.wait_for("step 4,000 of 4,000")
        terminal.wait_for("being written")
        add_picture(folder, 5, at(5_000))
        terminal.wait_for("step 5,000 of 5,000")
        lock.release(folder)
        add_picture(folder, 6, at(6_000))
        terminal.wait_for("step 6,000 of 6,000")
        terminal.wait_for(lambda rows: not any("being written" in row for row in rows))
        terminal.send("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize("run", ["nothing", "/dev", "."])
def test_what_is_no_recording_is_one_line(tmp_path: Path, run: str) -> None:
    with Terminal([*PROGRAM, "replay", run], env=without_torch(tmp_path), cwd=tmp_path) as terminal:
        assert terminal.wait_exit() == 2
        lines = [row for row in terminal.screen() if row.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("periodic-tui replay: ")


def test_a_recording_without_a_readable_picture_is_one_line(folder: Path, tmp_path: Path) -> None:
    for file in (folder / layout.PICTURES).iterdir():
        file.write_bytes(b"half")
    with Terminal([*PROGRAM, "replay", "mine"], env=without_torch(tmp_path)) as terminal:
        terminal.wait_for("damaged")
        terminal.send("q")
        assert terminal.wait_exit() == 2
        assert ".safetensors: is damaged" in "".join(terminal.screen())


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_run_looks_at_its_own_past_and_goes_on(tmp_path: Path, columns: int, rows: int) -> None:
    program = [*PROGRAM, "--engine", "eager", "--record", str(tmp_path / "run")]
    with Terminal(program, columns, rows, cwd=ROOT) as terminal:
        terminal.wait_for("training")
        terminal.send("i")
        terminal.wait_for("injected the known answer")
        terminal.wait_for(lambda _: len(list((tmp_path / "run" / layout.PICTURES).glob("*.safetensors"))) > 4)
        terminal.send(",")
        terminal.wait_for("◂ past")
        for _ in range(40):
            terminal.send(",")
        terminal.wait_for(lambda rows: "step 0 of" in " ".join(rows[0].split()))
        terminal.send("r")
        terminal.wait_for("this is the past")
        terminal.send(" ")
        terminal.wait_for("● paused")
        terminal.send(" ")
        terminal.wait_for(lambda rows: "solved" in rows[0] or "training" in rows[0])
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
