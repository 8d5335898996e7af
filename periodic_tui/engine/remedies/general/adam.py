"""Train on with Adam."""

from __future__ import annotations

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, Remedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

_HELPED = 0.9
"""Share of what was left unexplained below which that has to come."""


@register
class Adam(Remedy):
    """Gradient descent is as fast as its steepest direction lets it be, and on single samples its noise is as large as
    its step; Adam (Kingma and Ba, 2015) has a step for each parameter, and takes it on all samples, or on many."""

    name = "adam"
    what = "trains on with Adam in the place of another optimizer, on the whole data set or on large batches"
    prior = "the loss falls, if slowly: neither scale nor form is what is the matter"
    verdicts = ("learning",)
    any_network = True

    lr: Positive = 1e-2
    steps: Count = 2_000
    """Steps after which it is seen whether it has helped."""

    def unfit(self, setting: Setting) -> str | None:
        return f"{setting.optimizer.kind} is at work already" if setting.has_adam else None

    def pace(self, setting: Setting) -> float:
        return 100.0

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import points, unexplained

        context.give_up(~context.alive, "the run has diverged already")
        x, y = yield from points(context)
        before = yield from read("looking at the loss", lambda: unexplained(context, x, y))
        old = f"{context.setting.optimizer.kind}, lr {float(context.lr[0]):.2g}"
        context.change(optimizer={"kind": "adam", "lr": self.lr}, batch_size=context.setting.usual_batch)
        yield Train(self.steps, f"training with Adam instead of {old}")
        after = yield from read("looking at the loss", lambda: unexplained(context, x, y))
        context.give_up(~(after < _HELPED * before), f"after {self.steps:,} steps of Adam the fit explains no more")
        left = " → ".join(f"{float(share.median()):.3g}" for share in (before, after))
        return f"trained on with Adam instead of {old}: {left} of the best constant's loss is left"
