"""Begin again with biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class AddBiases(Renewal):
    """Units can turn elsewhere than at the origin."""

    name = "add-biases"
    what = "begins a new run with a bias for every unit"
    prior = "units should not all turn at the origin"
    verdicts = ("no-bias", "unscaled", "saturated")

    def unfit(self, setting: Setting) -> str | None:
        return super().unfit(setting) or ("there are biases" if getattr(setting.model, "bias", True) else None)

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        return {"bias": True}
