"""Sines of one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.numbers import NonNegative, Positive
from periodic_tui.engine.components.targets.base import Target, targets

if TYPE_CHECKING:
    from torch import Tensor

_MOST_EXPONENT = 80.0
"""float32 holds the exponential of it."""


@targets.register
class Sine(Target):
    """sin(frequency · x)."""

    kind: Literal["sine"] = "sine"
    own_domain = ((-1000.0, 1000.0),)
    frequency: Positive = 31.0
    """Radians per unit of x."""

    @property
    def frequencies(self) -> tuple[float, ...]:
        return (self.frequency,)

    @property
    def parts(self) -> tuple[tuple[float, float, float]]:
        """Frequency, amplitude and phase of the only sine."""
        return ((self.frequency, 1.0, 0.0),)

    def __call__(self, x: Tensor) -> Tensor:
        return (x * self.frequency).sin()


@targets.register
class Sines(Target):
    """The sum of amplitude · sin(frequency · x + phase)."""

    kind: Literal["sines"] = "sines"
    own_domain = ((-50.0, 50.0),)
    frequency: Annotated[tuple[Positive, ...], Field(strict=False, min_length=1, max_length=1_024)] = (1.0, 3.0)
    """Radians per unit of x."""
    amplitude: Annotated[tuple[float, ...], Field(strict=False)] = ()
    """One for each frequency; empty: 1 each."""
    phase: Annotated[tuple[float, ...], Field(strict=False)] = ()
    """Radians, one for each frequency; empty: 0 each."""

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        count = len(self.frequency)
        for name in ("amplitude", "phase"):
            values = getattr(self, name)
            if values and len(values) != count:
                raise ValueError(f"expected {count} values in {name}, one for each frequency, got {len(values)}")
        return self

    @property
    def frequencies(self) -> tuple[float, ...]:
        return self.frequency

    @property
    def parts(self) -> tuple[tuple[float, float, float], ...]:
        """Frequency, amplitude and phase of each sine."""
        count = len(self.frequency)
        amplitude, phase = self.amplitude or (1.0,) * count, self.phase or (0.0,) * count
        return tuple(zip(self.frequency, amplitude, phase, strict=True))

    def __call__(self, x: Tensor) -> Tensor:
        total = x * 0
        for frequency, amplitude, phase in self.parts:
            total = total + amplitude * (x * frequency + phase).sin()
        return total


@targets.register
class DecayingSine(Target):
    """exp(−decay · x) · sin(frequency · x).

    The fourth write-up shows a decaying signal and gives no formula; this is ours.
    """

    kind: Literal["decaying-sine"] = "decaying-sine"
    own_domain = ((0.0, 50.0),)
    frequency: Positive = 1.0
    """Radians per unit of x."""
    decay: NonNegative = 0.05
    """Per unit of x."""

    def conflicts(self, domain: Domain) -> dict[str, str]:
        factor = domain.scale[0] if domain.scale else 1.0
        return {
            key: f"exp(−decay · x) at x = {min(low * factor, high * factor):g} is more than float32 can hold"
            for key in ("train", "test")
            for low, high in getattr(domain, key)
            if -self.decay * min(low * factor, high * factor) > _MOST_EXPONENT
        }

    @property
    def frequencies(self) -> tuple[float, ...]:
        return (self.frequency,)

    def __call__(self, x: Tensor) -> Tensor:
        return (-self.decay * x).exp() * (x * self.frequency).sin()
