import numpy as np
import pytest

from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.sparklines import sparklines

NAN = float("nan")


def drawn(values: list[float], columns: int, scale: str = "share", glyphs: Glyphs = "braille") -> str:
    [row] = sparklines(np.array([values]), columns, scale, glyphs=glyphs).text()  # type: ignore[arg-type]
    return row


def test_a_share_stands_on_zero_and_reaches_one() -> None:
    assert drawn([0.0, 0.0, 0.5, 0.5, 1.0, 1.0], 3) == "⣀⣶⣿"
    assert drawn([0.0, 0.5, 1.0], 3, glyphs="ascii") == "_=#"


def test_the_newest_stand_at_the_right_and_older_ones_fall_off() -> None:
    assert drawn([1.0], 2) == " ⢸"
    assert drawn([1.0] * 9 + [0.0] * 4, 2) == "⣀⣀"


def test_sizes_span_their_own_powers_of_ten() -> None:
    assert drawn([1e-8, 1e-8, 1e-2, 1e-2], 2, "log") == "⣀⣿"


def test_noise_is_no_swing() -> None:
    assert len(set(drawn([1.0, 1.01, 0.99, 1.0], 2, "log"))) == 1


def test_what_is_not_there_is_blank_and_what_is_infinite_on_top() -> None:
    assert drawn([NAN, NAN, 1.0, 1.0], 2, "log")[0] == " "
    assert drawn([NAN] * 4, 2, "log") == "  "
    assert drawn([1.0, 1.0, np.inf, np.inf, 0.0, 0.0], 3, "log")[1:] == "⣿⣀"


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_rows_are_drawn_together_and_of_no_columns_there_is_nothing(glyphs: Glyphs) -> None:
    values = np.random.default_rng(0).random((5, 32))
    cells = sparklines(values, 8, "share", Ink.TROUBLE, glyphs)
    assert cells.glyphs.shape == (5, 8)
    assert (cells.ink == Ink.TROUBLE).all()
    alone = [sparklines(row[None], 8, "share", Ink.TROUBLE, glyphs).text()[0] for row in values]
    assert cells.text() == alone
    assert sparklines(values, 0, "share").glyphs.shape == (5, 0)
