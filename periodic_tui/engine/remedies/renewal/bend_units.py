"""Begin again with units that bend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.components.models import Model
from periodic_tui.engine.components.numbers import Count
from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class BendUnits(Renewal):
    """Leaky ReLUs bend whatever the scale of their inputs is, and none of them dies."""

    name = "bend-units"
    what = "begins a new run with hidden units that bend"
    prior = "the target bends within the data"
    verdicts = ("linear-network", "underfit")

    activation: str = "leaky-relu"
    units: Count = 32
    """Of the hidden layer, where there is none."""

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind == "linear":
            return None
        return super().unfit(setting) or ("the units bend already" if _bends(setting.model) else None)

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        hidden = {} if setting.model.hidden_units else {"kind": "mlp", "hidden": [self.units]}
        return {"activation": self.activation, **hidden}


def _bends(model: Model) -> bool:
    """Whether some hidden activation is no straight line; ReLUs that are all on are meant as well."""
    straight = ("identity", "relu")
    return any(each.kind not in straight and getattr(each, "slope", 0.0) != 1.0 for each in model.hidden_activations)
