import itertools

import pytest
from textual.geometry import Size

from periodic_tui.ui.arrangement import arrange, layout_for
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.widgets.pane import Pane


def pane(name: str, place: str = "plot") -> type[Pane]:
    return type(name.title(), (Pane,), {"NAME": name, "TITLE": name, "PLACE": place})


PLOTS = [pane(name) for name in "abcdefgh"]
MEDIUM, LARGE = Size(120, 40), Size(200, 60)


@pytest.mark.parametrize(
    ("size", "layout"),
    [
        ((80, 24), "small"),
        ((120, 40), "medium"),
        ((200, 60), "large"),
        ((1, 1), "tiny"),
        ((200, 24), "small"),
        ((59, 60), "tiny"),
        ((200, 15), "tiny"),
        ((60, 16), "small"),
        ((80, 40), "narrow"),
        ((120, 30), "narrow"),
        ((169, 60), "medium"),
        ((200, 44), "medium"),
    ],
)
def test_the_size_decides_the_layout(size: tuple[int, int], layout: str) -> None:
    assert layout_for(Size(*size)) == layout


def test_the_most_important_come_first_and_the_others_are_left_out() -> None:
    assert arrange(PLOTS, Size(80, 24)).plots == ("a", "b", "c")
    assert arrange(PLOTS, MEDIUM).plots == ("a", "b", "c", "d")
    assert arrange(PLOTS, LARGE).plots == ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize(("count", "size", "span"), [(1, MEDIUM, 1), (2, MEDIUM, 1), (3, MEDIUM, 2), (5, LARGE, 2)])
def test_the_last_plot_takes_what_is_left_of_its_row(count: int, size: Size, span: int) -> None:
    assert arrange(PLOTS[:count], size).span == span


def test_who_gives_up_its_place_or_is_hidden_makes_room_for_the_next() -> None:
    assert arrange([PLOTS[0], *PLOTS[2:]], MEDIUM).plots == ("a", "c", "d", "e")
    assert arrange(PLOTS, MEDIUM, hidden={"b"}).plots == ("a", "c", "d", "e")


def test_what_must_be_seen_takes_the_place_of_the_least_important() -> None:
    assert arrange(PLOTS, Size(80, 24), must_show=["h"]).plots == ("a", "b", "h")
    assert arrange(PLOTS, MEDIUM, must_show=["h", "b", "e"]).plots == ("a", "b", "e", "h")
    assert arrange(PLOTS, MEDIUM, hidden={"h"}, must_show=["h", "no such pane"]).plots == ("a", "b", "c", "d")


def test_no_plot_grows_when_the_story_goes() -> None:
    strips = [pane(name, "strip") for name in ("verdict", "story", "events")]
    for size in (MEDIUM, LARGE):
        rows = []
        for shown in (strips, [strips[0], strips[2]]):
            placed = arrange([*PLOTS, *shown], size)
            rows.append(sum(band.rows or 0 for band in placed.bands))
        assert rows[0] == rows[1]


STRIPS = [pane(name, "strip") for name in ("verdict", "story", "output", "events")]


def test_on_a_screen_of_any_size_every_plot_has_room() -> None:
    for size in itertools.product(range(1, 240, 13), range(1, 80)):
        placed = arrange([*PLOTS, *STRIPS[:2], STRIPS[3]], Size(*size))
        assert len(set(placed.shown)) == len(placed.shown) >= 1
        if size[0] < 60 or size[1] < 16:
            assert placed.plots == ("a",)
            continue
        left = size[1] - 3 - sum(band.rows or 0 for band in placed.bands)
        assert size[0] // placed.columns >= 30
        assert left // -(-len(placed.plots) // placed.columns) >= 4, size
        assert "verdict" in placed.strips


def test_a_larger_screen_shows_no_fewer_plots() -> None:
    sizes = [[(columns, rows) for columns in (40, 70, 120, 200)] for rows in (12, 24, 40, 60)]
    counts = [[len(arrange(PLOTS, Size(*size)).plots) for size in row] for row in sizes]
    assert counts == [sorted(row) for row in counts]
    assert [*zip(*counts, strict=True)] == [tuple(sorted(column)) for column in zip(*counts, strict=True)]


def test_no_plot_comes_or_goes_with_a_strip() -> None:
    for size in (Size(80, 24), MEDIUM, LARGE, Size(160, 50), Size(60, 16)):
        shown = {arrange([*PLOTS, *strips], size).plots for strips in ([], STRIPS[:1], STRIPS[:2], STRIPS[3:])}
        assert len(shown) == 1


def test_on_a_tiny_screen_there_is_one_pane_and_a_row_for_the_verdict() -> None:
    panes, size = [*PLOTS, *STRIPS], Size(50, 12)
    assert arrange(panes, size).shown == ("a", "verdict")
    assert arrange(panes, size, must_show=["c"]).shown == ("c", "verdict")
    assert arrange(panes, size, focus="h").shown == ("h", "verdict")
    assert arrange(panes, size, focus="events").shown == ("events",)
    assert arrange(panes, Size(50, 9)).shown == ("a",)
    assert arrange(STRIPS[1:2], size).shown == ("story",)
    assert arrange([], size).shown == ()


def test_strips_lie_side_by_side_where_the_screen_is_wide() -> None:
    three = [*PLOTS, STRIPS[0], STRIPS[1], STRIPS[3]]
    assert [band.names for band in arrange(three, MEDIUM).bands] == [("verdict",), ("story", "events")]
    assert [band.names for band in arrange(three, LARGE).bands] == [("verdict", "story", "events")]
    beside = [band.names for band in arrange([*PLOTS, *STRIPS], LARGE).bands]
    assert beside == [("verdict", "story"), ("output", "events")]


def test_a_focused_pane_without_a_place_is_alone() -> None:
    assert arrange(PLOTS, MEDIUM, focus="h").shown == ("h",)
    assert arrange(PLOTS, MEDIUM, focus="a", hidden={"a"}).shown == ("a",)
    assert arrange(PLOTS, MEDIUM, focus="a", zoomed=True).shown == ("a",)
    assert len(arrange(PLOTS, MEDIUM, focus="silent").shown) == 4


def test_every_pane_is_registered_once_under_a_name_and_title() -> None:
    names = [kind.NAME for kind in PANES]
    assert len(set(names)) == len(names)
    assert all(kind.TITLE and kind.NAME for kind in PANES)
