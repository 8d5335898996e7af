"""Which checkpoint and which commands lead to a step again."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.course import course_to
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.packing import pack
from periodic_tui.engine.recording.recording import Recording


def command(number: int, step: int, words: str = "inject") -> Line:
    return Line(number, step, f"did {words}", words)


def back(number: int, step: int, kept: int | None = None) -> Line:
    return Line(number, step, kind="back", kept=kept)


def recording(folder: Path, lines: Sequence[Line], checkpoints: Sequence[tuple[int, int]], reached: int) -> Recording:
    """`checkpoints`: step, and how many lines it includes."""
    about, status = {"kind": layout.MARKER}, {"step": reached, "lines": len(lines)}
    for name, table in ((layout.ABOUT, about), (layout.STATUS, status)):
        (folder / name).write_text(json.dumps({"format": layout.FORMAT} | table))
    (folder / layout.JOURNAL).write_bytes(b"".join(line.data for line in lines))
    (folder / layout.CHECKPOINTS).mkdir()
    for number, (step, included) in enumerate(checkpoints):
        data = pack({"lines": included, "step": step})
        (folder / layout.CHECKPOINTS / Stored(number, step).file).write_bytes(data)
    return Recording(folder)


LINES = [Line(0, 0, "began"), command(1, 100), command(2, 200), command(3, 300)]


@pytest.mark.parametrize(
    ("step", "start", "commands"),
    [(None, 250, [300]), (400, 250, [300]), (260, 250, []), (249, 150, [200]), (150, 150, []), (120, 0, [100])],
)
def test_the_newest_checkpoint_on_the_way_and_what_came_after_it(
    step: int | None, start: int, commands: list[int], tmp_path: Path
) -> None:
    course = course_to(recording(tmp_path, LINES, [(0, 1), (150, 2), (250, 3)], 420), step)
    assert course.checkpoint["step"] == start
    assert [line.step for line in course.commands] == commands
    assert course.step == (420 if step is None else step)


def test_a_command_at_the_same_step_is_not_yet_done_where_fewer_lines_are_wanted(tmp_path: Path) -> None:
    made = recording(tmp_path, LINES, [(200, 2), (200, 3)], 420)
    assert course_to(made, 200, lines=2).commands == ()
    assert course_to(made, 200, lines=2).checkpoint["lines"] == 2
    assert course_to(made, 200).checkpoint["lines"] == 3


def test_what_training_went_back_behind_never_was(tmp_path: Path) -> None:
    lines = [*LINES, back(4, 150), command(5, 180, "hold")]
    course = course_to(recording(tmp_path, lines, [(0, 1), (150, 2), (250, 3)], 190))
    assert course.checkpoint["step"] == 150
    assert [(line.step, line.command) for line in course.commands] == [(180, "hold")]
    assert course.step == 190


def test_a_checkpoint_of_a_command_that_was_taken_back_is_not_on_the_way(tmp_path: Path) -> None:
    lines = [*LINES, back(4, 200, kept=2)]
    course = course_to(recording(tmp_path, lines, [(0, 1), (200, 3)], 200))
    assert course.checkpoint["step"] == 0
    assert [line.step for line in course.commands] == [100]


def test_a_status_from_before_training_went_back_does_not_count(tmp_path: Path) -> None:
    made = recording(tmp_path, [*LINES, back(4, 150)], [(0, 1)], 420)
    status = {"format": layout.FORMAT, "step": 420, "lines": 4}
    (tmp_path / layout.STATUS).write_text(json.dumps(status))
    assert course_to(made).step == 150


def test_a_damaged_checkpoint_is_passed_over_and_told(tmp_path: Path) -> None:
    made = recording(tmp_path, LINES, [(0, 1), (150, 2)], 420)
    (tmp_path / layout.CHECKPOINTS / Stored(1, 150).file).write_bytes(b"nonsense")
    course = course_to(made)
    assert course.checkpoint["step"] == 0
    assert len(course.passed_over) == 1
    assert Stored(1, 150).file in course.passed_over[0]


def test_without_any_checkpoint_it_goes_from_the_beginning(tmp_path: Path) -> None:
    course = course_to(recording(tmp_path, LINES, [], 420))
    assert course.checkpoint is None
    assert [line.step for line in course.commands] == [100, 200, 300]
