"""Go on with another activation."""

from __future__ import annotations

from periodic_tui.engine.remedies.base import Course, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting


@register
class SwapActivation(Remedy):
    """The parameters stay; only the shape of the units changes. With a slope on both sides of zero a dead unit has a
    gradient again, if a small one."""

    name = "swap-activation"
    what = "exchanges the activation for one that has a slope everywhere"
    prior = "another activation suits the target as well"
    verdicts = ("dead-network", "dead-units", "collapsed-to-constant")

    activation: str = "leaky-relu"

    def unfit(self, setting: Setting) -> str | None:
        from periodic_tui.engine.components.activations import activations

        if not hasattr(setting.model, "activation"):
            return "there are no units"
        if self.activation not in activations:
            return f"there is no activation {self.activation!r}"
        return "it is the activation already" if setting.model.activation.kind == self.activation else None

    def course(self, context: RemedyContext) -> Course:
        context.change(activation=self.activation)
        yield Train(0, "another activation")
        return f"went on with {self.activation}"
