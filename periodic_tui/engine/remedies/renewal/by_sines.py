"""Begin again with a model made of sines."""

from __future__ import annotations

from collections.abc import Mapping

from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class BySines(Renewal):
    """What layers say beyond the data is how their last kink or tail goes on; a sum of sines repeats itself."""

    name = "by-sines"
    what = "begins a new run with a sine of free frequency, amplitude and phase instead of layers"
    prior = "the target repeats itself, and is nearly a sine"
    verdicts = ("no-extrapolation",)

    def unfit(self, setting: Setting) -> str | None:
        if reason := super().unfit(setting):
            return reason
        return None if (setting.inputs, setting.outputs) == (1, 1) else "it is for one input and one output"

    def renews(self, setting: Setting) -> Mapping[str, str]:
        return {"model": "harmonic"}
