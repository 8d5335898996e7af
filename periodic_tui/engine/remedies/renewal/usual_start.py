"""Begin again from weights of the usual size."""

from __future__ import annotations

from collections.abc import Mapping

from periodic_tui.engine.remedies.base import register
from periodic_tui.engine.remedies.context import Setting
from periodic_tui.engine.remedies.renewal.base import Renewal


@register
class UsualStart(Renewal):
    """As torch draws them: uniform up to 1/√inputs."""

    name = "usual-start"
    what = "begins a new run from weights of the size that torch draws"
    prior = "what was wrong is the start, and the step suits a usual one"
    verdicts = ("plateau", "collapsed-to-constant", "saturated")

    def unfit(self, setting: Setting) -> str | None:
        return None if setting.model.hidden_units else "there are no units"

    def renews(self, setting: Setting) -> Mapping[str, str]:
        return {"init.weights": "default"}
