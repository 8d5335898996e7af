"""Steps of optimizers that cannot act on all replicas at once: one replica after the other."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers.per_replica import PerReplica
from periodic_tui.engine.randomness import Stream, Use
from periodic_tui.engine.training.sampling import Batch, StepInputs
from periodic_tui.engine.training.step import State, TrainingStep, frozen_where_not_finite
from periodic_tui.engine.training.steppers.from_torch import WithOptimizers


class EagerPerReplica(WithOptimizers):
    """The training step with one of torch's optimizers for each replica."""

    def __init__(self, step: TrainingStep, device: torch.device) -> None:
        super().__init__(step, device)
        self._leaves: list[list[Tensor]] = []

    def _one(
        self, state: State, batch: Batch, step_inputs: StepInputs, seeds: Tensor, number: Tensor, counter: Tensor
    ) -> tuple[State, Tensor]:
        self._prepare(state["parameters"])
        moved, losses = [], []
        for replica, optimizer in enumerate(self.optimizers):
            optimizer.param_groups[0]["lr"] = step_inputs["lr"][replica].max().item()
            dropout = Stream.of(seeds[replica : replica + 1], Use.DROPOUT, counter).fold(number)
            losses.append(self._move(replica, optimizer, _of_replica(batch, replica), dropout))
            moved.append(torch.cat([leaf.detach().flatten() for leaf in self._leaves[replica]]))
        loss = torch.stack(losses)
        return frozen_where_not_finite(state, {"parameters": torch.stack(moved)}, loss), loss

    def _move(self, replica: int, optimizer: torch.optim.Optimizer, batch: Batch, dropout: Stream) -> Tensor:
        """Let the optimizer move one replica; the loss `[]` at which it began."""
        leaves = self._leaves[replica]
        losses = []

        def evaluate() -> float:
            flat = torch.cat([leaf.detach().flatten() for leaf in leaves]).unsqueeze(0)
            gradient, loss = self.step.gradient(flat, batch, dropout)
            for leaf, part in zip(leaves, self.step.layout.views(gradient).values(), strict=True):
                leaf.grad = part[0].clone()
            losses.append(loss[0])
            return float(loss[0])

        optimizer.step(evaluate)
        return losses[0]

    def _prepare(self, parameters: Tensor) -> None:
        """Fresh optimizers where there are none; their parameters are the state's, which may have been changed."""
        views = self.step.layout.views(parameters).values()
        if not self.optimizers:
            chosen = self.step.experiment.optimizer
            assert isinstance(chosen, PerReplica)
            self._leaves = [[view[r].clone().requires_grad_() for view in views] for r in range(len(parameters))]
            self.begin([chosen.build(leaves) for leaves in self._leaves])
            return
        with torch.no_grad():
            for replica, leaves in enumerate(self._leaves):
                for leaf, view in zip(leaves, views, strict=True):
                    leaf.copy_(view[replica])


def _of_replica(batch: Batch, replica: int) -> Batch:
    part = slice(replica, replica + 1)
    return Batch(batch.x[part], batch.y[part], None if batch.weight is None else batch.weight[part])
