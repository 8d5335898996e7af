"""Begin again with biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.components.numbers import Positive
from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal, by_adam


@register
class AddBiases(Renewal):
    """Units can turn elsewhere than at the origin. Columns are standardized then, for biases start at the order of one,
    and so place no kink in columns of another order."""

    name = "add-biases"
    what = "begins a new run with a bias for every unit, on standardized columns, by Adam"
    prior = "units should not all turn at the origin"
    verdicts = ("no-bias", "unscaled", "saturated")
    goes_on = "standardize"

    lr: Positive = 1e-2
    """Of Adam, where another optimizer trained."""

    def unfit(self, setting: Setting) -> str | None:
        return super().unfit(setting) or ("there are biases" if getattr(setting.model, "bias", True) else None)

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        return {"bias": True}

    def training(self, setting: Setting) -> Mapping[str, Any]:
        return by_adam(setting, self.lr)
