import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.style import Style

from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.heat import heat_map
from periodic_tui.ui.widgets.strips import INKS, changed_regions, row_strip

STYLES = [Style(color=f"color({ink.value + 1})") for ink in INKS]
SHAPE = (3, 7)
PICTURES = st.builds(
    Cells,
    arrays.arrays(np.uint32, SHAPE, elements=st.sampled_from([ord(c) for c in " ab⣿"])),
    arrays.arrays(np.uint8, SHAPE, elements=st.sampled_from([int(ink) for ink in INKS])),
)


@given(PICTURES)
def test_a_strip_has_the_text_of_its_row_and_the_ink_of_every_character(cells: Cells) -> None:
    for row, text in enumerate(cells.text()):
        strip = row_strip(cells, row, STYLES)
        assert strip.text == text
        styles = [segment.style for segment in strip for _ in segment.text]
        for column, character in enumerate(text):
            if character != " ":
                assert styles[column] == STYLES[cells.ink[row, column]]


@given(PICTURES, PICTURES)
def test_the_changed_regions_cover_every_change_and_begin_and_end_with_one(old: Cells, new: Cells) -> None:
    differs = (old.glyphs != new.glyphs) | (old.ink != new.ink)
    covered = np.zeros(SHAPE, bool)
    for region in changed_regions(old, new):
        covered[region.y, region.x : region.right] = True
        assert differs[region.y, region.x]
        assert differs[region.y, region.right - 1]
    assert not (differs & ~covered).any()


def test_cells_with_colors_of_their_own_keep_them() -> None:
    cells = heat_map(np.array([[0.0], [1.0]]), 2, 1, 0.0, 1.0)
    [segment] = row_strip(cells, 0, STYLES)
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.bgcolor is not None
    assert cells.colors is not None
    assert tuple(segment.style.color.triplet or ()) == tuple(cells.colors[0, 0, 0])
    assert tuple(segment.style.bgcolor.triplet or ()) == tuple(cells.colors[0, 0, 1])


def test_a_blank_beside_colored_cells_has_a_plain_look() -> None:
    cells = Cells.blank(4, 1).paste(heat_map(np.ones((2, 2)), 2, 1, 0.0, 1.0), 0, 0)
    colored, blank = row_strip(cells, 0, STYLES)
    assert (colored.text, blank.text) == ("▀▀", "  ")
    assert blank.style == STYLES[Ink.QUIET]


def test_a_change_of_color_alone_is_a_change() -> None:
    low, high = (heat_map(np.full((2, 3), value), 3, 1, 0.0, 1.0) for value in (0.0, 1.0))
    assert len(changed_regions(low, high)) == 1
    assert changed_regions(low, low) == []
    assert int(low.ink[0, 0]) == Ink.RGB
