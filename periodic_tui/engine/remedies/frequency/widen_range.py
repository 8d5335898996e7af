"""Learn a frequency on a range so narrow that its basin is wide, then widen the range and sharpen the frequency."""

from __future__ import annotations

import math

from periodic_tui.engine.remedies.base import Course, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting
from periodic_tui.engine.remedies.frequency.widening import Widening

_FIRST = {"sine-unit": 2.0, "harmonic": 128.0}
"""Half-width of the first range in units of 1/frequency_limit."""


@register
class WidenRange(Widening):
    """SGD in all stages, its step size tied to the range.

    Within ±r the basin of a frequency is 4.4934/r wide and the curvature at most ⅔r²; so a start at small r finds the
    way from anywhere and a step of 0.75/r² never overshoots. Without noise the range doubles when the loss has fallen
    and halves when it does not; under noise, which no loss falls below, every stage has a fixed number of steps and
    the step size decays within it.
    """

    name = "widen-range"
    what = "samples a narrow range, where the basin is wide, and widens it as the loss falls"
    prior = "may choose where to sample (or has points near zero); a frequency limit"
    verdicts = ("stuck-outside-basin", "step-too-large", "underfit", "learning")
    models = ("sine-unit", "harmonic", "oscillators")
    meant_for = "a model with frequencies"

    def unfit(self, setting: Setting) -> str | None:
        within = _FIRST.get(setting.model.kind, math.inf) / self.frequency_limit
        if not (reason := super().unfit(setting)) and setting.nearest * setting.scale > within:
            return f"it begins next to x = 0, and the domain's nearest point is {setting.nearest:g} away from there"
        return reason

    def pace(self, setting: Setting) -> float:
        return 20.0 if setting.model.kind == "sine-unit" else 100.0

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.frequency.widen_harmonic import widen_harmonic
        from periodic_tui.engine.remedies.frequency.widen_oscillators import widen_oscillators
        from periodic_tui.engine.remedies.frequency.widen_sine import widen_sine

        widen = {"sine-unit": widen_sine, "harmonic": widen_harmonic, "oscillators": widen_oscillators}
        return widen[context.setting.model.kind](self, context)
