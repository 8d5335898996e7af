"""Many starts on the range as it is; the worse half drops out again and again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, Failed, FrequencyRemedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.noise import (
    LOOKING_AT_THE_FIT,
    MEASURING_THE_NOISE,
    mean_alone,
    measured,
    unexplained,
)
from periodic_tui.engine.remedies.frequency.rates import keep_there, mean_square, patience_under
from periodic_tui.engine.remedies.words import of_the_first

if TYPE_CHECKING:
    from torch import Tensor

_FORGETTING = 0.7
"""Weight of the past in the running score of a start."""
_AT_ONCE = 8_192
"""Starts that take a step together, in a few milliseconds."""
_NOISE_SHARE = 1e-3


@register
class FrequencyBank(FrequencyRemedy):
    """Successive halving (Jamieson and Talwalkar, 2016) of starts so close that one lies in the basin; all of them take
    gradient steps on the same small batches."""

    name = "frequency-bank"
    what = "tries a start in every basin at once and drops the worse half every two steps"
    prior = "amplitude 1 and phase 0; a frequency limit"
    verdicts = ("stuck-outside-basin", "step-too-large")
    models = ("sine-unit",)
    meant_for = "a sine-unit"

    frequency_limit: Positive = 200.0
    """Radians per unit of x."""
    round_steps: Count = 2
    """Steps between two halvings."""
    survivors: Count = 32
    """Number of starts at which halving ends."""
    last_steps: Count = 60
    """Steps that the survivors train before the best is chosen."""
    most: Count = 1_000_000
    """Largest number of starts."""

    def course(self, context: RemedyContext) -> Course:
        import torch

        from periodic_tui.engine.components.mean_cosine import capture_basin
        from periodic_tui.engine.remedies.frequency.nyquist import limit_of

        limit, lowered = limit_of(context, self.frequency_limit)
        starts = math.ceil(limit / capture_basin(context.setting.domain.train, context.setting.scale))
        if starts > self.most:
            raise Failed(f"the range is too wide for frequency_limit {limit:g}: {starts:,} basins")
        noise, power = yield from read(MEASURING_THE_NOISE, lambda: measured(context))
        noisy = bool((noise.square() > _NOISE_SHARE * power).any())
        keep_there(context, patience_under(noise, power))
        grid = (torch.arange(starts, dtype=torch.float64, device=context.device) + 0.5) / starts * limit
        omegas = grid.repeat(context.replicas, 1)
        scores = omegas * 0
        while True:
            count = omegas.shape[1]
            last = count <= 2 * self.survivors
            steps = self.last_steps if last else self.round_steps
            left = f"{count:,} of {starts:,} starts left"
            for _ in self._race(context, omegas, scores, steps, noisy):
                yield Train(0, left)
            best = omegas.gather(-1, scores.argmin(-1, keepdim=True))
            context.put("omega", best)
            context.candidates = omegas[0].tolist() if count <= 1_024 else []
            yield Train(steps, f"{left}, loss {float(scores[0].min()):.2g}")
            if last:
                break
            better = scores.topk(max(count // 2, self.survivors), largest=False).indices.sort().values
            omegas, scores = omegas.gather(-1, better), scores.gather(-1, better)
        context.candidates = []
        context.put("omega", best)
        yield Train(20, "the last start goes on alone")
        mean = yield from read(LOOKING_AT_THE_FIT, lambda: mean_alone(context))
        failed = yield from read(LOOKING_AT_THE_FIT, lambda: unexplained(context, noise))
        reason = mean or (
            f"no start explains half of the signal: no frequency up to {limit:g} (frequency_limit), "
            f"amplitude or phase are other than 1 and 0, or noise {float(noise.mean()):.2g} is too high{lowered}"
        )
        context.give_up(failed, reason)
        found = float(context.get("omega")[0, 0])
        return f"found ω{of_the_first(context)} {found:.7g} among {starts:,} starts{lowered}"

    @staticmethod
    def _race(context: RemedyContext, omegas: Tensor, scores: Tensor, steps: int, noisy: bool) -> Iterator[None]:
        """Gradient steps of all that are left `[replicas, starts]`, in place and some at a time; the score is a running
        mean of their losses."""
        rate = 0.5 / mean_square(context) / (4 if noisy else 1)
        for _ in range(steps):
            x, y = context.sample(128 if noisy else 32)
            for xs, ys, own, losses in zip(x[..., 0].double(), y[..., 0].double(), omegas, scores, strict=True):
                for omega, score in zip(own.split(_AT_ONCE), losses.split(_AT_ONCE), strict=True):
                    angle = omega.unsqueeze(-1) * xs
                    error = angle.sin() - ys
                    omega.sub_((2 * error * angle.cos() * xs).mean(-1), alpha=rate)
                    score.mul_(_FORGETTING).add_(error.square().mean(-1), alpha=1 - _FORGETTING)
                    yield
