"""Sines of unknown frequency, amplitude and phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.models.base import Layout, Parameter, Wave, models

if TYPE_CHECKING:
    from torch import Tensor


@models.register
class Harmonic(Wave):
    """The sum over units of alpha · sin(omega · x) + beta · cos(omega · x)."""

    kind: Literal["harmonic"] = "harmonic"
    units: Annotated[int, Field(ge=1, le=1_024)] = 1

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(
            (
                Parameter("omega", (self.units,), "frequency"),
                Parameter("alpha", (self.units,), "amplitude"),
                Parameter("beta", (self.units,), "amplitude"),
            )
        )

    def outputs(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        angle = x * parameters["omega"].unsqueeze(-2)
        alpha, beta = parameters["alpha"].unsqueeze(-2), parameters["beta"].unsqueeze(-2)
        return (alpha * angle.sin() + beta * angle.cos()).sum(-1, keepdim=True)
