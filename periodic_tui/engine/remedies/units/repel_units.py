"""Push apart units that point the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.plural import counted
from periodic_tui.engine.remedies.base import Course, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor


@register
class RepelUnits(Remedy):
    """Between the training steps, units of the first layer whose directions have a positive cosine are pushed away from
    each other: what the source wished for. It parts duplicates; it cannot revive a dead unit, whose outgoing weight has
    the wrong sign as before."""

    name = "repel-units"
    what = "pushes units of the first layer apart that point the same way; dead ones stay dead"
    prior = "units should differ in direction"
    verdicts = ("duplicate-units",)

    steps: Count = 4_000
    """The first half under repulsion, the second without."""
    every: Count = 10
    """Steps between two pushes."""
    strength: Positive = 0.05
    """Size of a push, as a share of the weight's length."""

    def unfit(self, setting: Setting) -> str | None:
        if not setting.model.hidden_units:
            return "there are no units"
        if setting.inputs > 1:
            return None
        return "with one input there are no directions between the same and the opposite"

    def pace(self, setting: Setting) -> float:
        return 200.0

    def course(self, context: RemedyContext) -> Course:
        half = self.steps // 2
        alike = self._alike(context)
        for step in range(0, half, self.every):
            self._push(context)
            yield Train(self.every, f"pushing, step {step:,} of {half:,}")
        yield Train(self.steps - half, "training on without repulsion")
        parted = max(0, alike - self._alike(context))
        return f"parted {parted} of {counted(alike, 'pair')} of like units; dead units are not its business"

    def _push(self, context: RemedyContext) -> None:
        length, unit = _polar(context.get("hidden.0.weight"))
        cosines = _off_diagonal(unit).clamp_min(0.0).unsqueeze(-1)
        apart = unit.unsqueeze(2) - unit.unsqueeze(1)
        # Of unit length: the closer two units are, the more they need the push.
        away = (cosines * apart / apart.norm(dim=-1, keepdim=True).clamp_min(1e-6)).sum(2)
        moved = unit + self.strength * away
        context.put("hidden.0.weight", length * moved / moved.norm(dim=-1, keepdim=True))

    @staticmethod
    def _alike(context: RemedyContext) -> int:
        """Pairs whose directions have a cosine above 0.98."""
        _, unit = _polar(context.get("hidden.0.weight"))
        return int((_off_diagonal(unit) > 0.98).sum()) // 2


def _polar(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths and directions of incoming weights `[replicas, units, inputs]`."""
    length = weight.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    return length, weight / length


def _off_diagonal(unit: Tensor) -> Tensor:
    cosines = unit @ unit.mT
    return cosines - cosines.diagonal(dim1=-2, dim2=-1).diag_embed()
