"""Sines of unknown frequency, amplitude and phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.models.base import HiddenLayer, Layout, Model, Parameter, models

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.randomness import Stream


@models.register
class Harmonic(Model):
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

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        if (inputs, outputs) == (1, 1):
            return {}
        return {"kind": f"expected a target with 1 input and 1 output, got one with {inputs} and {outputs}"}

    @property
    def separate_rates(self) -> bool:
        return True

    @property
    def frequency_parameter(self) -> str | None:
        return "omega"

    def forward(
        self,
        parameters: Mapping[str, Tensor],
        x: Tensor,
        hidden: list[HiddenLayer] | None = None,
        dropout: Stream | None = None,
    ) -> Tensor:
        angle = x * parameters["omega"].unsqueeze(-2)
        alpha, beta = parameters["alpha"].unsqueeze(-2), parameters["beta"].unsqueeze(-2)
        return (alpha * angle.sin() + beta * angle.cos()).sum(-1, keepdim=True)
