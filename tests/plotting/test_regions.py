from periodic_tui.plotting.cells import Ink
from periodic_tui.plotting.regions import region_row


def test_trained_and_held_out_stretches_are_told_apart_and_named() -> None:
    cells = region_row(60, (-1.0, 2.0), [(0.0, 1.0)])
    assert cells.text() == [
        "┄" * 5 + " held out " + "┄" * 5 + "━" * 5 + " trained " + "━" * 6 + "┄" * 5 + " held out " + "┄" * 5
    ]
    assert {int(ink) for ink in cells.ink[0, 20:40]} == {Ink.TEXT}


def test_short_stretches_have_no_names_and_ascii_has_its_own_strokes() -> None:
    assert region_row(6, (0.0, 1.0), [(0.0, 0.5)], "ascii").text() == ["===..."]
