"""A single sine with one learnable frequency, as in the first write-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.components.models.base import Layout, Parameter, Wave, models

if TYPE_CHECKING:
    from torch import Tensor


@models.register
class SineUnit(Wave):
    """sin(ω · x), ω ~ N(0, 1) at the start."""

    kind: Literal["sine-unit"] = "sine-unit"

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout((Parameter("omega", (1,), "frequency"),))

    def outputs(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        return (x * parameters["omega"].unsqueeze(-2)).sin()
