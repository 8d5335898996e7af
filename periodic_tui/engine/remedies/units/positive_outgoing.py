"""Start with outgoing weights that are all positive."""

from __future__ import annotations

from periodic_tui.engine.plural import counted
from periodic_tui.engine.remedies.base import Course, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting


@register
class PositiveOutgoing(Remedy):
    """Turns the sign of every negative outgoing weight. A unit with a negative one that ought to be positive has to
    cross zero, where its incoming weights get no gradient, and most of those units die on the way."""

    name = "positive-outgoing"
    what = "makes every outgoing weight positive"
    prior = "the target is a positive sum of units; works best from the start"
    verdicts = ("wrong-sign", "dead-units", "learning", "underfit")

    def unfit(self, setting: Setting) -> str | None:
        return None if getattr(setting.model, "output_layer", False) else "there are no outgoing weights"

    def course(self, context: RemedyContext) -> Course:
        weight = context.get("output.weight")
        negative = weight < 0
        context.put("output.weight", weight.abs())
        context.forget("output.weight", negative)
        yield Train(0, "signs turned")
        return f"turned {int(negative.sum())} of {counted(negative.numel(), 'outgoing weight')} positive"
