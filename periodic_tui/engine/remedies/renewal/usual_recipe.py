"""Begin again as small networks usually learn."""

from __future__ import annotations

from collections.abc import Mapping

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.overrides import written
from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class UsualRecipe(Renewal):
    """Everything at once that is right more often than not, where mending one thing after another takes too long: if it
    learns, the trouble was in one of them."""

    name = "usual-recipe"
    what = "begins a new run the usual way: standardized columns, two layers of tanh units with biases, Adam"
    prior = "the target is smooth, or has few jumps, at the scale of the data"
    verdicts = (
        "underfit", "no-bias", "saturated", "learning", "step-too-small", "plateau", "ill-conditioned", "unscaled",
        "out-of-reach", "step-too-large", "collapsed-to-constant",
    )  # fmt: skip
    last_resort = True

    units: Count = 64
    """Of each of the two layers."""
    lr: Positive = 3e-3

    def unfit(self, setting: Setting) -> str | None:
        if setting.labels:
            return "the outputs are those of classes"
        return None if setting.model.kind == "linear" else super().unfit(setting)

    def renews(self, setting: Setting) -> Mapping[str, str]:
        values = {
            "target.standardize": True,
            "model": {"kind": "mlp", "hidden": [self.units, self.units], "activation": "tanh"},
            "init": {},
            "optimizer": {"kind": "adam", "lr": self.lr},
            "training.batch_size": setting.usual_batch,
        }
        return {key: written(value) for key, value in values.items()}
