"""A script in a process of its own: which options of the interpreter it gets, and how its end is told."""

import shlex

import pytest

from periodic_tui.watching.script.process import Ended, Program, interpreter_flags


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("script.py -u", ""),
        ("-m periodic_tui watch -m x", ""),
        ("-mperiodic_tui", ""),
        ("-c 'import x'", ""),
        ("-", ""),
        ("-u -OO script.py -B", "-u -OO"),
        ("-W error -Wignore -X dev -Xutf8=1 script.py", "-W error -Wignore -X dev -Xutf8=1"),
        ("-BW error -m x", "-BW error"),
        ("-Im periodic_tui", "-I"),
        ("-um periodic_tui -E", "-u"),
        ("--check-hash-based-pycs always -c pass", "--check-hash-based-pycs always"),
        ("", ""),
    ],
)
def test_options_of_the_interpreter_are_those_before_what_it_runs(words: str, flags: str) -> None:
    assert interpreter_flags(shlex.split(words)) == shlex.split(flags)


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        (0, Ended(0, "finished")),
        (3, Ended(3, "failed")),
        (200, Ended(200, "failed")),
        (-2, Ended(130, "interrupted")),
        (-9, Ended(137, "killed")),
    ],
)
def test_death_by_a_signal_is_told_as_shells_do(told: int, ended: Ended) -> None:
    assert Ended.of(told) == ended


def test_a_program_is_named_after_what_is_run() -> None:
    assert Program("file", "own/a b.py", ("--lr", "1")).command == "'own/a b.py' --lr 1"
    assert Program("module", "pkg.part", ("x",)).command == "-m pkg.part x"
    assert [Program("file", "own/a.py").name, Program("module", "pkg.part").name] == ["a.py", "pkg.part"]
