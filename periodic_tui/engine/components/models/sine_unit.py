"""A single sine with one learnable frequency, as in the first write-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.models.base import Formula, Layout, Parameter, models

if TYPE_CHECKING:
    from torch import Tensor


@models.register
class SineUnit(Formula):
    """sin(ω · x), ω ~ N(0, 1) at the start."""

    kind: Literal["sine-unit"] = "sine-unit"
    frequency_parameter: ClassVar[str | None] = "omega"

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout((Parameter("omega", (1,), "frequency"),))

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        if (inputs, outputs) == (1, 1):
            return {}
        return {"kind": f"expected a target with 1 input and 1 output, got one with {inputs} and {outputs}"}

    def outputs(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        return (x * parameters["omega"].unsqueeze(-2)).sin()
