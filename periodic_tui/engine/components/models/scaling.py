"""Columns of x and y in units of their own, between the data and the layers of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.components.numbers import Positive
from periodic_tui.engine.components.registry import Spec

if TYPE_CHECKING:
    from torch import Tensor

_ROUNDING = 1e-12
"""Share of a column's largest value that is nothing."""
Numbers = Annotated[tuple[float, ...], Field(strict=False)]
Spreads = Annotated[tuple[Positive, ...], Field(strict=False)]


class Scaling(Spec):
    """The layers see (x − center)/spread and give (y − center)/spread, column by column. Inputs and outputs of the
    network stay in the units of the data, and so do its loss and its fit."""

    x_center: Numbers
    x_spread: Spreads
    y_center: Numbers = ()
    """Empty, as is `y_spread`: the outputs are left as they are."""
    y_spread: Spreads = ()

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        """Own key to what is wrong with it for so many columns."""
        wanted = {"x_center": inputs, "x_spread": inputs, "y_center": outputs, "y_spread": outputs}
        left_out = not self.y_center and not self.y_spread
        return {
            f"scaling.{key}": f"expected {count} numbers, one for each column, got {len(getattr(self, key))}"
            for key, count in wanted.items()
            if len(getattr(self, key)) != count and not (left_out and key.startswith("y"))
        }

    def inputs(self, x: Tensor) -> Tensor:
        """What the layers see of `x` `[..., inputs]`."""
        return (x - row(self.x_center, x)) / row(self.x_spread, x)

    def outputs(self, y: Tensor) -> Tensor:
        """What the layers' outputs `[..., outputs]` are in the units of the data."""
        return y * row(self.y_spread, y) + row(self.y_center, y) if self.y_spread else y


def center_and_spread(values: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each column of `[rows, columns]`; the spread of a column that is constant is 1."""
    values = values.double()
    center, spread, nothing = values.mean(0), values.std(0, correction=0), _ROUNDING * values.abs().amax(0)
    center, spread = center.masked_fill(center.abs() <= nothing, 0.0), spread.masked_fill(spread <= nothing, 1.0)
    return tuple(center.tolist()), tuple(spread.tolist())


def row(values: Sequence[float], like: Tensor) -> Tensor | float:
    """As many numbers as there are columns, filled in on the tensor's device: nothing is copied there."""
    import torch

    return values[0] if len(values) == 1 else torch.stack([like.new_full((), value) for value in values])
