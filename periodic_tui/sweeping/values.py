"""Reading `--vary KEY=V,V,…`: a key and the values that it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.overrides import parse_value
from periodic_tui.sweeping.grid import Axis

MOST = 10_000
"""Values of one key."""
_NUMBER = r"[+-]?(?:\d[\d_]*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"(?:(log|lin):)?({_NUMBER})\.\.({_NUMBER})(?::(\d{{1,9}}))?", re.ASCII)
_BOTH_SIDES = re.compile(r"(?:±|\+-)(?=[\d.])|(?:(log|lin):)(?:±|\+-)(?=[\d.])")
_DIGITS = 4
"""Of values on a logarithmic range, as long as these tell them apart: what is shown is what is trained."""
_OPEN, _CLOSE, _QUOTES = "[{(", "]})", "\"'"

Number = int | float


def axis(text: str) -> Axis:
    """The axis that is meant. Raises Refused with one line."""
    key, equals, values = text.partition("=")
    key = key.strip()
    if not equals or not all(key.split(".")):
        raise Refused(f"--vary {text}: expected KEY=V,V,…")
    parts = [part.strip() for part in split(values)]
    if not all(parts):
        raise Refused(f"--vary {text}: expected a value {'between two commas' if len(parts) > 1 else 'behind ='}")
    try:
        found = tuple(value for part in parts for value in _values(part))
    except ValueError as problem:
        raise Refused(f"--vary {key}: {problem}") from None
    if twice := next((value for place, value in enumerate(found) if value in found[:place]), None):
        raise Refused(f"--vary {key}: {twice} comes twice")
    return Axis(key, found)


def split(text: str) -> list[str]:
    """The parts between commas, of which those within brackets and quotes are none."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        else:
            depth += (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and depth <= 0 and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _values(part: str) -> Iterator[object]:
    """The values of one part: a range, or a single one. `±` before a number makes it the interval around 0 that is so
    wide to both sides. Raises ValueError."""
    bare = _BOTH_SIDES.sub(lambda found: f"{found[1]}:" if found[1] else "", part, count=1)
    is_range = _RANGE.fullmatch(bare)
    numbers = between(*_ends(is_range)) if is_range else [parse_value(bare)]
    if bare == part:
        yield from numbers
        return
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, Number) or not 0 < number < math.inf:
            raise ValueError(f"{part}: expected a number above 0 behind ±")
        yield [[-number, number]]


def _ends(found: re.Match[str]) -> tuple[Number, Number, int | None, str | None]:
    scale, low, high, count = found.groups()
    return _number(low), _number(high), int(count) if count else None, scale


def _number(text: str) -> Number:
    return int(text) if re.fullmatch(r"[+-]?[\d_]+", text, re.ASCII) else float(text)


def between(low: Number, high: Number, count: int | None = None, scale: str | None = None) -> list[Number]:
    """So many values from `low` to `high`, both included; without `count` the whole numbers. They lie at equal ratios
    where both ends are positive and differ by a factor of ten or more, else at equal distances; `scale`, log or lin,
    decides otherwise. Raises ValueError."""
    told = f"{low}..{high}"
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{told}: expected a smaller number before a larger one")
    if count is None:
        if isinstance(low, float) or isinstance(high, float) or scale:
            raise ValueError(f"{told}: expected how many values, as in {told}:9")
        count = high - low + 1
    if not 2 <= count <= MOST:
        raise ValueError(f"{told}: expected from 2 to {MOST:,} values, got {count:,}")
    if scale == "log" and low <= 0:
        raise ValueError(f"{told}: a logarithmic range needs ends above 0")
    if scale == "log" or (scale is None and low > 0 and high >= 10 * low):
        inner = [low * (high / low) ** (place / (count - 1)) for place in range(1, count - 1)]
        return [low, *_short(inner, low, high), high]
    return _whole([low + (high - low) * place / (count - 1) for place in range(count)], low, high)


def _short(inner: list[float], low: Number, high: Number) -> list[Number]:
    """Values in a few digits, or in as many as tell them apart."""
    for digits in range(_DIGITS, 17):
        rounded = [float(f"{value:.{digits}g}") for value in inner]
        if len({low, *rounded, high}) == len(inner) + 2:
            break
    return _whole(rounded, low, high)


def _whole(values: list[float], low: Number, high: Number) -> list[Number]:
    """Values without the last bits' noise; whole numbers where both ends are written as such."""
    plain = [float(f"{value:.12g}") for value in values]
    ints = isinstance(low, int) and isinstance(high, int)
    return [int(value) if ints and value.is_integer() else value for value in plain]
