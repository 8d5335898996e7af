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
    [((80, 24), "small"), ((120, 40), "medium"), ((200, 60), "large"), ((1, 1), "small"), ((200, 24), "small")],
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
    strips = [pane(name, "strip") for name in ("story", "verdict", "events")]
    for size in (MEDIUM, LARGE):
        rows = []
        for shown in (strips, strips[1:]):
            placed = arrange([*PLOTS, *shown], size)
            rows.append(sum(placed.rows(name) or 0 for name in placed.strips))
        assert rows[0] == rows[1]


def test_a_focused_pane_without_a_place_is_alone() -> None:
    assert arrange(PLOTS, MEDIUM, focus="h").shown == ("h",)
    assert arrange(PLOTS, MEDIUM, focus="a", hidden={"a"}).shown == ("a",)
    assert arrange(PLOTS, MEDIUM, focus="a", zoomed=True).shown == ("a",)
    assert len(arrange(PLOTS, MEDIUM, focus="silent").shown) == 4


def test_every_pane_is_registered_once_under_a_name_and_title() -> None:
    names = [kind.NAME for kind in PANES]
    assert len(set(names)) == len(names)
    assert all(kind.TITLE and kind.NAME for kind in PANES)
