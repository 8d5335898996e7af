"""Steps with optimizers of torch's, which carry a state of their own from step to step."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers.torch_optim import FromTorch
from periodic_tui.engine.training.sampling import Batch, StepInputs
from periodic_tui.engine.training.step import State, TrainingStep, frozen_where_not_finite
from periodic_tui.engine.training.steppers.base import StepperState
from periodic_tui.engine.training.steppers.eager import Eager


class WithOptimizers(Eager):
    """Holds torch's optimizers, which are made at the first step and after a reset."""

    replayable = False

    def __init__(self, step: TrainingStep, device: torch.device) -> None:
        super().__init__(step, device)
        self.optimizers: Sequence[torch.optim.Optimizer] = ()
        self._remembered: StepperState = ()
        """The state that new optimizers start from."""

    def state_dict(self) -> StepperState:
        if not self.optimizers:
            return self._remembered
        return [copy.deepcopy(optimizer.state_dict()) for optimizer in self.optimizers]

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        self.optimizers, self._remembered = (), remembered

    def begin(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """Go on with these new optimizers from the remembered state."""
        self.optimizers = optimizers
        for optimizer, state in zip(optimizers, self._remembered, strict=False):
            optimizer.load_state_dict(copy.deepcopy(state))


class EagerFromTorch(WithOptimizers):
    """One optimizer for all replicas together."""

    def __init__(self, step: TrainingStep, device: torch.device) -> None:
        super().__init__(step, device)
        self._leaf = torch.zeros(0)

    def _one(
        self, state: State, batch: Batch, step_inputs: StepInputs, seeds: Tensor, number: Tensor, counter: Tensor
    ) -> tuple[State, Tensor]:
        dropout = self.step.dropout(seeds, number, counter)
        gradient, loss = self.step.gradient(state["parameters"], batch, dropout)
        optimizer = self._prepared(state["parameters"])
        optimizer.param_groups[0]["lr"] = step_inputs["lr"].max().item()
        self._leaf.grad = gradient
        optimizer.step()
        after = {"parameters": self._leaf.detach().clone()}
        return frozen_where_not_finite(state, after, loss), loss

    def _prepared(self, parameters: Tensor) -> torch.optim.Optimizer:
        if not self.optimizers:
            chosen = self.step.experiment.optimizer
            assert isinstance(chosen, FromTorch)
            self._leaf = parameters.clone().requires_grad_()
            self.begin([chosen.build([self._leaf])])
        else:
            with torch.no_grad():
                self._leaf.copy_(parameters)
        return self.optimizers[0]
