"""Start at the peaks of the data's spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, FrequencyRemedy, Train, read, register, sliced
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.noise import LOOKING_AT_THE_FIT, mean_alone, measured, unexplained
from periodic_tui.engine.remedies.frequency.rates import keep_there, patience_under
from periodic_tui.engine.remedies.words import of_the_first

if TYPE_CHECKING:
    from torch import Tensor

_LOOKING = "looking for the spectrum's peaks"


@register
class SpectralStart(FrequencyRemedy):
    """A Fourier transform of the binned points puts the frequency into its basin, Gauss and Newton to the bottom; then
    gradient descent goes on with a step that keeps it there."""

    name = "spectral-start"
    what = "starts at the peaks of the samples' spectrum, sharpened by Gauss-Newton steps"
    prior = "the signal is a sum of few sines; a frequency limit"
    verdicts = ("stuck-outside-basin", "step-too-large", "underfit", "learning")
    models = ("sine-unit", "harmonic")
    meant_for = "sines"

    frequency_limit: Positive = 200.0
    """Radians per unit of x."""
    points: Annotated[int, Field(ge=8, le=1 << 20)] = 2_048
    """Samples, where they are fresh; a fixed data set is taken whole."""
    steps: Count = 40
    """Steps of gradient descent after the start."""

    def course(self, context: RemedyContext) -> Course:
        import torch

        from periodic_tui.engine.remedies.frequency.nyquist import limit_of
        from periodic_tui.engine.remedies.frequency.spectrum import amplitudes, separated

        noise, power = yield from read(_LOOKING, lambda: measured(context))
        drawn = yield from read(_LOOKING, lambda: self._samples(context))
        x, y = (values[..., 0].cpu().double() for values in drawn)
        units, (limit, lowered) = context.get("omega").shape[-1], limit_of(context, self.frequency_limit)
        peaks = []
        for replica in zip(x, y, strict=True):
            peaks.append((yield from sliced(_LOOKING, separated(*replica, units, limit))))
        omega = torch.stack(peaks)
        context.put("omega", omega.to(context.device))
        if "alpha" in context.names:
            each = list(zip(x, y, omega, strict=True))
            factors = yield from read(_LOOKING, lambda: torch.stack([amplitudes(*replica) for replica in each]))
            alpha, beta = factors.to(context.device).chunk(2, -1)
            context.put("alpha", alpha)
            context.put("beta", beta)
        keep_there(context, patience_under(noise, power))
        yield Train(self.steps, f"at the spectrum's peaks, noise {float(noise.mean()):.2g}")
        samples = yield from read(LOOKING_AT_THE_FIT, lambda: self._samples(context))
        mean = yield from read(LOOKING_AT_THE_FIT, lambda: mean_alone(context))
        failed = yield from read(LOOKING_AT_THE_FIT, lambda: unexplained(context, noise, samples))
        reason = mean or (
            f"the peaks explain less than half of the signal: noise {float(noise.mean()):.2g} is too high for "
            f"{samples[0].shape[1]:,} points, or there are more sines than units, or frequency_limit is too low"
            f"{lowered}"
        )
        context.give_up(failed, reason)
        found = ", ".join(f"{value:.6g}" for value in context.get("omega")[0].tolist())
        return f"started at the spectrum's peaks; ω{of_the_first(context)} {found}{lowered}"

    def _samples(self, context: RemedyContext) -> tuple[Tensor, Tensor]:
        if context.data is None:
            return context.sample(self.points)
        x, y = context.data
        return x.expand(context.replicas, *x.shape), y.expand(context.replicas, *y.shape)
