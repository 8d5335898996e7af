"""A script that is watched in a real pseudo-terminal: ctrl-C, signals, a second shell that follows, the dashboard."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from periodic_tui.engine.recording.layout import LOCK, OUTPUT
from periodic_tui.engine.recording.library import Library
from periodic_tui.engine.recording.recording import Recording
from tests.pty.terminal import PATIENCE, ROOT, Terminal

WATCH = [sys.executable, "-m", "periodic_tui", "watch"]
COUNTS = """
    import signal, time
    got = []
    signal.signal(signal.SIGINT, lambda number, frame: got.append(number))
    signal.signal(signal.SIGTERM, lambda number, frame: got.append(number))
    print("ready", flush=True)
    while not got: time.sleep(0.01)
    time.sleep(0.5)
    print("got", *got, flush=True)
"""
WAITS = "import time\nprint('ready', flush=True)\ntime.sleep(600)"
DEAF = """
    import signal, time
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("ready", flush=True)
    input()
    print("went on")
"""
TRAINS = """
    import torch, time
    net = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    step = 0
    while True:
        x = torch.rand(16, 1)
        loss = torch.nn.functional.mse_loss(net(x), 2 * x)
        opt.zero_grad(); loss.backward(); opt.step()
        step += 1
        print("at step", step, flush=True)
        time.sleep(0.02)
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}


def written(folder: Path, text: str) -> Path:
    path = folder / "train.py"
    path.write_text(textwrap.dedent(text))
    return path


def headless(tmp_path: Path, env: dict[str, str], text: str) -> Terminal:
    return Terminal([*WATCH, "--headless", written(tmp_path, text)], env=env, cwd=tmp_path)


def test_ctrl_c_reaches_the_script_once(tmp_path: Path, env: dict[str, str]) -> None:
    with headless(tmp_path, env, COUNTS) as terminal:
        terminal.wait_for("ready")
        terminal.send("\x03")
        assert terminal.wait_exit() == 0
        assert any(row.strip().removeprefix("^C") == "got 2" for row in terminal.screen())
        assert terminal.unrestored() == []


def test_ctrl_c_ends_a_script_as_it_ends_it_alone(tmp_path: Path, env: dict[str, str]) -> None:
    with headless(tmp_path, env, WAITS) as terminal:
        terminal.wait_for("ready")
        terminal.send("\x03")
        assert terminal.wait_exit() == 130
        told = "\n".join(row.rstrip() for row in terminal.screen())
    assert told.count("KeyboardInterrupt") == 1
    assert "periodic_tui/" not in told
    assert "exitcode130" in "".join(told.split()), "wherever the line is broken"


def test_a_script_that_ignores_ctrl_c_goes_on_and_reads_from_the_terminal(tmp_path: Path, env: dict[str, str]) -> None:
    with headless(tmp_path, env, DEAF) as terminal:
        terminal.wait_for("ready")
        terminal.send("\x03")
        terminal.wait_quiet(0.5)
        assert terminal.process.poll() is None
        terminal.send("\r")
        terminal.wait_for("went on")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_program_reaches_the_script_once(tmp_path: Path, env: dict[str, str], number: int) -> None:
    with headless(tmp_path, env, COUNTS) as terminal:
        terminal.wait_for("ready")
        terminal.signal(number)
        assert terminal.wait_exit() == 0
        assert any(row.strip() == f"got {number}" for row in terminal.screen())


def test_a_script_that_a_signal_kills_is_told_as_shells_do(tmp_path: Path, env: dict[str, str]) -> None:
    with headless(tmp_path, env, WAITS) as terminal:
        terminal.wait_for("ready")
        terminal.signal(signal.SIGHUP)
        assert terminal.wait_exit() == 128 + signal.SIGHUP


