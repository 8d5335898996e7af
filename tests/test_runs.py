"""`runs`, and where the program records what it trains."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from periodic_tui.engine.recording.layout import stored_in
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Recording
from tests.pty.terminal import PATIENCE, Terminal

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "periodic_tui"]
TRAIN = ["train", "sine-31", "--engine", "eager", "--steps"]


NOBODY = [
    sys.executable,
    "-c",
    "import pwd, sys\n"
    "def unknown(uid): raise KeyError(uid)\n"
    "pwd.getpwuid = unknown\n"
    "from periodic_tui.cli import main\n"
    "main()",
]
"""The program where the user has no account."""
HOMELESS = "there is no home directory"


def run(
    *words: str, answer: str = "", env: dict[str, str] | None = None, cwd: Path = ROOT, program: Sequence[str] = PROGRAM
) -> subprocess.CompletedProcess[str]:
    """The program on these words; `unset` as a value takes a name out of the environment."""
    own = os.environ | {"PYTHONPATH": str(ROOT)} | (env or {})
    own = {name: value for name, value in own.items() if value != "unset"}
    return subprocess.run([*program, *words], env=own, input=answer, capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recordings are, of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "periodic-tui" / "runs"


def recorded(folder: Path, created: float) -> None:
    told = Recorder(folder, About("sine-31", "One", created), 'title = "x"\n')
    told.begin()
    told.status(1_234)
    told.close("finished", wait=PATIENCE)


def test_runs_lists_the_newest_first(state: Path) -> None:
    recorded(state / "older", 1.0)
    recorded(state / "newer", 2e9)
    shown = run("runs")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["newer", "older"]
    for word in ("sine-31", "1,234 steps", "1970-01-01", "MB", "finished"):
        assert word in shown.stdout.splitlines()[1]
    told = json.loads(run("runs", "--json").stdout)
    assert [(each["name"], each["steps"], each["being_written"]) for each in told] == [
        ("newer", 1_234, False),
        ("older", 1_234, False),
    ]


def test_where_there_are_none_runs_says_so(state: Path) -> None:
    assert (run("runs").stdout, run("runs").stderr) == ("", "there are no recordings\n")
    assert run("runs", "--json").stdout == "[]\n"


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, False), ("n\n", 0, True), ("", 2, True)])
def test_deleting_asks_first(state: Path, answer: str, code: int, left: bool) -> None:
    recorded(state / "mine", 1.0)
    asked = run("runs", "--delete", "mine", answer=answer)
    assert (asked.returncode, (state / "mine").exists()) == (code, left)
    assert "Delete mine (1,234 steps, 0.0 MB)?" in asked.stderr


def test_what_is_no_recording_is_not_deleted(state: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "journal.jsonl").write_text("dear")
    refused = run("runs", "--delete", str(tmp_path / "letters"), answer="y\n")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert (tmp_path / "letters" / "journal.jsonl").exists()


def test_a_run_is_recorded_by_default_and_not_by_no_record(state: Path) -> None:
    assert run(*TRAIN, "20", "--no-record").returncode == 0
    assert not state.exists()
    assert run(*TRAIN, "20", "--at", "10:inject").stderr == ""
    (folder,) = state.iterdir()
    read = Recording(folder)
    assert (read.status.step, read.status.ended, read.status.verdict) == (20, "finished", "solved")
    assert [(line.step, line.command) for line in read.journal()] == [(10, "inject")]
    assert read.about.plan is not None
    assert (read.about.plan.steps, read.about.plan.at) == (20, ("10:inject",))
    assert read.pictures()[0].step == 0
    assert read.checkpoints()


def test_the_recorded_preset_is_the_resolved_one_and_its_table_is_copied(state: Path, tmp_path: Path) -> None:
    (tmp_path / "tide.csv").write_text("hour,level\n" + "".join(f"{x},{x * x}\n" for x in range(30)))
    (tmp_path / "own.toml").write_text(
        'training.batch_size = 0\nmodel = { kind = "mlp", hidden = [4] }\n'
        'target = { kind = "csv", path = "tide.csv", x = ["hour"], y = ["level"] }\n'
    )
    assert run("train", "own.toml", "--steps", "3", "--seed", "5", cwd=tmp_path).returncode == 0
    (folder,) = state.iterdir()
    preset = Recording(folder).preset
    assert 'path = "table.csv"' in preset
    assert str(tmp_path) not in preset
    assert "seed = 5" in preset
    assert (folder / "tables" / "table.csv").read_bytes() == (tmp_path / "tide.csv").read_bytes()
    again = shutil.copytree(folder / "tables", tmp_path / "again")
    shutil.copy(folder / "preset.toml", again)
    assert run("train", str(again / "preset.toml"), "--steps", "3", "--no-record").returncode == 0


def test_record_records_into_that_folder(tmp_path: Path, state: Path) -> None:
    folder = tmp_path / "deep" / "own"
    assert run(*TRAIN, "20", "--record", str(folder), "--at", "10:new:training.seed=4").returncode == 0
    assert Recording(folder).status.step == 10
    assert Recording(tmp_path / "deep" / "own-2").status.ended == "finished"
    assert not state.exists()
    again = run(*TRAIN, "20", "--record", str(folder))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "holds something already" in again.stderr


def test_the_environment_bounds_what_is_written(state: Path) -> None:
    wide = ["train", "clock-snake", "--engine", "eager", "--steps", "2"]
    bounds = {"PERIODIC_TUI_MB_A_RUN": "3", "PERIODIC_TUI_MB_IN_ALL": "4"}
    result = run(*wide, env=bounds)
    assert result.stderr.startswith("clock-snake: a checkpoint takes ")
    (first,) = state.iterdir()
    run(*TRAIN, "2", env=bounds)
    (second,) = state.iterdir()
    assert first != second, "the older one had to make room"
    wrong = run(*TRAIN, "2", env={"PERIODIC_TUI_MB_A_RUN": "much"})
    assert (
        wrong.stderr == "periodic-tui train: PERIODIC_TUI_MB_A_RUN: expected a whole number of megabytes, got 'much'\n"
    )
    assert wrong.returncode == 2


# Where nothing can be recorded, training goes on.


def goes_on(result: subprocess.CompletedProcess[str], why: str) -> None:
    assert result.returncode == 0, result.stderr
    assert "finished after 20 steps" in result.stdout
    assert result.stderr.startswith("sine-31: nothing is recorded: ")
    assert (result.stderr.count("\n"), why in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize("home", ["", "~", "unset"])
def test_without_a_home_nothing_is_recorded_and_no_folder_is_made(tmp_path: Path, home: str) -> None:
    goes_on(run(*TRAIN, "20", env={"HOME": home, "XDG_STATE_HOME": "unset"}, cwd=tmp_path, program=NOBODY), HOMELESS)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB, on which nothing can be run."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,noexec", "none", place], capture_output=True)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_in_a_folder_that_is_read_only_nothing_is_recorded(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    goes_on(run(*TRAIN, "20", env={"XDG_STATE_HOME": str(small_disk)}), "Read-only file system")
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_is_full_stops_the_recording_and_not_the_training(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(200 << 10))
    result = run(*TRAIN, "400", "--every", "10", "--record", str(small_disk / "run"))
    assert result.returncode == 0, result.stderr
    assert "finished after 400 steps" in result.stdout
    assert result.stderr == "sine-31: recording stopped: No space left on device\n"
    read = Recording(small_disk / "run")
    assert not read.being_written
    for each in read.pictures():
        read.picture(each)


def test_a_disk_on_which_nothing_can_be_run_is_good_enough(small_disk: Path) -> None:
    assert run(*TRAIN, "0", "--record", str(small_disk / "run")).stderr == ""
    assert Recording(small_disk / "run").status.ended == "finished"


HANGING = [
    sys.executable,
    "-c",
    "import threading\n"
    "from periodic_tui.cli import main\n"
    "from periodic_tui.engine.recording import thinned_folder\n"
    "thinned_folder.replace_file = lambda *arguments: threading.Event().wait()\n"
    "main()",
]
"""The program where the disk takes no picture and no checkpoint, and never answers."""


def test_a_disk_that_hangs_holds_up_neither_training_nor_the_end(state: Path) -> None:
    result = run(*TRAIN, "400", program=HANGING)
    assert (result.returncode, result.stderr) == (0, "")
    assert "finished after 400 steps" in result.stdout
    with Terminal([*HANGING, "sine-31", "--engine", "eager"]) as terminal:
        terminal.wait_for("training")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []


# Signals.


def recorded_step(state: Path) -> int:
    """The step of the newest checkpoint."""
    found = [each.step for folder in state.glob("*") for each in stored_in(folder / "checkpoints")]
    return max(found, default=-1)


def wait_until_recorded(state: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while recorded_step(state) < 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_train_saves_where_it_is_interrupted(state: Path, number: int) -> None:
    words: Sequence[str] = [*PROGRAM, *TRAIN, "100000000", "--json", "--every", "1000000000"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until_recorded(state)
        process.send_signal(number)
        told, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    summary = json.loads(told.splitlines()[-1])
    (folder,) = state.iterdir()
    read = Recording(folder)
    assert (process.returncode, read.status.ended) == (130, "interrupted")
    assert read.status.step == recorded_step(state) == summary["steps"] > 0


@pytest.mark.parametrize("number", [None, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_dashboard_saves_before_it_ends(state: Path, number: int | None) -> None:
    with Terminal([*PROGRAM, "sine-31", "--engine", "eager"]) as terminal:
        terminal.wait_for("training")
        wait_until_recorded(state)
        terminal.send("i")
        terminal.wait_for("injected")
        if number is None:
            terminal.send("q")
        else:
            terminal.signal(number)
        assert terminal.wait_exit() == (0 if number is None else 130)
    (folder,) = state.iterdir()
    read = Recording(folder)
    assert (read.status.ended, read.being_written) == ("closed", False)
    assert read.status.step == recorded_step(state) > 0
    assert [line.command for line in read.journal()] == ["inject"]
