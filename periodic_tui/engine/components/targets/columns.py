"""Columns of numbers from a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from periodic_tui.engine.files import read_regular, told
from periodic_tui.engine.limits import LARGEST
from periodic_tui.engine.names import instead_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_BYTES = 32 << 20
"""Largest table that is read."""
_SHOWN = 40
"""Characters of a cell that are repeated."""


@dataclass(frozen=True)
class Columns:
    """Columns of one version of a file."""

    path: str
    names: tuple[str, ...]
    version: tuple[int, int]
    """When the file was written, in nanoseconds, and its size in bytes."""
    values: NDArray[np.float64] = field(compare=False)
    """`[rows, columns]`."""


def read_columns(path: str, names: tuple[str, ...]) -> Columns:
    """The named columns; read again only when the file has changed.

    Raises ValueError with one line that names the file, and where it can the line and the column.
    """
    try:
        status = Path(path).stat()
        return _read(path, names, (status.st_mtime_ns, status.st_size))
    except (OSError, ValueError, csv.Error) as error:
        raise ValueError(f"{Path(path).name}: {why_unreadable(error)}") from None


@lru_cache(maxsize=4)
def _read(path: str, names: tuple[str, ...], version: tuple[int, int]) -> Columns:
    import numpy as np

    lines = lines_of(Path(path))
    header = _header(lines)
    if unknown := no_such_columns(names, header):
        raise ValueError(unknown)
    places = [header.index(name) for name in names]
    values = np.array(list(_numbers(lines, names, places)), dtype=np.float64).reshape(-1, len(names))
    if not len(values):
        raise ValueError("has no rows below its line of column names")
    values.setflags(write=False)
    return Columns(path, names, version, values)


def lines_of(path: Path) -> Iterator[list[str]]:
    """The cells of one line after the other; a `csv.reader`, whose `line_num` says which. Raises OSError, ValueError or
    csv.Error."""
    text = read_regular(path, MAX_BYTES).decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("is binary, expected CSV")
    return csv.reader(text.splitlines(keepends=True))


def why_unreadable(error: Exception) -> str:
    """What keeps a table from being read at all."""
    if isinstance(error, OSError):
        return told(error)
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {error.start + 1}), expected CSV"
    return str(error)


def column_names(path: str) -> list[str]:
    """The names in a table's first line; none where it cannot be read."""
    try:
        return _header(lines_of(Path(path)))
    except (OSError, ValueError, csv.Error):
        return []


def _header(lines: Iterator[list[str]]) -> list[str]:
    header = [name.strip() for name in next(lines, [])]
    if not any(header):
        raise ValueError("is empty, expected a line of column names and lines of numbers")
    return header


def no_such_columns(names: Sequence[str], header: Sequence[str]) -> str:
    """What to say of the names that are none of these columns; empty where all are."""
    wrong = [name for name in names if name not in header]
    if not wrong:
        return ""
    several = " and ".join(f"no column {name!r}" for name in wrong)
    return f"has {several}, {instead_of(wrong[0], header)}"


def _numbers(lines: Iterator[list[str]], names: tuple[str, ...], places: list[int]) -> Iterator[list[float]]:
    for cells in lines:
        if any(cells):
            number = lines.line_num  # type: ignore[attr-defined]  # of csv.reader
            yield [_number(cells, place, name, number) for name, place in zip(names, places, strict=True)]


def _number(cells: list[str], place: int, name: str, line: int) -> float:
    try:
        return number_in(cells[place] if place < len(cells) else "")
    except ValueError as problem:
        raise ValueError(f"line {line}, column {name!r}: {problem}") from None


def number_in(cell: str) -> float:
    """The number in a cell. Raises ValueError that says what was expected."""
    text = cell.strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {quoted(text)}")
    if abs(value) > LARGEST:
        raise ValueError(f"expected a number up to {LARGEST:g} in size, got {value:g}")
    return value


def quoted(text: str) -> str:
    """What stands in a cell, in so many words that a line can hold it."""
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…") if text else "nothing"
