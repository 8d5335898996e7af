import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui import formatting


@given(st.text(), st.sampled_from(list(GLYPH_SETS)))
def test_plain_text_fills_one_cell_a_character_and_commands_nothing(text: str, glyphs: Glyphs) -> None:
    line = formatting.plain(text, glyphs)
    assert cell_len(line) == len(line)
    assert line.isprintable()
    assert all(map(GLYPH_SETS[glyphs].holds, line))


@given(st.text())
def test_literal_text_keeps_its_lines_and_commands_nothing(text: str) -> None:
    lines = formatting.literal(text).split("\n")
    assert len(lines) == text.count("\n") + 1
    assert all(line.isprintable() for line in lines)


def test_control_characters_are_written_as_toml_writes_them_and_blanks_as_spaces() -> None:
    assert formatting.plain("a\tb\nc \x1b[31m\x07\x7f") == r"a b c \u001b[31m\u0007\u007f"
    assert formatting.literal("a\n\x1b[31m") == "a\n" + r"\u001b[31m"


@given(st.floats(min_value=0.001, max_value=9e14))
def test_a_rate_has_three_digits_and_a_fixed_width(rate: float) -> None:
    text = formatting.rate(rate)
    assert len(text) == 5
    number, unit = (text[:-1], text[-1]) if text[-1].isalpha() else (text, "")
    scale = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}[unit]
    # In fractions: half of the last digit is just within the limit.
    exact, limit = Fraction(rate), Fraction("0.005")
    assert abs(Fraction(number) * scale - exact) <= max(limit, limit * exact)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_loss_keeps_its_width(loss: float) -> None:
    assert len(formatting.loss(abs(loss))) == 7


@given(st.floats(min_value=1e-2, max_value=998))
def test_a_loss_has_three_digits(loss: float) -> None:
    assert math.isclose(float(formatting.loss(loss)), loss, rel_tol=0.005)


@given(st.floats(min_value=-99_999, max_value=99_999))
def test_large_digits_are_true_to_four_digits(value: float) -> None:
    text = formatting.four_digits(value)
    assert len(text) <= 7
    assert abs(float(text) - value) <= 5.1e-4 * max(abs(value), 1.0)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.000"), (31.0, "31.00"), (0.5312, "0.531"), (5e-5, "5e-5")])
def test_large_digits_by_example(value: float, text: str) -> None:
    assert formatting.four_digits(value) == text


def test_what_is_left_out_is_told() -> None:
    assert formatting.clipped(["a", "b", "c"], 2) == ["a", "b…"]
    assert formatting.clipped(["a", "b"], 2) == ["a", "b"]
    assert formatting.shortened("abcdef", 4) == "abc…"


def test_a_figure_is_not_parted_from_its_percent_sign() -> None:
    assert formatting.wrapped("it has not fallen by 2 % since", 22) == ["it has not fallen by", "2 % since"]
