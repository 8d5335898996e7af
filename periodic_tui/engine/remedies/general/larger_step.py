"""Find the learning rate at which the loss falls farthest."""

from __future__ import annotations

import math

from periodic_tui.engine.components.numbers import Count
from periodic_tui.engine.remedies.base import Course, Remedy, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting
from periodic_tui.engine.remedies.words import of_the_first

_BETTER = 0.01
"""Fall, as a logarithm, by which another lr must be better."""


@register
class LargerStep(Remedy):
    """A search over learning rates (in the spirit of Smith, 2017): one trial for each, all from the same state and on
    the same batches, so that they can be compared."""

    name = "larger-step"
    what = "tries larger lr on copies, and goes on with the smallest that is about as good as the best"
    prior = "what falls farthest in a few steps goes on falling"
    verdicts = ("step-too-small", "plateau", "learning")
    any_network = True

    steps: Count = 200
    """Steps of a trial."""

    def unfit(self, setting: Setting) -> str | None:
        return None if setting.optimizer.lr else "lr is 0"

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import LARGER, falls, gentlest, points

        old = float(context.lr[0])
        context.give_up(~context.alive, "the run has diverged already")
        x, y = yield from points(context)
        found = yield from falls(context, LARGER, self.steps, x, y)
        best = gentlest(found)
        most, now = found.gather(0, best.unsqueeze(0))[0], found[0]
        context.give_up(
            ~(most > now + _BETTER), f"no larger lr than {old:.2g} lets the loss fall farther: {_ruled_out}"
        )
        context.scale_rates(found.new_tensor(LARGER)[best])
        fall, before = (_percent(float(each[0])) for each in (most, now))
        new = f"lr {old:.2g} → {float(context.lr[0]):.2g}{of_the_first(context)}"
        return f"{new}: in {self.steps:,} steps a copy's loss falls by {fall}, by {before} with the old one"


_ruled_out = "the step is not what is too small"


def _percent(logarithm: float) -> str:
    return f"{-math.expm1(-logarithm):.2%}" if logarithm > 0 else "nothing"
