"""Kill a run at random moments, resume it each time, and hold the end against a run that nobody disturbed.

    python -m tests.benchmarks.kills [--kills N] [--seed S] [MODE…]

MODE is train-eager, train-compiled, dashboard-eager or dashboard-compiled; all four share the kills. Prints how many
seconds of training a kill lost, and whether the state in the end (parameters, optimizer, knobs, losses) is the same to
the last bit. Exits 1 where it is not, where a recording could not be resumed, or where a kill lost more than 5 s.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from periodic_tui.engine.recording.recording import Recording
from tests.benchmarks.memory import step_of
from tests.pty.terminal import ROOT, Terminal

PROGRAM = (sys.executable, "-m", "periodic_tui")
PRESET, ALWAYS = "magnitude", ("--device", "cpu", "--set", "training.pace=0.0")
AT = ("--at", "500:set:optimizer.lr=2e-3", "--at", "3000:reinitialize:9", "--at", "4000:remedy:reseed-units")
"""What is done to a run of `train` meanwhile."""
FOREVER = 10**9
LATEST = 8.0
"""Seconds of training, at most, after which a process is killed …"""
AT_THE_START = 0.25
"""… but for this share, which may be killed before the first step."""
MOST_LOST = 5.0
PATIENCE = 600.0
SUM = 2
"""Number of the history's column that rounds by how many steps were trained at once: its sums."""
MODES = ("train-eager", "train-compiled", "dashboard-eager", "dashboard-compiled")


@dataclass
class Lost:
    """What the kills of one mode cost."""

    mode: str
    seconds: list[float] = field(default_factory=list)
    """Of training, by each kill that found training under way."""
    same: bool = False
    """Whether the end is that of the undisturbed run."""


def run(mode: str, kills: int, random_seed: int, folder: Path, latest: float = LATEST) -> Lost:
    """Start, kill and resume so many times; `folder` is empty and takes the recordings."""
    chance, record, lost = random.Random(random_seed), folder / "killed", Lost(mode)
    kind, engine = mode.split("-")
    begin = [*PROGRAM, PRESET, *ALWAYS, "--engine", engine, "--record", str(record)]
    if kind == "train":
        begin = [*PROGRAM, "train", PRESET, *ALWAYS, *AT, "--steps", str(FOREVER), "--every", "100", "--json",
                 "--engine", engine, "--record", str(record)]  # fmt: skip
    again = [*PROGRAM, "resume", str(record), *(["--json"] if kind == "train" else [])]
    watched = Killed if kind == "train" else KilledOnScreen
    before: tuple[int, float] | None = None
    for number in range(kills + 1):
        command = again if (record / "checkpoints").exists() else begin
        known = len(resumptions(record)) if command is again else 0
        with watched(command, number == kills) as victim:
            if command is again and before is not None:
                seen = resumed_at(record, victim.process, known)
                lost.seconds.append(max(0.0, before[0] - seen) / before[1])
            elif number == kills or chance.random() > AT_THE_START:
                wait_for_training(record, victim.process)
            time.sleep(chance.uniform(0.0, latest))
            before = victim.last_step_and_rate() or before
    lost.same = same(record, undisturbed(record, folder / "undisturbed", AT if kind == "train" else ()))
    return lost


class Killed:
    """A process without a screen; it ends killed, or, the last one, by a signal at which it saves."""

    def __init__(self, command: Sequence[str], last: bool) -> None:
        self._last = last
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._folder = folder_of(command)
        self._told = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Killed:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM if self._last else signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.endswith("}\n") and '"snapshot"' in line:
                self._told = json.loads(line)["step"]

    def last_step_and_rate(self) -> tuple[int, float] | None:
        """The last step that it told of, and steps a second; None where nothing is trained yet."""
        known = progress(self._folder)
        return (max(known[0], self._told), known[1]) if known else None


