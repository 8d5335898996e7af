"""Give the least useful unit of a failed network another chance, where the fit is worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.components.numbers import Count, NonNegative, Positive
from periodic_tui.engine.plural import counted
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.remedies.units.usefulness import Usefulness


@register
class ReseedUnits(Remedy):
    """Every so many steps, in each replica that is not solved: a unit with a negative outgoing weight, or else the one
    whose ablation costs least after a least-squares refit (in the spirit of Sokar et al., "The dormant neuron
    phenomenon", 2023), starts again along the residual.

    It assumes a target that is a positive sum of units, as √(x² + y²) is.
    """

    name = "reseed-units"
    what = "starts the least useful unit of each failed network again, along the residual"
    prior = "outgoing weights should be positive; solved_below says which networks have failed"
    verdicts = (
        "dead-network", "collapsed-to-constant", "dead-units", "duplicate-units", "mute-units", "wrong-sign",
        "underfit", "learning",
    )  # fmt: skip

    every: Count = 1_000
    """Steps between two rounds."""
    rounds: Count = 4
    settle: Count = 500
    """Steps in the end, with a learning rate that falls to a twentieth."""
    lr: Positive = 3e-3
    weight: Positive = 0.5
    """Length of a re-seeded unit's incoming weights."""
    outgoing: Positive = 0.3
    """Outgoing weight of a re-seeded unit."""
    jitter: NonNegative = 0.3
    """Standard deviation of the noise on the new direction, in radians."""

    def unfit(self, setting: Setting) -> str | None:
        if len(setting.model.hidden_units) != 1 or not getattr(setting.model, "output_layer", False):
            return "it is for one hidden layer and an output layer"
        return None if setting.outputs == 1 else "it is for one output"

    def pace(self, setting: Setting) -> float:
        return 200.0

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.units.usefulness import Usefulness

        full = context.get("output.weight")[:, 0, 0] * 0 + self.lr
        context.rate(full)
        reseeded = 0
        for turn in range(self.rounds):
            now = yield from Usefulness.of(context, f"round {turn + 1} of {self.rounds}")
            failed = now.loss > context.setting.solved_below
            reseeded += int(failed.sum())
            self._reseed(context, now, failed)
            count, among = int(failed.sum()), context.replicas
            what = counted(count, "unit") if among == 1 else f"{count} of {among} networks"
            yield Train(self.every, f"round {turn + 1} of {self.rounds}, {what} re-seeded")
        for step in range(20):
            context.rate(full * (1 - step / 20 + 0.05 * step / 20))
            yield Train(max(1, self.settle // 20), "settling with a falling learning rate")
        loss = (yield from Usefulness.of(context, "looking at the losses")).loss
        context.give_up(loss > 2 * context.setting.solved_below, "the loss is still above solved_below")
        if not reseeded:
            raise Failed("no network needed it")
        median = "median " if context.replicas > 1 else ""
        return f"re-seeded {counted(reseeded, 'unit')}; {median}loss {float(loss.median()):.4g}"

    def _reseed(self, context: RemedyContext, now: Usefulness, where: Tensor) -> None:
        """One unit in each replica `where` `[replicas]`."""
        import torch

        outgoing = context.get("output.weight")
        score = now.loss_without.where(outgoing[:, 0] >= 0, now.loss_without - 1e9)
        chosen = torch.nn.functional.one_hot(score.argmin(-1), score.shape[-1]).bool() & where.unsqueeze(-1)
        direction = now.pull + self.jitter * context.normal(now.pull.shape[-1])
        direction = self.weight * direction / direction.norm(dim=-1, keepdim=True)
        self._write(context, "hidden.0.weight", direction.unsqueeze(1), chosen.unsqueeze(-1))
        self._write(context, "output.weight", torch.full_like(outgoing, self.outgoing), chosen.unsqueeze(1))
        if "hidden.0.bias" in context.names:
            self._write(context, "hidden.0.bias", torch.zeros_like(score), chosen)

    @staticmethod
    def _write(context: RemedyContext, name: str, values: Tensor, where: Tensor) -> None:
        before = context.get(name)
        where = where.expand_as(before)
        context.put(name, values.expand_as(before), where)
        context.forget(name, where)
