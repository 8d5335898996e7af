"""Random keys, mouse, pastes and sizes at the real program in a real terminal, while it trains.

    python -m tests.pty.fuzz [--seed S] [--events N] [--runs R] [--size COLUMNSxROWS] [COMMAND…]

Feeds N inputs for each of the seeds S, S + 1 …, each to the next of the commands. The program must stay alive, go on
training, write no traceback, obey space, end by q with exit code 0, and leave the terminal as it was; a run that was
left so is taken up again. What the journals say, done again without a screen, from step 0 or from a checkpoint well
before the last, must lead to the states that were saved, to the last bit. Prints the seed and the last inputs where
that is not so, and exits 1.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import TimeoutExpired

from periodic_tui.engine.recording.journal import Line
from tests.pty.again import differences
from tests.pty.events import Input, random_inputs
from tests.pty.terminal import ROOT, Terminal
from tests.recordings import write_recording
from tests.ui.scripted import SINE

PROGRAM = (sys.executable, "-m", "periodic_tui")
EAGER = ("--engine", "eager", "--device", "cpu")
"""So that nothing compiles meanwhile."""
REPLAY = ("replay", "recorded")
COMMANDS = (
    ("sine-31", *EAGER),
    ("ln-collapse", "--set", "training.pace=50", *EAGER),
    ("magnitude-population", "--replicas", "24", "--set", "training.pace=50", *EAGER),
    ("clock-gelu", "--set", "training.pace=5", *EAGER),
    ("magnitude", "--set", "training.pace=20", *EAGER),
    REPLAY,
)
LAST = 15
"""Inputs that are told where something is wrong."""
EVERY = 100
"""Inputs from one question whether the worker still obeys to the next."""
REST = (120, 40)
"""Columns and rows, while that is asked."""
ATTEMPTS = 3
"""To see it change by space: what was typed before may change it back."""
HANGS = 120.0
"""Seconds in which the program must have read what is typed."""
PAUSES = (0.0, 0.0, 0.002, 0.01, 0.05)
"""Seconds between two inputs."""
INTERRUPT = "\x03"
"""Not typed: it may come in the moments in which the program is left, and be a signal."""
STYLES = re.compile(r"\x1b\[[\d;]*m")
STATES = ("training", "paused", "solved", "diverged", "finished")
PLAYS = ("▶", "‖")


class Failed(Exception):
    """The program did what it must not do."""


class Left(Exception):
    """The program has ended as it does by q, or by a click on that."""


class Storm:
    """One seed's inputs, to one program after the other."""

    def __init__(self, seed: int, count: int) -> None:
        self._chance, self.left = random.Random(seed), count
        self._inputs = random_inputs(self._chance, leaves=True)
        self.last: deque[Input] = deque(maxlen=LAST)

    def rage(self, terminal: Terminal) -> None:
        """What inputs are left, with questions in between; until the program is left."""
        try:
            while self.left:
                self.left -= 1
                self.last.append(next(given for given in self._inputs if INTERRUPT not in given.text))
                give(terminal, self.last[-1])
                time.sleep(self._chance.choice(PAUSES))
                if self.left % EVERY == 0:
                    obeys(terminal)
            give(terminal, Input("q", "q"))
        except Left:
            pass


def give(terminal: Terminal, given: Input) -> None:
    """Type, or resize."""
    look_for_its_end(terminal, 0.0)
    watch = threading.Timer(HANGS, terminal.process.kill)  # for whoever would wait for ever until it reads
    watch.daemon = True
    watch.start()
    try:
        if given.size:
            terminal.resize(*given.size)
        terminal.send(given.text)
    except OSError:
        look_for_its_end(terminal)
        raise Failed("the line was closed") from None
    finally:
        watch.cancel()


def look_for_its_end(terminal: Terminal, patience: float = 10.0) -> None:
    """Raise Left where the program has ended well, and Failed where it has not."""
    with suppress(TimeoutExpired):
        code = terminal.process.wait(patience)
        raise Failed(f"exit code {code}") if code else Left


