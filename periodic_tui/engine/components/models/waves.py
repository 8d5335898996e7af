"""Sums of sines of one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.models.base import Layout, Model, Parameter, Views, models

if TYPE_CHECKING:
    from torch import Tensor


class Wave(Model):
    """A sum of sines of one variable."""

    frequency_parameter = "omega"

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        if (inputs, outputs) == (1, 1):
            return {}
        return {"kind": f"expected a target with 1 input and 1 output, got one with {inputs} and {outputs}"}


@models.register
class SineUnit(Wave):
    """sin(ω · x), ω ~ N(0, 1) at the start, as in the first write-up."""

    kind: Literal["sine-unit"] = "sine-unit"

    def shape(self, inputs: int, outputs: int) -> str:
        return "1 sine"

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout((Parameter("omega", (1,), "frequency"),))

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        return (x * parameters["omega"].unsqueeze(-2)).sin()


@models.register
class Harmonic(Wave):
    """The sum over units of alpha · sin(omega · x) + beta · cos(omega · x)."""

    kind: Literal["harmonic"] = "harmonic"
    units: Annotated[int, Field(ge=1, le=1_024)] = 1

    def shape(self, inputs: int, outputs: int) -> str:
        return f"{self.units} sine{'s' * (self.units != 1)}"

    def layout(self, inputs: int, outputs: int) -> Layout:
        shape = (self.units,)
        amplitudes = Parameter("alpha", shape, "amplitude"), Parameter("beta", shape, "amplitude")
        return Layout((Parameter("omega", shape, "frequency"), *amplitudes))

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        angle = x * parameters["omega"].unsqueeze(-2)
        alpha, beta = parameters["alpha"].unsqueeze(-2), parameters["beta"].unsqueeze(-2)
        return (alpha * angle.sin() + beta * angle.cos()).sum(-1, keepdim=True)