def test_the_end_of_the_terminal_reaches_the_script(tmp_path: Path, env: dict[str, str]) -> None:
    path = written(tmp_path, f"open('pid', 'w').write(str(__import__('os').getpid()))\n{WAITS}")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*WATCH, "--headless", path], env=os.environ | env, cwd=tmp_path, preexec_fn=lambda: os.login_tty(slave)
    )
    os.close(slave)
    try:
        seen = b""
        while b"ready" not in seen:
            seen += os.read(master, 1_000)
        os.close(master)
        assert process.wait(PATIENCE) == 128 + signal.SIGHUP
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_a_script_that_is_stopped_goes_on_as_any_job(tmp_path: Path, env: dict[str, str]) -> None:
    """In a shell: ctrl-Z, then fg."""
    path = written(tmp_path, DEAF)
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(shell, env=env | {"PS1": "$ "}, cwd=tmp_path) as terminal:
        terminal.send(f"{sys.executable} -m periodic_tui watch --headless {path.name}\r")
        terminal.wait_for(lambda rows: "ready" in [row.strip() for row in rows])
        terminal.send("\x1a")
        terminal.wait_for("Stopped")
        terminal.send("fg\r")
        terminal.wait_quiet(0.5)
        terminal.send("\r")
        terminal.wait_for("went on")
        terminal.wait_for("exit code 0")
        terminal.send("exit\r")
        terminal.wait_exit()


def test_another_shell_follows(tmp_path: Path, env: dict[str, str]) -> None:
    script = [*WATCH, "--headless", str(written(tmp_path, TRAINS))]
    process = subprocess.Popen(script, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        runs = runs_of(tmp_path)
        deadline = time.monotonic() + PATIENCE
        while not [entry for entry in runs.runs() if entry.status.step > 10]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        (entry,) = runs.runs()
        assert entry.being_written
        with Terminal([*WATCH[:-1], "replay", entry.name], env=env, cwd=tmp_path) as terminal:
            terminal.wait_for("● training")
            first = shown_step(terminal)
            terminal.wait_for(lambda rows: (step_in(rows) or 0) > first + 20)
            assert terminal.process.poll() is None
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 143
            terminal.wait_for("● finished")
            terminal.send("q")
            assert terminal.wait_exit() == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_the_dashboard_passes_the_exit_code_on(tmp_path: Path, env: dict[str, str], columns: int, rows: int) -> None:
    path = written(tmp_path, TRAINS.replace("while True", "while step < 60") + "    raise SystemExit(5)\n")
    with Terminal([*WATCH, path], columns, rows, env, tmp_path) as terminal:
        terminal.wait_for("starting")
        terminal.wait_for("at step 60")
        terminal.wait_for("finished")
        terminal.send("q")
        assert terminal.wait_exit() == 5
        assert terminal.unrestored() == []
    (entry,) = runs_of(tmp_path).runs()
    assert (entry.status.step, entry.status.ended, entry.about.script) == (60, "failed", str(path))
    assert (entry.folder / OUTPUT).read_text().splitlines()[-1] == "at step 60"


def test_whoever_leaves_the_dashboard_may_end_the_script(tmp_path: Path, env: dict[str, str]) -> None:
    with Terminal([*WATCH, written(tmp_path, TRAINS)], env=env, cwd=tmp_path) as terminal:
        terminal.wait_for("at step 10")
        terminal.send("q")
        terminal.wait_for("end the script")
        terminal.send("e")
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []
    (entry,) = runs_of(tmp_path).runs()
    assert (entry.status.ended, entry.being_written) == ("interrupted", False)
    assert (entry.folder / OUTPUT).read_text().endswith("KeyboardInterrupt\n")


def test_whoever_leaves_the_dashboard_may_let_the_script_run_on(tmp_path: Path, env: dict[str, str]) -> None:
    with Terminal([*WATCH, written(tmp_path, TRAINS)], env=env, cwd=tmp_path) as terminal:
        terminal.wait_for("at step 10")
        terminal.send("q")
        terminal.wait_for("let it run on")
        terminal.send("l")
        assert terminal.wait_exit() == 0
        told = "".join(terminal.screen())
    (entry,) = runs_of(tmp_path).runs()
    pid = json.loads((entry.folder / LOCK).read_text())["pid"]
    try:
        assert f"train.py goes on; `periodic-tui replay {entry.name}` finds it again" in told
        step, deadline = entry.status.step, time.monotonic() + PATIENCE
        while Recording(entry.folder).status.step <= step:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert Recording(entry.folder).being_written
    finally:
        os.kill(pid, signal.SIGKILL)


def runs_of(tmp_path: Path) -> Library:
    return Library(tmp_path / "state" / "periodic-tui" / "runs")


def step_in(rows: list[str]) -> int | None:
    found = re.search(r"step +([\d,]+)", "\n".join(rows))
    return int(found[1].replace(",", "")) if found else None


def shown_step(terminal: Terminal) -> int:
    terminal.wait_for(lambda rows: step_in(rows) is not None)
    return step_in(terminal.screen()) or 0
