"""Linear filters and spectra of short signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from periodic_tui.engine.components.targets.base import Target, targets

if TYPE_CHECKING:
    from torch import Tensor

Matrix = list[list[float]]
LOW_PASS = (0.02, 0.08, 0.16, 0.24, 0.24, 0.16, 0.08, 0.02)
"""Taps of a symmetric filter that keeps the mean."""


class _Product(Target):
    @property
    def matrix(self) -> Matrix:
        """`[outputs, inputs]`: y = matrix · x."""
        raise NotImplementedError

    def __call__(self, x: Tensor) -> Tensor:
        return x @ x.new_tensor(self.matrix).mT


@targets.register
class Fir(_Product):
    """A finite impulse response: y_j = Σ_k taps_k · x_(j + K − 1 − k), where all K samples are there."""

    kind: Literal["fir"] = "fir"
    samples: Annotated[int, Field(ge=1, le=1_024)] = 32
    """Length of the signal."""
    taps: Annotated[tuple[float, ...], Field(strict=False, min_length=1, max_length=1_024)] = LOW_PASS

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.taps) > self.samples:
            raise ValueError(f"expected at most samples = {self.samples} taps, got {len(self.taps)}")
        return self

    @property
    def inputs(self) -> int:
        return self.samples

    @property
    def outputs(self) -> int:
        return self.samples - len(self.taps) + 1

    @property
    def matrix(self) -> Matrix:
        taps, outputs = list(reversed(self.taps)), self.outputs
        return [[0.0] * row + taps + [0.0] * (outputs - 1 - row) for row in range(outputs)]


@targets.register
class Dft(_Product):
    """The discrete Fourier transform of a complex signal; inputs and outputs are real parts, then imaginary parts."""

    kind: Literal["dft"] = "dft"
    size: Annotated[int, Field(ge=2, le=256)] = 8
    """Samples of the complex signal."""

    @property
    def inputs(self) -> int:
        return 2 * self.size

    @property
    def outputs(self) -> int:
        return 2 * self.size

    @property
    def matrix(self) -> Matrix:
        """`[2 · size, 2 · size]`: real parts, then imaginary parts, of the DFT from those of the signal."""
        angles = [[-2 * math.pi * (k * n % self.size) / self.size for n in range(self.size)] for k in range(self.size)]
        real = [[math.cos(a) for a in row] + [-math.sin(a) for a in row] for row in angles]
        imaginary = [[math.sin(a) for a in row] + [math.cos(a) for a in row] for row in angles]
        return real + imaginary


@targets.register
class AmplitudeSpectrum(Dft):
    """|DFT| of a complex signal, given as real parts, then imaginary parts."""

    kind: Literal["amplitude-spectrum"] = "amplitude-spectrum"  # type: ignore[assignment]  # narrows the parent's literal

    @property
    def outputs(self) -> int:
        return self.size

    def __call__(self, x: Tensor) -> Tensor:
        transform = super().__call__(x)
        return (transform[..., : self.size].square() + transform[..., self.size :].square()).sqrt()
