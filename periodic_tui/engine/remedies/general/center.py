"""Let the layers see columns of x with mean 0, and start again."""

from __future__ import annotations

from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.general.standardize import AS_IT_IS, Column, Standardize, Unit


@register
class Center(Standardize):
    """The layers are given x − mean, column by column, and all spreads and y stay as they are. Kinks that start near
    zero, and all those of units without biases, are then in the middle of the data."""

    name = "center"
    what = "lets the layers see columns of x with mean 0, and starts again; spreads and y stay"
    prior = "a network of layers; only where x lies is the matter, and not how far it spreads"
    verdicts = ("no-bias", "unscaled", "ill-conditioned", "saturated")

    def unfit(self, setting: Setting) -> str | None:
        if not hasattr(setting.model, "scaling"):
            return f"it is for networks of layers, and the model is {setting.model.kind}"
        return "the layers see other columns already" if setting.model.scaling else None

    def units(self, setting: Setting, x: list[Column], y: list[Column]) -> tuple[list[Unit], list[Unit]]:
        return [(each.mean, 1.0) if abs(each.mean) > 0.2 * each.std else AS_IT_IS for each in x], [AS_IT_IS] * len(y)
