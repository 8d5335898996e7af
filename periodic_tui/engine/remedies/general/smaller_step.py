"""Bring the learning rate below the largest stable one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.components.numbers import Count
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting
from periodic_tui.engine.remedies.words import of_the_first

if TYPE_CHECKING:
    from torch import Tensor

_HALF_DECADES = tuple(10 ** (-power / 2) for power in range(9))

_NOTHING = 0.99
"""Share of the variance that is left where nothing was learned."""


@register
class SmallerStep(Remedy):
    """lr = share · 2/L″. For a sine-unit L″ is the largest curvature that a frequency can have on the range,
    2·mean(x²); for others it is measured: where a network is, or at its start where it has diverged or does no
    better than a constant, and so starts again. Of an optimizer with steps of another length the best lr among
    smaller ones is taken, by trials on copies.
    """

    name = "smaller-step"
    what = "sets lr below 2/curvature; who was thrown out starts again"
    prior = "the range of x, or enough samples to measure the curvature"
    verdicts = ("step-too-large", "diverged")
    any_network = True

    share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    """The new learning rate as a share of the largest stable one."""
    steps: Count = 200
    """Steps of a trial."""

    def unfit(self, setting: Setting) -> str | None:
        return None if setting.optimizer.lr else "lr is 0"

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import is_descent, points

        setting = context.setting
        yield Train(0, "measuring the curvature")
        if setting.model.kind == "sine-unit" and setting.optimizer.plain_gradient_descent and setting.reach is not None:
            return self._in_closed_form(context)
        x, y = yield from points(context)
        again = yield from read("looking at the loss", lambda: self._thrown_out(context, x, y))
        if bool(again.any()):
            context.begin_again(again)
        if is_descent(setting):
            return (yield from self._by_curvature(context, again, x, y))
        return (yield from self._by_trials(context, x, y))

    def _in_closed_form(self, context: RemedyContext) -> str:
        import torch

        from periodic_tui.engine.remedies.frequency.rates import mean_square

        largest = 1 / mean_square(context)
        if context.setting.optimizer.lr <= largest:
            raise Failed(f"lr {context.setting.optimizer.lr:.2g} is below 2/L″ = {largest:.2g} already")
        context.rate(torch.full((context.replicas,), self.share * largest, dtype=context.dtype, device=context.device))
        return f"lr {context.setting.optimizer.lr:.2g} → {self.share * largest:.2g}, below 2/L″ = {largest:.2g}"

    @staticmethod
    def _thrown_out(context: RemedyContext, x: Tensor, y: Tensor) -> Tensor:
        """Replicas `[replicas]` that have diverged, or do no better than a constant."""
        from periodic_tui.engine.remedies.general.measuring import unexplained

        return ~context.alive | ~(unexplained(context, x, y) < _NOTHING)

    def _by_curvature(self, context: RemedyContext, again: Tensor, x: Tensor, y: Tensor) -> Course:
        from periodic_tui.engine.remedies.general.measuring import stable_rate

        lr, largest = context.lr, (yield from stable_rate(context, x, y))
        limit = f"2/L″ = {float(largest[0]):.2g}"
        context.give_up(~largest.isfinite(), "the curvature is not finite, not even at the start")
        context.give_up(~again & (lr <= largest), f"lr {float(lr[0]):.2g} is below {limit} already")
        new = self.share * largest.minimum(lr)
        context.rate(new)
        return f"lr {float(lr[0]):.2g} → {float(new[0]):.2g}, below {limit}{self._told(context, again)}"

    def _by_trials(self, context: RemedyContext, x: Tensor, y: Tensor) -> Course:
        from periodic_tui.engine.remedies.general.measuring import falls

        before = float(context.lr[0])
        found = yield from falls(context, _HALF_DECADES, self.steps, x, y)
        best = found.argmax(0)
        kept = f"lr {before:.2g} lets the loss fall farther than smaller ones: the step is not what is too large"
        context.give_up(best == 0, kept)
        context.scale_rates(found.new_tensor(_HALF_DECADES)[best])
        new = f"lr {before:.2g} → {float(context.lr[0]):.2g}{of_the_first(context)}"
        return f"{new}, with which a copy's loss falls farthest in {self.steps:,} steps"

    @staticmethod
    def _told(context: RemedyContext, again: Tensor) -> str:
        count = int(again.sum())
        if context.replicas == 1:
            return "; started again" if count else ""
        return f"{of_the_first(context)}; {count} of {context.replicas} networks started again"
