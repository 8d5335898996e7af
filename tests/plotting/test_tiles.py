import numpy as np
import pytest

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.tiles import tiles

RELU = np.maximum(np.linspace(-1, 1, 48), 0)


def test_a_curve_that_is_nowhere_negative_stands_on_its_zero() -> None:
    relu, nothing, line = tiles(np.stack([RELU, 0 * RELU, np.linspace(-1, 1, 48)]), 6, 2, True)
    assert nothing.text() == ["      ", "⣀⣀⣀⣀⣀⣀"]
    assert relu.text()[1].startswith("⣀⣀⣀")
    assert relu.text()[0][-1] != " "
    assert line.text()[0][:3] == "   "
    assert line.text()[1][3:] == "   "


def test_a_jump_leaves_no_gap() -> None:
    [step] = tiles(np.repeat([0.0, 1.0], 24)[None], 2, 2, True)
    assert step.text() == [" ⡏", "⣀⠇"]


SLOPE = np.outer(np.arange(4.0), np.ones(4))


def test_maps_have_a_scale_of_their_own() -> None:
    small, large, flat = (tile.colors for tile in tiles(np.stack([SLOPE, 1e3 * SLOPE, 0 * SLOPE]), 4, 4, True))
    assert small is not None
    assert large is not None
    assert flat is not None
    assert (small == large).all()
    assert (small[-1] != flat[-1]).any()


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_without_colors_maps_are_characters(glyphs: Glyphs) -> None:
    rows = tiles(SLOPE[None], 4, 4, False, glyphs)[0].text()
    assert len(set(rows)) == 4
    assert rows[0] == "    "


def test_what_is_not_finite_is_drawn_all_the_same() -> None:
    broken = np.stack([np.full(48, np.nan), np.full(48, np.inf)])
    assert [tile.rows for tile in tiles(broken, 5, 2, True)] == [2, 2]
    assert "×" in tiles(np.full((1, 4, 4), np.nan), 4, 2, True)[0].text()[0]
