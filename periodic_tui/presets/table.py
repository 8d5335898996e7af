"""A table of one's own as a preset: a network that learns the last column from the others."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from periodic_tui.engine.components.targets.columns import (
    lines_of,
    number_in,
    quoted,
    read_columns,
    why_unreadable,
)
from periodic_tui.printable import printable

BATCH = 32
"""Rows of a minibatch; all of them where there are no more."""
MOST_PROBLEMS = 20
"""Problems that are told, a line each."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_NAMED = 3
"""Columns up to which a title names all of them."""
_TOLD = 6
"""Columns whose scales a story tells."""


def is_table(preset: str) -> bool:
    """Whether that is the path of a table."""
    return Path(preset).suffix.lower() == ".csv"


@dataclass
class Table:
    """What was found in a file."""

    names: tuple[str, ...] = ()
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    """Everything that keeps it from being a preset, a line a problem."""


def table_at(path: Path) -> Table:
    """What is in a file; looked at again only when it has changed."""
    try:
        status = path.stat()
        return _looked_at(path, (status.st_mtime_ns, status.st_size))
    except (OSError, ValueError, csv.Error) as error:
        return Table(problems=[why_unreadable(error)])


def preset_of(path: Path, table: Table) -> dict[str, Any]:
    """The preset that a table without problems is."""
    *x, y = table.names
    learned = f"{printable(y)} from {_listed(x)}"
    scales = _scales(path, table.names)
    return {
        "title": f"A network on {printable(path.name)}: {learned}",
        "story": (
            f"{table.rows:,} rows. What the last column, {printable(y)}, has to do with the others is to be learned.\n"
            f"The network sees standardized columns ({scales}); fit and loss keep the table's units."
        ),
        "target": {"kind": "csv", "path": str(path.absolute()), "x": x, "y": [y], "standardize": True},
        "model": {"kind": "mlp", "hidden": [50, 50], "activation": "relu"},
        "optimizer": {"kind": "adam", "lr": 1e-3},
        "training": {"batch_size": BATCH if table.rows > BATCH else 0},
    }


def _scales(path: Path, names: Sequence[str]) -> str:
    """Mean and standard deviation of columns, the last one among them."""
    values = read_columns(str(path), tuple(names)).values
    told = [
        f"{printable(name)} {center:.4g} ± {spread:.3g}"
        for name, center, spread in zip(names, values.mean(0), values.std(0), strict=True)
    ]
    return ", ".join(told if len(told) <= _TOLD else [*told[: _TOLD - 2], "…", told[-1]])


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} columns"
    *first, last = map(printable, names)
    return f"{', '.join(first)} and {last}" if first else last


@lru_cache(maxsize=4)
def _looked_at(path: Path, version: tuple[int, int]) -> Table:
    lines = lines_of(path)
    names = tuple(name.strip() for name in next(lines, []))
    if problems := list(_in_header(names)):
        return Table(names, problems=problems)
    cells = _Cells(names)
    for row in lines:
        if any(row):
            cells.add(row, lines.line_num)  # type: ignore[attr-defined]  # of csv.reader
    return Table(names, cells.rows, _bounded(list(cells.problems())))


def _in_header(names: Sequence[str]) -> Iterator[str]:
    if not any(names):
        yield "is empty, expected a line of column names and lines of numbers"
    elif all(map(_is_number, names)):
        yield f"line 1: expected names of columns, got numbers, as {quoted(names[0])}"
    elif len(names) == 1:
        yield _single(names[0])
    else:
        yield from _in_names(names)


def _single(name: str) -> str:
    """What is wrong with a single column."""
    for separator, many in _SEPARATORS.items():
        if separator in name:
            return f"line 1: columns are separated by {many}, expected commas, and points in numbers"
    return f"has one column, {quoted(name)}, expected at least two: inputs, and last what is to be learned"


def _in_names(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names, 1):
        if not name:
            yield f"line 1, column {number}: expected a name, got nothing"
        elif name in names[: number - 1]:
            first = names.index(name) + 1
            yield f"line 1, column {number}: expected another name than that of column {first}, {quoted(name)}"


def _is_number(cell: str) -> bool:
    try:
        number_in(cell)
    except ValueError:
        return False
    return True


class _Cells:
    """Looks at the cells below the names."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self.rows = names, 0
        self._first: Sequence[str] = ()
        self._varies = False
        """Whether not all rows have the same inputs."""
        self._ragged: list[tuple[int, str]] = []
        """Lines, and what is wrong with them."""
        self._wrong: list[list[tuple[int, str]]] = [[] for _ in names]
        """The same for the cells of each column."""

    def add(self, row: Sequence[str], line: int) -> None:
        """Look at one row."""
        self.rows += 1
        if len(row) != len(self._names):
            self._ragged.append((line, f"line {line}: expected {len(self._names)} cells, got {len(row)}"))
            return
        self._first = self._first or row
        self._varies |= row[:-1] != self._first[:-1]
        for name, cell, wrong in zip(self._names, row, self._wrong, strict=True):
            try:
                number_in(cell)
            except ValueError as problem:
                wrong.append((line, f"line {line}, column {name!r}: {problem}"))

    def problems(self) -> Iterator[str]:
        """What is wrong, in the order of the lines; a column without any number is one problem."""
        told, whole = list(self._ragged), self.rows - len(self._ragged)
        if not self.rows:
            yield "has no rows below its line of column names"
        elif whole and not self._varies:
            yield "expected at least two rows with different inputs"
        for name, wrong in zip(self._names, self._wrong, strict=True):
            if len(wrong) == whole > 1:
                told.append((wrong[0][0], f"{wrong[0][1]}, and no number in any other line: leave {name!r} out"))
            else:
                told += wrong
        yield from (text for _, text in sorted(told, key=lambda each: each[0]))


def _bounded(problems: list[str]) -> list[str]:
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], f"and {more:,} more such problems"] if more > 0 else problems
