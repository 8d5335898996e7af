"""Many starts on the range as it is; the worse half drops out again and again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, Failed, FrequencyRemedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.noise import measured, unexplained
from periodic_tui.engine.remedies.frequency.rates import patience_under
from periodic_tui.engine.remedies.frequency.spectral_start import keep_there

if TYPE_CHECKING:
    from torch import Tensor

_BASIN = 4.4934
"""Half-width of a frequency's basin in units of 1/R."""
_FORGETTING = 0.7
"""Weight of the past in the running score of a start."""
_AT_ONCE = 8_192
"""Starts that take a step together, in a few milliseconds."""
_NOISE_SHARE = 1e-3


@register
class FrequencyBank(FrequencyRemedy):
    """Successive halving (Jamieson and Talwalkar, 2016) of starts so close that one lies in the basin; all of them take
    gradient steps on the same small batches."""

    name: ClassVar[str] = "frequency-bank"
    what: ClassVar[str] = "tries a start in every basin at once and drops the worse half every two steps"
    prior: ClassVar[str] = "amplitude 1 and phase 0; a frequency limit"
    verdicts: ClassVar[tuple[str, ...]] = ("stuck-outside-basin", "step-too-large")
    models: ClassVar[tuple[str, ...]] = ("sine-unit",)
    meant_for: ClassVar[str] = "a sine-unit"

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
        starts = math.ceil(self.frequency_limit * context.reach / _BASIN)
        if starts > self.most:
            raise Failed(f"the range is too wide for frequency_limit {self.frequency_limit:g}: {starts:,} basins")
        noise, power = measured(context)
        noisy = bool((noise.square() > _NOISE_SHARE * power).any())
        keep_there(context, patience_under(noise, power))
        omegas, scores = self._bank(context, starts)
        while True:
            last = omegas[0].numel() <= 2 * self.survivors
            steps = self.last_steps if last else self.round_steps
            left = f"{omegas[0].numel():,} of {starts:,} starts left"
            for _ in self._race(context, omegas, scores, steps, noisy):
                yield Train(0, left)
            context.put("omega", self._best(omegas, scores))
            context.candidates = omegas[0].tolist() if omegas[0].numel() <= 1_024 else []
            yield Train(steps, f"{left}, loss {float(scores[0].min()):.2g}")
            if last:
                break
            self._halve(omegas, scores)
        context.candidates = []
        context.put("omega", self._best(omegas, scores))
        yield Train(20, "the last start goes on alone")
        reason = (
            f"no start explains half of the signal: no frequency up to {self.frequency_limit:g} (frequency_limit), "
            f"amplitude or phase are other than 1 and 0, or noise {float(noise.mean()):.2g} is too high"
        )
        context.give_up(unexplained(context, noise), reason)
        return f"found ω of the first replica {float(context.get('omega')[0, 0]):.7g} among {starts:,} starts"

    def _bank(self, context: RemedyContext, starts: int) -> tuple[list[Tensor], list[Tensor]]:
        """Frequencies and scores `[starts]` of each replica."""
        import torch

        grid = (torch.arange(starts, dtype=torch.float64, device=context.device) + 0.5) / starts * self.frequency_limit
        return [grid.clone() for _ in range(context.replicas)], [grid * 0 for _ in range(context.replicas)]

    def _race(
        self, context: RemedyContext, omegas: list[Tensor], scores: list[Tensor], steps: int, noisy: bool
    ) -> Iterator[None]:
        """Gradient steps of all that are left, some at a time; the score is a running mean of their losses."""
        rate = 1.5 / context.farthest**2 / (4 if noisy else 1)
        for _ in range(steps):
            x, y = context.sample(128 if noisy else 32)
            for replica, (xs, ys) in enumerate(zip(x[..., 0].double(), y[..., 0].double(), strict=True)):
                for omega, score in zip(omegas[replica].split(_AT_ONCE), scores[replica].split(_AT_ONCE), strict=True):
                    angle = omega.unsqueeze(-1) * xs
                    error = angle.sin() - ys
                    omega.sub_((2 * error * angle.cos() * xs).mean(-1), alpha=rate)
                    score.mul_(_FORGETTING).add_(error.square().mean(-1), alpha=1 - _FORGETTING)
                    yield

    def _halve(self, omegas: list[Tensor], scores: list[Tensor]) -> None:
        for replica, score in enumerate(scores):
            keep = score.topk(max(len(score) // 2, self.survivors), largest=False).indices.sort().values
            omegas[replica], scores[replica] = omegas[replica][keep], score[keep]

    @staticmethod
    def _best(omegas: list[Tensor], scores: list[Tensor]) -> Tensor:
        import torch

        best = [omega[score.argmin()] for omega, score in zip(omegas, scores, strict=True)]
        return torch.stack(best).unsqueeze(-1)
