"""Steps with optimizers of torch's, which carry a state of their own from step to step."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers.of_torch import OfTorch
from periodic_tui.engine.randomness import Stream, Streams
from periodic_tui.engine.training.sampling import Batch, StepInputs
from periodic_tui.engine.training.step import State, TrainingStep, frozen_where_not_finite
from periodic_tui.engine.training.steppers.base import StepperState
from periodic_tui.engine.training.steppers.eager import Eager, One


class WithOptimizers(Eager):
    """Holds torch's optimizers, which are made at the first step and after a reset."""

    _one: One
    """Takes a step, which cannot be taken again: the optimizers have changed."""

    def __init__(self, step: TrainingStep, device: torch.device) -> None:
        super().__init__(step, device)
        self.optimizers: Sequence[torch.optim.Optimizer] = ()
        self._remembered: StepperState = ()
        """The state that new optimizers start from."""

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        return self._run(self._one, state, step_inputs, seeds, first, count)

    def state_dict(self) -> StepperState:
        if not self.optimizers:
            return self._remembered
        return [_copied(optimizer.state_dict()) for optimizer in self.optimizers]

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        self.optimizers, self._remembered = (), remembered

    def prepare(self, parameters: Sequence[Sequence[Tensor]]) -> None:
        """Give each optimizer its parameters as they are now, which may have been changed; new ones where there are
        none."""
        if not self.optimizers:
            chosen = self.step.experiment.optimizer
            assert isinstance(chosen, OfTorch)
            self.optimizers = [chosen.build([value.clone().requires_grad_() for value in own]) for own in parameters]
            for optimizer, state in zip(self.optimizers, self._remembered, strict=False):
                _go_on(optimizer, state)
            return
        with torch.no_grad():
            for optimizer, own in zip(self.optimizers, parameters, strict=True):
                for leaf, value in zip(_leaves(optimizer), own, strict=True):
                    leaf.copy_(value)


def _go_on(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Let the optimizer go on from a state of its kind. torch casts what it loads to the type of the parameters, also
    what it keeps in another one, which would then be rounded otherwise."""
    optimizer.load_state_dict(_copied(state))
    for number, leaf in enumerate(_leaves(optimizer)):
        if number in state["state"]:
            optimizer.state[leaf] = _copied(state["state"][number])


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    """A copy of an optimizer's state, whose tensors are cloned where they are."""
    return copy.deepcopy(state, {id(tensor): tensor.clone() for tensor in _tensors(state)})


def _tensors(value: object) -> Iterator[Tensor]:
    """All tensors in nested dictionaries and sequences."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict | list | tuple | deque):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _tensors(each)


def _leaves(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """The parameters that the optimizer moves."""
    leaves: list[Tensor] = optimizer.param_groups[0]["params"]
    return leaves


class EagerFromTorch(WithOptimizers):
    """One optimizer for all replicas together."""

    def _one(
        self, state: State, batch: Batch, step_inputs: StepInputs, streams: Streams, number: Tensor
    ) -> tuple[State, Tensor]:
        dropout = self.step.dropout(streams, number)
        gradient, loss = self.step.gradient(state["parameters"], batch, dropout)
        self.prepare([[state["parameters"]]])
        (optimizer,) = self.optimizers
        (leaf,) = _leaves(optimizer)
        optimizer.param_groups[0]["lr"] = self.step.rates(step_inputs, number).max().item()
        leaf.grad = gradient
        optimizer.step()
        return frozen_where_not_finite(
            state, {"parameters": self.step.held(state["parameters"], leaf.detach().clone())}, loss
        ), loss


class EagerPerReplica(WithOptimizers):
    """One optimizer for each replica, where it cannot act on all at once."""

    def _one(
        self, state: State, batch: Batch, step_inputs: StepInputs, streams: Streams, number: Tensor
    ) -> tuple[State, Tensor]:
        views = self.step.layout.views(state["parameters"]).values()
        self.prepare([[view[replica] for view in views] for replica in range(len(streams.keys))])
        moved, losses = [], []
        for replica, optimizer in enumerate(self.optimizers):
            part = slice(replica, replica + 1)
            weight = None if batch.weight is None else batch.weight[part]
            optimizer.param_groups[0]["lr"] = self.step.rates(step_inputs, number)[replica].max().item()
            dropout = self.step.dropout(streams.part(part), number)
            losses.append(self._move(optimizer, Batch(batch.x[part], batch.y[part], weight), dropout))
            moved.append(_flat(optimizer))
        loss = torch.stack(losses)
        after = self.step.held(state["parameters"], torch.stack(moved))
        return frozen_where_not_finite(state, {"parameters": after}, loss), loss

    def _move(self, optimizer: torch.optim.Optimizer, batch: Batch, dropout: Stream | None) -> Tensor:
        """Let the optimizer move one replica; the loss `[]` at which it began."""
        losses = []

        def evaluate() -> float:
            gradient, objective, loss = self.step.descent(_flat(optimizer).unsqueeze(0), batch, dropout)
            for leaf, part in zip(_leaves(optimizer), self.step.layout.views(gradient).values(), strict=True):
                leaf.grad = part[0].clone()
            losses.append(loss[0])
            return float(objective[0])

        optimizer.step(evaluate)
        return losses[0]


def _flat(optimizer: torch.optim.Optimizer) -> Tensor:
    """`[parameters]` of the optimizer's one replica."""
    return torch.cat([leaf.detach().flatten() for leaf in _leaves(optimizer)])
