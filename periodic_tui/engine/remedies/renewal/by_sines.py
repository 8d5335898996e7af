"""Begin again with a model made of sines."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.overrides import written
from periodic_tui.engine.remedies.base import MANY_CYCLES, Course, Train, read, register, sliced
from periodic_tui.engine.remedies.context import RemedyContext, Setting
from periodic_tui.engine.remedies.renewal.base import Renewal
from periodic_tui.engine.remedies.words import of_the_first

if TYPE_CHECKING:
    from torch import Tensor

_MOST = 4_096
_HELPED = 0.5
_LOOKING = "looking for the spectrum's peaks"


@register
class BySines(Renewal):
    """What layers say beyond the data is how their last kink or tail goes on, and within the data they learn slow waves
    first; a sum of sines repeats itself, as fast as it must. One sine is at the peak of the spectrum; the others stand
    about it half a cycle over the data apart, so that the wave may swell and fade, or each at the peak of what those
    before it leave, whichever leaves less; one, of frequency 0, is the mean. Amplitudes are solved by least squares.
    """

    name = "by-sines"
    what = "begins a new run with sines instead of layers, at the spectrum's peaks or about its highest"
    prior = "the target repeats itself: a sum of few sines, or one that may swell and fade"
    verdicts = ("no-extrapolation", MANY_CYCLES)
    goes_on = "by-sines"

    beside: Annotated[int, Field(ge=0, le=100)] = 4
    """Sines on either side of the one at the peak, or half of the further peaks."""
    frequency_limit: Positive = 200.0
    """Radians per unit of x."""
    steps: Count = 40
    """Steps of gradient descent after the start."""

    @property
    def units(self) -> int:
        """Sines in all."""
        return 2 * self.beside + 2

    def unfit(self, setting: Setting) -> str | None:
        if (setting.inputs, setting.outputs) != (1, 1):
            return "it is for one input and one output"
        return None if self._has_begun(setting) else super().unfit(setting)

    def renews(self, setting: Setting) -> Mapping[str, str] | None:
        if self._has_begun(setting):
            return None
        return {"model": written({"kind": "harmonic", "units": self.units})}

    def _has_begun(self, setting: Setting) -> bool:
        return setting.model.kind == "harmonic" and getattr(setting.model, "units", 0) == self.units

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.frequency.noise import measured
        from periodic_tui.engine.remedies.frequency.rates import keep_there, patience_under
        from periodic_tui.engine.remedies.general.measuring import points, unexplained

        x, y = yield from points(context, _MOST)
        lowered = yield from self._place(context, x, y)
        noise, power = yield from read(_LOOKING, lambda: measured(context))
        keep_there(context, patience_under(noise, power) * self.units)
        yield Train(self.steps, "at the spectrum's peaks")
        left = yield from read("looking at the fit", lambda: unexplained(context, x, y))
        context.give_up(~(left < _HELPED), f"sines at its peaks explain less than half of the variance{lowered}")
        peak = float(context.get("omega")[0, 1])
        share = f"{float(left.median()):.2g} of the variance is left"
        return f"put sines at the spectrum's peaks, the first at ω{of_the_first(context)} {peak:.6g}; {share}{lowered}"

    def _place(self, context: RemedyContext, x: Tensor, y: Tensor) -> Generator[Train, Tensor, str]:
        """Set frequencies and amplitudes; returns the words that say of a lowered limit."""
        import torch

        from periodic_tui.engine.remedies.frequency.nyquist import limit_of
        from periodic_tui.engine.remedies.frequency.spectrum import amplitudes, separated

        limit, lowered = limit_of(context, self.frequency_limit)
        found = []
        for place, value in zip(x[..., 0].cpu().double(), y[..., 0].cpu().double(), strict=True):
            wave = value - value.mean()
            peak = yield from sliced(_LOOKING, separated(place, wave, 1, limit))
            peaks = yield from sliced(_LOOKING, separated(place, wave, 2 * self.beside + 1, limit))
            both = [torch.cat([omega.new_zeros(1), omega]) for omega in (self._about(peak, place), peaks)]
            placed = [torch.cat([omega, amplitudes(place, value, omega)]).to(context.dtype) for omega in both]
            found.append(min(placed, key=lambda each: _left(place, value, each)))
        for name, values in zip(("omega", "alpha", "beta"), torch.stack(found).chunk(3, -1), strict=True):
            context.put(name, values.to(context.device))
        return lowered

    def _about(self, peak: Tensor, x: Tensor) -> Tensor:
        """The frequency of a peak, and those of the sines about it."""
        import torch

        apart = torch.arange(1, self.beside + 1, dtype=x.dtype) * math.pi / (x.max() - x.min())
        return peak + torch.cat([apart.new_zeros(1), -apart, apart])


def _left(x: Tensor, y: Tensor, placed: Tensor) -> float:
    """What frequencies, and the factors of their sines and cosines, leave of `y` `[points]` at `x` `[points]`, as they
    are rounded: large factors that cancel each other leave much."""
    from periodic_tui.engine.remedies.frequency.spectrum import columns

    units, placed = len(placed) // 3, placed.double()
    return float((y - columns(x, placed[:units]) @ placed[units:]).square().sum())
