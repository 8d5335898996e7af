"""One oscillator for each digit of a clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.components.models.base import Layout, Model, Parameter, Views, models

if TYPE_CHECKING:
    from torch import Tensor

HALF_STEP = math.pi / 60
"""Half a digit's step: phases are wrapped this far before zero, so that rounding never turns a 0 into a 60."""


def wrapped(phase: Tensor) -> Tensor:
    """The phase within [−π/60, 2π − π/60)."""
    return (phase + HALF_STEP).remainder(2 * math.pi) - HALF_STEP


@models.register
class Oscillators(Model):
    """One phase for each output: omega · t + phase, plus a linear carry of the outputs before it.

    Output k is ω_k·t + p_k + C_kk + Σ_{j<k} C_kj · (output j, wrapped): a lower-triangular carry, since a slow hand
    moves on while the fast ones go round. Its priors: the outputs are phases, each has one oscillator, and a carry
    is linear in the outputs before it. The periods are not given.
    """

    kind: Literal["oscillators"] = "oscillators"
    frequency_parameter = "omega"

    def shape(self, inputs: int, outputs: int) -> str:
        return f"{outputs} oscillators"

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(
            (
                Parameter("omega", (outputs,), "frequency"),
                Parameter("phase", (outputs,), "phase"),
                Parameter("carry", (outputs, outputs), "learned", initial=0.0),
            )
        )

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        return {} if inputs == 1 else {"kind": f"expected a target with 1 input, got one with {inputs}"}

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        import torch

        raw = x * parameters["omega"].unsqueeze(-2) + parameters["phase"].unsqueeze(-2)
        carry = parameters["carry"].unsqueeze(-3)
        phases: list[Tensor] = []
        for index in range(raw.shape[-1]):
            phase = raw[..., index] + carry[..., index, index]
            for earlier, known in enumerate(phases):
                phase = phase + carry[..., index, earlier] * wrapped(known)
            phases.append(phase)
        return torch.stack(phases, -1)
