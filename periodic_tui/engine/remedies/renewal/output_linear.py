"""Begin again with an output that has no limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class OutputLinear(Renewal):
    """A last hidden layer that is the output gives way to an output layer; if it is the only one, that comes behind."""

    name = "output-linear"
    what = "begins a new run with a linear output layer"
    prior = "what is wanted are quantities, and no classes or probabilities"
    verdicts = ("out-of-reach",)

    def unfit(self, setting: Setting) -> str | None:
        linear = setting.labels or setting.model.last_activation == "identity"
        reason = "the outputs are those of classes" if setting.labels else "the output is linear already"
        return super().unfit(setting) or (reason if linear else None)

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        model = setting.model
        if getattr(model, "output_layer", True):
            return {"output_activation": "identity"}
        hidden, each = list(model.hidden_units), getattr(model, "activation", None)
        if len(hidden) == 1:
            return {"output_layer": True}
        shorter = {"activation": [one.model_dump() for one in each[:-1]]} if isinstance(each, tuple) else {}
        return {"output_layer": True, "hidden": hidden[:-1], **shorter}
