"""Where pictures and events lie beside each other, also where training went back."""

from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.timeline import Timeline


def timeline(*steps: int) -> Timeline:
    return Timeline([Stored(2 * number, step) for number, step in enumerate(steps)])


BRANCHED = timeline(0, 10, 20, 30, 40, 20, 25, 50)
"""Went back from step 40 to step 20."""


def test_what_the_present_follows_from_leaves_out_the_abandoned_course() -> None:
    assert [BRANCHED.stored[place].step for place in BRANCHED.held] == [0, 10, 20, 20, 25, 50]
    assert timeline(0, 5, 5, 9).held == [0, 1, 2, 3]
    assert BRANCHED.last == 50
    assert timeline(0, 40, 20).last == 40


def test_a_run_that_was_cut_short_and_trained_some_steps_again_has_abandoned_nothing() -> None:
    line = Timeline([Stored(number, step) for number, step in enumerate([0, 10, 20, 15, 30])], went_back=False)
    assert line.held == [0, 1, 2, 3, 4]
    assert line.before(20) == 3
    assert [place for place, _ in line.places([Line(0, 5), Line(1, 12), Line(2, 25)])] == [1, 2, 4]


def test_the_picture_before_a_step_is_one_of_the_present_course() -> None:
    assert BRANCHED.before(45) == 6
    assert BRANCHED.before(25) == 5
    assert BRANCHED.before(20) == 1
    assert BRANCHED.before(0) == 0
    assert timeline().before(7) == 0


def test_an_event_stands_at_the_first_picture_after_it_of_its_own_course() -> None:
    lines = [
        Line(0, 0, "began"),
        Line(1, 15, "one"),
        Line(2, 35, "other"),
        Line(3, 20, kind="back"),
        Line(4, 35, "third"),
    ]
    assert [(place, line.number) for place, line in BRANCHED.places(lines)] == [(0, 0), (2, 1), (4, 2), (7, 4)]


def test_an_event_after_the_last_picture_stands_at_that() -> None:
    assert [place for place, _ in timeline(0, 10).places([Line(0, 99)])] == [1]
    assert timeline().places([Line(0, 99)]) == []


def test_courses_that_only_one_of_them_knows_do_not_shift_the_last_ones() -> None:
    lines = [Line(0, 5), Line(1, 3, kind="back"), Line(2, 35), Line(3, 20, kind="back"), Line(4, 22)]
    assert [(place, line.number) for place, line in BRANCHED.places(lines)] == [(4, 2), (6, 4)]


def test_a_picture_is_found_by_its_number_or_else_the_next_one() -> None:
    line = timeline(0, 1, 2)
    assert [line.place_of(Stored(number, 9)) for number in (0, 2, 3, 4, 5)] == [0, 1, 2, 2, 3]
