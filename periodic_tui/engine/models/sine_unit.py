"""A single sine with one learnable frequency, as in the first write-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.models.base import HiddenLayer, Layout, Model, Parameter, models

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.randomness import Stream


@models.register
class SineUnit(Model):
    """sin(ω · x), ω ~ N(0, 1) at the start."""

    kind: Literal["sine-unit"] = "sine-unit"

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout((Parameter("omega", (1,), "frequency"),))

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
        return (x * parameters["omega"].unsqueeze(-2)).sin()