class KilledOnScreen:
    """The same with a screen."""

    def __init__(self, command: Sequence[str], last: bool) -> None:
        self._last = last
        self._terminal = Terminal(command)
        self._folder = folder_of(command)

    def __enter__(self) -> KilledOnScreen:
        self._terminal.__enter__()
        self.process = self._terminal.process
        return self

    def __exit__(self, *error: Any) -> None:
        if self._last:
            self._terminal.send("q")
            self._terminal.wait_exit(PATIENCE)
        self._terminal.process.kill()
        self._terminal.__exit__(None, None, None)

    def last_step_and_rate(self) -> tuple[int, float] | None:
        """What the screen shows, and steps a second."""
        known = progress(self._folder)
        rows = self._terminal.screen()
        return (max(known[0], step_of(rows)), known[1]) if known and "steps/s" in rows[0] else known


def progress(folder: Path) -> tuple[int, float] | None:
    """Step and rate by the recording's own status."""
    try:
        status = Recording(folder).status
    except Exception:
        return None
    return (status.step, status.step / status.seconds) if status.seconds > 0.2 else None


def folder_of(command: Sequence[str]) -> Path:
    """The recording that a command writes."""
    return Path(command[command.index("resume") + 1] if "resume" in command else command[-1])


def resumed_at(folder: Path, process: subprocess.Popen[Any], known: int) -> int:
    """The step that the journal says it was resumed at, once it says so more than `known` times."""
    until = time.monotonic() + PATIENCE
    while len(now := resumptions(folder)) <= known:
        if process.poll() is not None:
            raise SystemExit(f"it could not be resumed: exit code {process.returncode}")
        if time.monotonic() > until:
            raise SystemExit("it was never resumed")
        time.sleep(0.02)
    return now[-1]


def wait_for_training(folder: Path, process: subprocess.Popen[Any]) -> None:
    """Wait until the recording tells of the first steps."""
    until = time.monotonic() + PATIENCE
    while progress(folder) is None:
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"it never trained: exit code {process.poll()}")
        time.sleep(0.02)


def resumptions(folder: Path) -> list[int]:
    """The steps at which it was resumed so far."""
    return [line.step for line in Recording(folder).lines() if line.text.startswith("resumed at step")]


def undisturbed(record: Path, folder: Path, at: Sequence[str]) -> Path:
    """The same run up to the same step, without a break."""
    recording = Recording(record)
    steps = str(recording.checkpoints()[-1].step)
    engine = recording.about.engine
    due = [word for flag, what in zip(at[::2], at[1::2], strict=True) if int(what.split(":")[0]) <= int(steps)
           for word in (flag, what)]  # fmt: skip
    command = [*PROGRAM, "train", PRESET, *ALWAYS, *due, "--steps", steps, "--engine", engine, "--record", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
    return folder


def same(one: Path, other: Path) -> bool:
    """Whether the last checkpoints of two recordings hold the same state and the same losses."""
    first, second = (Recording(each).checkpoint(Recording(each).checkpoints()[-1]) for each in (one, other))
    losses = [each["measured"]["train_losses"] for each in (first, second)]
    sums = [each["columns"].pop(SUM) for each in losses]
    near = sums[0].shape == sums[1].shape and np.allclose(sums[0], sums[1], rtol=1e-12)
    return near and equal(first["trainer"], second["trainer"]) and equal(*losses)


def equal(one: Any, other: Any) -> bool:
    """Whether two trees are the same to the last bit."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def main(words: Sequence[str]) -> int:
    """Print what came out of each mode."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("modes", nargs="*", metavar="MODE", default=MODES)
    asked = parser.parse_args(words)
    failed = 0
    for number, mode in enumerate(asked.modes):
        kills = asked.kills // len(asked.modes)
        with tempfile.TemporaryDirectory() as folder:
            lost = run(mode, kills, asked.seed + number, Path(folder))
        worst = max(lost.seconds, default=0.0)
        good = lost.same and worst <= MOST_LOST
        failed += not good
        end = "the same" if lost.same else "ANOTHER"
        print(f"{mode:<20} {kills} kills, {len(lost.seconds)} while it trained, most lost {worst:.1f} s, "
              f"the end is {end}  {'ok' if good else 'MISSED'}", flush=True)  # fmt: skip
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