def obeys(terminal: Terminal) -> None:
    """Close whatever is open, and see that space changes the state of what trains."""
    terminal.resize(*REST)
    for left in reversed(range(ATTEMPTS)):
        for _ in range(5):
            give(terminal, Input("escape", "\x1b"))
            time.sleep(0.3)  # so that two of them are no key of their own
        try:
            terminal.wait_for(lambda rows: bool(state_of(rows)))
            before = state_of(terminal.screen())
            give(terminal, Input("space", " "))
            terminal.wait_for(lambda rows, before=before: state_of(rows) not in ("", before))  # type: ignore[misc]  # bound in the loop
            return
        except AssertionError:
            look_for_its_end(terminal)
            if not left:
                raise


def state_of(rows: Sequence[str]) -> str:
    """How the run stands, or whether the recording is played; empty where neither is told."""
    words = rows[0].split() if rows else []
    if "replay" in words:
        return next((row[1] for row in rows[-2:-1] if row[1:2] in PLAYS), "")
    return next((word for word in reversed(words) if word in STATES), "")


def storm(seed: int, count: int, command: Sequence[str], folder: Path, size: tuple[int, int] = REST) -> list[str]:
    """So many inputs to a program that is started for them, in an empty folder; what was wrong, in lines."""
    environment = {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    runs, begin = folder / "periodic-tui" / "runs", [*PROGRAM, *command]
    if tuple(command) == REPLAY:
        record(runs / "recorded")
    raging, program = Storm(seed, count), begin
    while raging.left:
        with Terminal(program, *REST, environment, folder) as terminal:
            try:
                terminal.wait_for(lambda rows: bool(state_of(rows)))
                terminal.resize(*size)
                raging.rage(terminal)
                wrong = ended(terminal)
            except (Failed, AssertionError) as problem:
                wrong = [str(problem), *told(terminal)]
        if wrong:
            return [*wrong, "the last inputs: " + ", ".join(each.what for each in raging.last)]
        program = begin if tuple(command) == REPLAY else [*PROGRAM, "resume"]
    return [] if tuple(command) == REPLAY else differences(runs)


def record(folder: Path) -> None:
    """A recording to be played."""
    pictures = [replace(SINE, step=step, loss=step / 1e4) for step in range(0, 5_000, 250)]
    lines = [Line(0, 0, "sine-31"), Line(1, 2_500, "injected the known answer", "inject")]
    write_recording(folder, pictures, lines)


def ended(terminal: Terminal) -> list[str]:
    """What is wrong with how it ended, and with what it wrote."""
    code = terminal.wait_exit()
    return [f"exit code {code}"] * (code != 0) + terminal.unrestored() + told(terminal)


def told(terminal: Terminal) -> list[str]:
    """What a program wrote when its screen was gone, if that is no clean end."""
    _, found, last = terminal.raw_bytes.decode(errors="replace").rpartition("\x1b[?1049l")
    bad = terminal.process.poll() or "Traceback" in last
    return [STYLES.sub("", last)[-4_000:]] if found and bad else []


def main(words: Sequence[str]) -> int:
    """Feed each seed's inputs; 1 where anything was wrong."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--size", default=f"{REST[0]}x{REST[1]}")
    asked, command = parser.parse_known_args(words)
    columns, rows = map(int, asked.size.split("x"))
    failed = 0
    for seed in range(asked.seed, asked.seed + asked.runs):
        chosen = command or COMMANDS[seed % len(COMMANDS)]
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            wrong = storm(seed, asked.events, chosen, Path(folder), (columns, rows))
        failed += bool(wrong)
        took = time.perf_counter() - began
        print(f"seed {seed}  {asked.events} inputs  {' '.join(chosen)}  {took:.0f} s  {'FAILED' if wrong else 'ok'}")
        print(*wrong, sep="\n", end="\n" if wrong else "", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
