"""A table of one's own: columns of a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, PlainValidator, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from periodic_tui.engine.components.domain import Domain, Intervals
from periodic_tui.engine.components.targets.base import Rows, Target, targets
from periodic_tui.engine.components.targets.columns import Columns, column_names, no_such_columns, read_columns
from periodic_tui.engine.components.targets.lags import latest_lag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

MOST_CLASSES = 256


def _share_or_path(value: object) -> float | str | None:
    if value is None or (isinstance(value, str) and value) or (isinstance(value, float) and 0 < value < 1):
        return value
    raise ValueError("expected a share of the rows between 0 and 1, or the path of a table")


HeldOut = Annotated[float | str | None, PlainValidator(_share_or_path)]
Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False, min_length=1, max_length=256)]

_DRAWN = 8_192
"""Rows among which the nearest one is looked for; of more, some must do."""
_TOLD = 16
"""Columns that are named where one has to be chosen."""
_GOOD = 1e-3
"""Share of the outputs' variance that a good fit may leave."""


@targets.register
class Csv(Target):
    """The rows of a table; between them, for the screen, straight lines or the nearest row."""

    kind: Literal["csv"] = "csv"
    is_table = True
    phases = True
    """Only the user knows whether they are."""
    path: str
    """Relative to the preset."""
    x: Names
    """Input columns, by their names in the first line."""
    y: Names
    """Output columns."""
    labels: bool = False
    """Whether y holds the numbers of classes, from 0: each becomes an output, 1 in the rows of its class."""
    test: HeldOut = None
    """What is held out: the last share of the rows, or the rows of another table with these columns."""
    order_by: str = ""
    """The column that says which rows are the last ones; empty: as they stand in the table."""
    _columns: Columns | None = PrivateAttr(None)
    """As the file was when the preset was read: what becomes of it later changes nothing in a run."""
    _test_columns: Columns | None = PrivateAttr(None)

    @classmethod
    def hint(cls, key: str, table: Mapping[str, Any]) -> str:
        path = table.get("path")
        if key == "path":
            return ", the path of a table, beside the preset"
        names = column_names(path) if key in ("x", "y") and isinstance(path, str) else []
        return f"; {Path(str(path)).name} has the columns {', '.join(names[:_TOLD])}" if names else ", names of columns"

    @model_validator(mode="after")
    def _readable(self) -> Self:
        object.__setattr__(self, "path", str(Path(self.path).absolute()))
        try:
            self._whole  # noqa: B018  # reads it
        except ValueError:
            self._check_names()
            raise
        if isinstance(self.test, str):
            object.__setattr__(self, "test", str(Path(self.test).absolute()))
        if self.order_by and not isinstance(self.test, float):
            raise ValueError("order_by says which rows are the last ones, expected a share of them in test")
        if len({*self.x, *self.y}) < len(self.x) + len(self.y):
            raise ValueError("expected each column once in x and y")
        if not len(self._test_values) and self.test is not None:
            raise ValueError(f"{Path(str(self.test)).name}: has no rows")
        if not self._varies(self._values):
            raise ValueError(f"{Path(self.path).name}: expected at least two different inputs")
        if self.labels and (wrong := _no_label(self.y, self._everything[:, self.inputs :])):
            raise ValueError(f"{Path(self.path).name}: {wrong}")
        return self

    def _check_names(self) -> None:
        """Tell of all the names at once that no column has, each under its key."""
        if not (header := column_names(self.path)):
            return
        named = {"x": self.x, "y": self.y, "order_by": (self.order_by,) if self.order_by else ()}
        wrong = {f"target.{key}": no_such_columns(names, header) for key, names in named.items()}
        found = {key: f"{Path(self.path).name} {text}" for key, text in wrong.items() if text}
        if found:
            summary = "; ".join(found.values())
            raise PydanticCustomError("conflicts", "{summary}", {"summary": summary, "conflicts": found})

    def _varies(self, rows: NDArray[np.float64]) -> bool:
        """Whether not all of the rows have the same inputs."""
        x = rows[:, : self.inputs]
        return bool((x != x[:1]).any())

    @property
    def _whole(self) -> NDArray[np.float64]:
        """Rows of the table, those that are held out last."""
        if self._columns is None:
            self._columns = read_columns(self.path, self._names)
            if self.order_by:
                order = self._columns.values[:, self._names.index(self.order_by)].argsort(kind="stable")
                self._columns = replace(self._columns, values=self._columns.values[order])
        return self._columns.values[:, : len(self.x) + len(self.y)]

    @property
    def _names(self) -> tuple[str, ...]:
        """Columns that are read."""
        return tuple(dict.fromkeys((*self.x, *self.y, *([self.order_by] if self.order_by else []))))

    @property
    def _last(self) -> int:
        """Rows of the table that are held out."""
        if not isinstance(self.test, float):
            return 0
        return min(max(round(self.test * len(self._whole)), 1), len(self._whole) - 1)

    @property
    def _values(self) -> NDArray[np.float64]:
        """Rows to learn from."""
        return self._whole[: len(self._whole) - self._last]

    @property
    def _test_values(self) -> NDArray[np.float64]:
        """Rows that are held out; none where nothing says which."""
        if not isinstance(self.test, str):
            return self._whole[len(self._whole) - self._last :]
        if self._test_columns is None:
            self._test_columns = read_columns(self.test, (*self.x, *self.y))
        return self._test_columns.values

    @property
    def _everything(self) -> NDArray[np.float64]:
        import numpy as np

        return np.concatenate([self._values, self._test_values])

    @property
    def inputs(self) -> int:
        return len(self.x)

    @property
    def outputs(self) -> int:
        return int(self._everything[:, -1].max()) + 1 if self.labels else len(self.y)

    @property
    def classes(self) -> bool:
        return self.labels

    @property
    def probabilities(self) -> bool:
        y = self._everything[:, self.inputs :]
        return self.labels or bool(((y >= 0) & (y <= 1)).all())

    @property
    def last_known(self) -> tuple[int, ...]:
        x, y = self._values[:, : self.inputs], self._values[:, self.inputs :]
        found = [] if self.labels else [latest_lag(x, column) for column in y.T]
        return () if None in found else tuple(found)  # type: ignore[arg-type]  # none of them is None

    def completed(self, domain: Domain) -> Domain:
        x = self._values[:, : self.inputs]
        train = domain.train or ((float(x.min()), float(x.max())),)
        points = domain.points or len(_within(self._values, self.inputs, train))
        held_out = self._test_values[:, : self.inputs]
        test = domain.test
        if not test and len(held_out) and held_out.min() < held_out.max():
            test = ((float(held_out.min()), float(held_out.max())),)
        return domain.model_copy(update={"train": train, "test": test, "points": points})

    def conflicts(self, domain: Domain) -> dict[str, str]:
        found = {}
        inside = _within(self._values, self.inputs, domain.train)
        rows = len(inside)
        if not rows:
            found["train"] = "no row of the table lies there"
        elif not self._varies(inside):
            found["train"] = "all rows of the table that lie there have the same inputs, expected at least two"
        elif domain.points != rows:
            found["points"] = f"the table has {rows:,} rows in the training domain, expected {rows} or 0"
        if domain.test and not len(_within(self._candidates, self.inputs, domain.test)):
            found["test"] = "no row of the table lies there"
        if domain.distribution != "uniform":
            found["distribution"] = "the rows of a table are what they are, expected uniform"
        if domain.scale:
            found["scale"] = "the rows of a table are what they are, expected no factors"
        return found

    def goal(self, domain: Domain) -> float | None:
        inside = _within(self._values, self.inputs, domain.train)[:, self.inputs :]
        if self.labels or not len(inside):
            return None
        return _GOOD * float(inside.var(0).mean()) or None

    def rows(self, intervals: Intervals) -> Rows:
        import torch

        table = torch.from_numpy(_within(self._values, self.inputs, intervals).copy())
        return table[:, : self.inputs], self._outputs(table)

    @property
    def _candidates(self) -> NDArray[np.float64]:
        """Rows of which those in the test domain are held out."""
        return self._values if self.test is None else self._test_values

    def held_out(self, intervals: Intervals) -> Rows | None:
        import torch

        if self.test is None and not intervals:
            return None
        rows = _within(self._candidates, self.inputs, intervals) if intervals else self._candidates
        table = torch.from_numpy(rows.copy())
        return table[:, : self.inputs], self._outputs(table)

    def _outputs(self, table: Tensor) -> Tensor:
        """Outputs of rows `[rows, columns]`."""
        import torch

        y = table[:, self.inputs :]
        return torch.nn.functional.one_hot(y[:, 0].long(), self.outputs).to(y) if self.labels else y

    def __call__(self, x: Tensor) -> Tensor:
        import torch

        table = torch.from_numpy(self._everything).to(x.device)
        known, y = table[:, : self.inputs], self._outputs(table).to(x.dtype)
        if self.inputs > 1:
            some = slice(None, None, -(-len(known) // _DRAWN))
            return y[some][torch.cdist(x.double(), known[some]).argmin(-1)]
        order = known[:, 0].argsort(stable=True)
        return _between(x[..., 0].double(), known[order, 0], y[order]).to(x.dtype)


def _within(values: NDArray[np.float64], inputs: int, intervals: Intervals) -> NDArray[np.float64]:
    """Rows whose inputs all lie in the union of intervals, ends included."""
    x = values[:, :inputs]
    inside = x != x
    for low, high in intervals:
        inside |= (x >= low) & (x <= high)
    return values[inside.all(1)]


def _no_label(names: tuple[str, ...], y: NDArray[np.float64]) -> str:
    """What keeps `y` `[rows, columns]` from being the numbers of classes; empty if nothing does."""
    if len(names) > 1:
        return f"labels are one column, got {len(names)} in y"
    wrong = y[(y != y.round()) | (y < 0) | (y >= MOST_CLASSES)]
    if len(wrong):
        return f"column {names[0]!r}: expected labels, whole numbers from 0 to {MOST_CLASSES - 1}, got {wrong[0]:g}"
    return "" if y.max() > 0 else f"column {names[0]!r}: expected labels of two or more classes"


def _between(x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    """Straight lines through `values` `[rows, outputs]` at ascending `knots`, constant beyond them."""
    import torch

    right = torch.searchsorted(knots, x.contiguous()).clamp(1, len(knots) - 1)
    low, high = knots[right - 1], knots[right]
    share = ((x - low) / (high - low).clamp_min(torch.finfo(knots.dtype).tiny)).clamp(0, 1).unsqueeze(-1)
    return values[right - 1] + share * (values[right] - values[right - 1])
