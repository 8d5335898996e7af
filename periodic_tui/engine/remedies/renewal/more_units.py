"""Begin again with more units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal, by_adam


@register
class MoreUnits(Renewal):
    """The last hidden layer keeps its units where it is the output."""

    name = "more-units"
    what = "begins a new run with twice the units in every hidden layer, at least eight, by Adam"
    prior = "enough samples for as many parameters"
    verdicts = ("underfit", "dead-units", "duplicate-units", "mute-units", "wrong-sign")

    least: Count = 8
    lr: Positive = 1e-2
    """Of Adam, where another optimizer trained."""

    def unfit(self, setting: Setting) -> str | None:
        return super().unfit(setting) or (None if _inner(setting) else "there are no hidden units")

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        inner = _inner(setting)
        return {"hidden": [*(max(2 * units, self.least) for units in inner), *setting.model.hidden_units[len(inner) :]]}

    def training(self, setting: Setting) -> Mapping[str, Any]:
        return by_adam(setting, self.lr)


def _inner(setting: Setting) -> tuple[int, ...]:
    """Units of the hidden layers that are not the output."""
    units = setting.model.hidden_units
    return units if getattr(setting.model, "output_layer", True) else units[:-1]
