"""Limit the length of every step's gradient."""

from __future__ import annotations

from periodic_tui.engine.components.numbers import Positive
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext


@register
class ClipGradient(Remedy):
    """Scales a gradient down to the limit (Pascanu, Mikolov and Bengio, 2013), in each replica by itself. It keeps
    units from being thrown out of reach in the first steps; it revives none that is dead."""

    name = "clip-gradient"
    what = "scales every gradient down to a largest norm, from here on"
    prior = "has to come before the units die: it revives none"
    verdicts = ("step-too-large", "diverged", "learning")
    any_network = True

    norm: Positive = 1.0

    def course(self, context: RemedyContext) -> Course:
        if not bool(context.alive.any()):
            raise Failed("every replica has diverged already")
        context.change(clip_gradient=self.norm)
        yield Train(0, "clipping")
        return f"limited the gradient to a norm of {self.norm:g}"
