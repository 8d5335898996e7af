"""The real program in a real pseudo-terminal, as a person uses it."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.run import Run
from periodic_tui.presets.files import load
from periodic_tui.ui.formatting import loss
from tests.pty.terminal import Predicate, Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui"]
TRAINED_EAGERLY = [*PROGRAM, "--engine", "eager"]
"""Without a build in the background, which takes a core for a quarter of a minute."""


def header(rows: list[str]) -> str:
    return rows[0]


def in_header(word: str) -> Predicate:
    return lambda rows: word in header(rows)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal(TRAINED_EAGERLY) as opened:
        opened.wait_for(in_header("training"))
        yield opened


def quit_cleanly(terminal: Terminal) -> None:
    terminal.send("q")
    assert terminal.wait_exit() == 0
    assert terminal.unrestored() == []


def test_watch_it_fail_inject_the_answer_and_see_it_fail_again() -> None:
    with Terminal(PROGRAM) as terminal:
        terminal.wait_for(in_header("training"))
        terminal.send("i")
        terminal.wait_for(in_header("solved"))
        terminal.wait_for("injected the known answer: ω 31, loss 0")
        terminal.wait_for("probe 0 ")
        terminal.send("r")
        terminal.wait_for(in_header("training"))
        terminal.wait_for("stuck-outside-basin")
        quit_cleanly(terminal)


def test_presets_are_switched_and_units_take_the_place_of_the_frequency(terminal: Terminal) -> None:
    assert any("frequency" in row for row in terminal.screen())
    terminal.send("2")
    terminal.wait_for(lambda rows: "sine-31" not in header(rows))
    terminal.send("1")
    terminal.wait_for(in_header("sine-31"))
    quit_cleanly(terminal)


def test_two_hundred_switches_under_load_end_as_they_began() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        with Terminal(TRAINED_EAGERLY) as terminal:
            terminal.wait_for(in_header("training"))
            for _ in range(30):
                for key in "27\tn1p\t9n":
                    terminal.send(key)
                    time.sleep(0.02)
            terminal.send("1")
            terminal.wait_for(in_header("sine-31"))
            quit_cleanly(terminal)
            assert b"Traceback" not in terminal.raw_bytes
    finally:
        busy.kill()
        busy.wait()


def test_a_pause_sends_no_bytes_and_a_step_is_one_step(terminal: Terminal) -> None:
    terminal.send(" ")
    terminal.wait_for(in_header("paused"))
    terminal.wait_quiet(1.0)
    before = header(terminal.screen())
    terminal.send("s")
    terminal.wait_for(lambda rows: header(rows) != before)
    assert step_of(header(terminal.screen())) == step_of(before) + 1
    quit_cleanly(terminal)


def test_brackets_walk_the_population_and_every_pane_goes_along() -> None:
    population = [*PROGRAM, "magnitude-population", "--replicas", "3", "--paused", "--engine", "eager"]
    with Terminal(population) as terminal:
        for key, replica in [("", 0), ("]", 1), ("]", 2), ("]", 0), ("[", 2)]:
            terminal.send(key)
            terminal.wait_for(f"replica {replica} of 3")
            terminal.wait_for(f"cursor: seed {replica} ")
            terminal.wait_for(f"probe {loss_at_start(replica)}")
        quit_cleanly(terminal)


def loss_at_start(seed: int) -> str:
    """Of the single run with that seed, as the loss pane writes it."""
    _, single = load("magnitude-population", [("training.replicas", 1), ("training.seed", seed)])
    return loss(float(Run(1, "single", single, torch.device("cpu")).reading().loss[0]))


def step_of(row: str) -> int:
    words = row.split()
    return int(words[words.index("step") + 1].replace(",", ""))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    assert terminal.wait_exit() == 130
    assert terminal.unrestored() == []


def test_control_c_says_how_to_quit(terminal: Terminal) -> None:
    terminal.send("\x03")
    terminal.wait_for("press q to quit")
    quit_cleanly(terminal)


def test_quitting_leaves_on_the_shell_what_ran_and_how_to_go_on(terminal: Terminal) -> None:
    terminal.wait_for("probe")
    quit_cleanly(terminal)
    told = rb"sine-31 after [\d,]+ steps: .+\r\nperiodic-tui resume \d+-\d+-sine-31-\w{4}\r\n$"
    assert re.search(told, terminal.raw_bytes)


@pytest.mark.parametrize("after", [0.0, 0.2, 0.35, 0.5])
def test_quitting_while_the_worker_imports_leaves_a_clean_shell(after: float) -> None:
    with Terminal(PROGRAM) as terminal:
        terminal.wait_for(in_header("starting"))
        time.sleep(after)
        quit_cleanly(terminal)
        assert b"Traceback" not in terminal.raw_bytes


def has_footer_in_row(number: int, rows: list[str]) -> bool:
    return len(rows) == number and "q quit" in rows[-1]


def test_it_lives_at_every_size(terminal: Terminal) -> None:
    for columns, rows in [(80, 24), (200, 60), (80, 24), (120, 40)]:
        terminal.resize(columns, rows)
        terminal.wait_for(partial(has_footer_in_row, rows))
    terminal.send(" ")
    terminal.wait_for(in_header("paused"))
    terminal.wait_quiet(0.3)
    written = len(terminal.raw_bytes)
    terminal.resize(1, 1)
    terminal.wait_for(lambda screen: len(terminal.raw_bytes) > written)
    terminal.resize(120, 40)
    terminal.wait_for(in_header("paused"))
    quit_cleanly(terminal)


BROKEN = """
import sys
from periodic_tui.engine.run import Run
def fail(*_): raise ZeroDivisionError("planted")
Run.advance = fail
sys.argv = ["periodic-tui"]
from periodic_tui.cli import main
main()
"""


def test_a_bug_in_the_worker_is_shown_the_screen_stays_and_the_process_exits_1() -> None:
    with Terminal([sys.executable, "-c", BROKEN]) as terminal:
        terminal.wait_for("ZeroDivisionError: planted")
        terminal.send("?")
        terminal.wait_for("─ help")
        terminal.send("?")
        terminal.wait_for(lambda rows: not any("─ help" in row for row in rows))
        terminal.send("q")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []


def preset_with(folder: Path, title: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(f'title = "{title}"\n[target]\nkind = "sine"\n[model]\nkind = "sine-unit"\n')
    return path


def test_markup_in_a_preset_is_text(tmp_path: Path) -> None:
    with Terminal([*TRAINED_EAGERLY, str(preset_with(tmp_path, "[red]not[/red] markup"))]) as terminal:
        terminal.wait_for(in_header("training"))
        assert "[red]not[/red] markup" in header(terminal.screen())
        quit_cleanly(terminal)


def test_escape_sequences_in_a_preset_never_reach_the_terminal(tmp_path: Path) -> None:
    with Terminal([*PROGRAM, str(preset_with(tmp_path, "\\u001b]0;stolen\\u0007"))]) as terminal:
        assert terminal.wait_exit() == 2
        assert b"stolen" not in terminal.raw_bytes
        assert b"title: expected one line of printable characters" in terminal.raw_bytes
