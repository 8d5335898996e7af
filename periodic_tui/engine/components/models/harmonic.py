"""Sines of unknown frequency, amplitude and phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from periodic_tui.engine.components.models.base import Formula, Layout, Parameter, models

if TYPE_CHECKING:
    from torch import Tensor


@models.register
class Harmonic(Formula):
    """The sum over units of alpha · sin(omega · x) + beta · cos(omega · x)."""

    kind: Literal["harmonic"] = "harmonic"
    frequency_parameter: ClassVar[str | None] = "omega"
    units: Annotated[int, Field(ge=1, le=1_024)] = 1

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(
            (
                Parameter("omega", (self.units,), "frequency"),
                Parameter("alpha", (self.units,), "amplitude"),
                Parameter("beta", (self.units,), "amplitude"),
            )
        )

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        if (inputs, outputs) == (1, 1):
            return {}
        return {"kind": f"expected a target with 1 input and 1 output, got one with {inputs} and {outputs}"}

    def outputs(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        angle = x * parameters["omega"].unsqueeze(-2)
        alpha, beta = parameters["alpha"].unsqueeze(-2), parameters["beta"].unsqueeze(-2)
        return (alpha * angle.sin() + beta * angle.cos()).sum(-1, keepdim=True)
