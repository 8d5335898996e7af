"""Random input in a real terminal, with training on: some hundred of what `python -m tests.pty.fuzz` feeds."""

from pathlib import Path

import pytest

from tests.pty.fuzz import COMMANDS, REPLAY, storm


@pytest.mark.parametrize(("seed", "command"), [(1, COMMANDS[0]), (3, REPLAY)])
def test_random_input_neither_ends_the_program_nor_loses_a_command(
    seed: int, command: tuple[str, ...], tmp_path: Path
) -> None:
    assert storm(seed, 100, command, tmp_path) == []


def test_a_terminal_of_one_cell_ends_nothing(tmp_path: Path) -> None:
    assert storm(4, 60, COMMANDS[1], tmp_path, size=(1, 1)) == []
