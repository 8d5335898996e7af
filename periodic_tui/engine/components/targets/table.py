"""A table of one's own: columns of a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from periodic_tui.engine.components.domain import Domain, Intervals
from periodic_tui.engine.components.targets.base import Rows, Target, targets
from periodic_tui.engine.components.targets.columns import Columns, read_columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False, min_length=1, max_length=256)]


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
    _columns: Columns | None = PrivateAttr(None)
    """As the file was when the preset was read: what becomes of it later changes nothing in a run."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        object.__setattr__(self, "path", str(Path(self.path).absolute()))
        if len({*self.x, *self.y}) < len(self.x) + len(self.y):
            raise ValueError("expected each column once in x and y")
        if not self._varies(self._values):
            raise ValueError(f"{Path(self.path).name}: expected at least two different inputs")
        return self

    def _varies(self, rows: NDArray[np.float64]) -> bool:
        """Whether not all of the rows have the same inputs."""
        x = rows[:, : self.inputs]
        return bool((x != x[:1]).any())

    @property
    def _values(self) -> NDArray[np.float64]:
        if self._columns is None:
            self._columns = read_columns(self.path, (*self.x, *self.y))
        return self._columns.values

    @property
    def inputs(self) -> int:
        return len(self.x)

    @property
    def outputs(self) -> int:
        return len(self.y)

    def completed(self, domain: Domain) -> Domain:
        x = self._values[:, : self.inputs]
        train = domain.train or ((float(x.min()), float(x.max())),)
        points = domain.points or len(self._within(train))
        return domain.model_copy(update={"train": train, "points": points})

    def conflicts(self, domain: Domain) -> dict[str, str]:
        found = {}
        inside = self._within(domain.train)
        rows = len(inside)
        if not rows:
            found["train"] = "no row of the table lies there"
        elif not self._varies(inside):
            found["train"] = "all rows of the table that lie there have the same inputs, expected at least two"
        elif domain.points != rows:
            found["points"] = f"the table has {rows:,} rows in the training domain, expected {rows} or 0"
        if domain.test and not len(self._within(domain.test)):
            found["test"] = "no row of the table lies there"
        if domain.distribution != "uniform":
            found["distribution"] = "the rows of a table are what they are, expected uniform"
        if domain.scale:
            found["scale"] = "the rows of a table are what they are, expected no factors"
        return found

    def rows(self, intervals: Intervals) -> Rows:
        import torch

        table = torch.from_numpy(self._within(intervals).copy())
        return table[:, : self.inputs], table[:, self.inputs :]

    def _within(self, intervals: Intervals) -> NDArray[np.float64]:
        """Rows whose inputs all lie in the union of intervals, ends included."""
        values = self._values
        x = values[:, : self.inputs]
        inside = x != x
        for low, high in intervals:
            inside |= (x >= low) & (x <= high)
        return values[inside.all(1)]

    def __call__(self, x: Tensor) -> Tensor:
        import torch

        table = torch.from_numpy(self._values.copy()).to(x.device)
        known, y = table[:, : self.inputs], table[:, self.inputs :].to(x.dtype)
        if self.inputs > 1:
            return y[torch.cdist(x.double(), known).argmin(-1)]
        order = known[:, 0].argsort(stable=True)
        return _between(x[..., 0].double(), known[order, 0], y[order]).to(x.dtype)


def _between(x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    """Straight lines through `values` `[rows, outputs]` at ascending `knots`, constant beyond them."""
    import torch

    right = torch.searchsorted(knots, x.contiguous()).clamp(1, len(knots) - 1)
    low, high = knots[right - 1], knots[right]
    share = ((x - low) / (high - low).clamp_min(torch.finfo(knots.dtype).tiny)).clamp(0, 1).unsqueeze(-1)
    return values[right - 1] + share * (values[right] - values[right - 1])
