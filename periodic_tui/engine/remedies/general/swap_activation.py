"""Go on with another activation."""

from __future__ import annotations

from typing import Any

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, Remedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

_SLOPED = ("leaky-relu", "prelu", "snake", "sine")
"""Activations whose slope is 0 at single points only."""
_HELPED = 0.9
"""Share of the variance below which the loss has to come."""


@register
class SwapActivation(Remedy):
    """The parameters stay; only the shape of the units changes. With a slope on both sides of zero a dead unit has a
    gradient again. It may be large, for units die where the weights are large: gradient descent, whose step is
    as large as that, would be thrown out, so that Adam takes its place."""

    name = "swap-activation"
    what = "exchanges the activation for one that has a slope everywhere, and gradient descent for Adam"
    prior = "another activation suits the target as well"
    verdicts = ("dead-network", "dead-units", "collapsed-to-constant")

    activation: str = "leaky-relu"
    lr: Positive = 1e-2
    """Of Adam, where that takes the place of gradient descent."""
    steps: Count = 2_000
    """Steps after which it is seen whether it has helped."""

    def unfit(self, setting: Setting) -> str | None:
        from periodic_tui.engine.components.activations import activations

        if not setting.model.hidden_activations:
            return "there are no units"
        if self.activation not in activations:
            return f"there is no activation {self.activation!r}"
        kinds = {each.kind for each in setting.model.hidden_activations}
        if kinds == {self.activation}:
            return "it is the activation already"
        return f"{' and '.join(kinds)} has a slope everywhere already" if kinds <= {*_SLOPED} else None

    def pace(self, setting: Setting) -> float:
        return 100.0

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import error_and_spread

        changed: dict[str, Any] = {"activation": self.activation}
        if context.setting.optimizer.kind == "sgd":
            changed["optimizer"] = {"kind": "adam", "lr": self.lr}
        context.change(**changed)
        yield Train(self.steps, f"going on with {self.activation}")
        error, spread = yield from read("looking at the fit", lambda: error_and_spread(context))
        context.give_up(~(error < _HELPED * spread), f"with {self.activation} the fit explains next to nothing either")
        return (
            f"went on with {self.activation}; loss {float(error.median()):.2g}, variance {float(spread.median()):.2g}"
        )
