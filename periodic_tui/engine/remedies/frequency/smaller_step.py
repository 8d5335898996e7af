"""Bring the learning rate below the largest stable one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from periodic_tui.engine.remedies.base import Course, Failed, FrequencyRemedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting


@register
class SmallerStep(FrequencyRemedy):
    """lr = share · 2/L″, with the largest curvature that a frequency can have on the range, 2·mean(x²)."""

    name = "smaller-step"
    what = "sets lr below 2/curvature, so that the answer's basin holds what is in it"
    prior = "the range of x; it has to start inside the basin"
    verdicts = ("step-too-large", "diverged")
    models = ("sine-unit",)
    meant_for = "a sine-unit"

    share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    """The new learning rate as a share of the largest stable one."""

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind in self.models and not setting.optimizer.plain_gradient_descent:
            return f"{setting.optimizer.kind} does not step by lr · gradient"
        return super().unfit(setting)

    def course(self, context: RemedyContext) -> Course:
        import torch

        from periodic_tui.engine.remedies.frequency.rates import mean_square

        largest = 1 / mean_square(context)
        if context.setting.optimizer.lr <= largest:
            raise Failed(f"lr {context.setting.optimizer.lr:.2g} is below 2/L″ = {largest:.2g} already")
        context.rate(torch.full((context.replicas,), self.share * largest, dtype=context.dtype, device=context.device))
        yield Train(0, "a smaller step")
        return f"lr {context.setting.optimizer.lr:.2g} → {self.share * largest:.2g}, below 2/L″ = {largest:.2g}"
