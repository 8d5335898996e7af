"""The one training step over `[replicas, parameters]`: a pure function, run eagerly or compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.components.losses import LOSSES
from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.components.models.scaling import row
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Streams, Use
from periodic_tui.engine.training.sampling import Batch, Sampler, StepInputs

State = dict[str, Tensor]
"""`parameters` `[replicas, parameters]`, `alive` `[replicas, 1]` bool, and the optimizer's own tensors."""


def moved_to(device: torch.device, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state or step_inputs on a device."""
    return {name: value.to(device) for name, value in tensors.items()}


def on_cpu(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same on the CPU."""
    return moved_to(torch.device("cpu"), tensors)


def cloned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """A copy of a state or of step_inputs, where they are."""
    return {name: value.clone() for name, value in tensors.items()}


def loss_of(prediction: Tensor, batch: Batch, kind: str, delta: float = 1.0, units: Sequence[float] = ()) -> Tensor:
    """Loss `[replicas]` of predictions `[replicas, batch, outputs]`; `delta` is Huber's. `units`: of each output, where
    the loss is to be that of predictions and outputs in these units (Huber's delta, too)."""
    each = LOSSES[kind].each(prediction, batch.y, delta)
    if units:
        each = each * row([unit ** -LOSSES[kind].power for unit in units], each)
    if batch.weight is None:
        return each.mean((-2, -1))
    return (each.mean(-1) * batch.weight).sum(-1) / batch.weight.sum(-1)


@dataclass(frozen=True, eq=False)
class TrainingStep:
    """One step of one experiment. Holds no tensors: everything that changes is an argument."""

    experiment: Experiment
    layout: Layout
    sampler: Sampler

    @classmethod
    def of(cls, experiment: Experiment) -> TrainingStep:
        """The step of an experiment."""
        target = experiment.target
        return cls(experiment, experiment.model.layout(target.inputs, target.outputs), Sampler(experiment))

    def loss(self, prediction: Tensor, batch: Batch) -> Tensor:
        """The experiment's loss `[replicas]` of predictions `[replicas, batch, outputs]`."""
        training = self.experiment.training
        return loss_of(prediction, batch, training.loss, training.huber_delta)

    @property
    def _units(self) -> Sequence[float]:
        """Of the outputs, where the preset wants them standardized; else empty."""
        units = self.experiment.model.column_units if self.experiment.target.standardize else None
        return units.y_spread if units else ()

    def objective(self, prediction: Tensor, batch: Batch) -> Tensor:
        """What the gradient is of: the loss, where outputs are standardized in their units."""
        training = self.experiment.training
        return loss_of(prediction, batch, training.loss, training.huber_delta, self._units)

    def descent(self, parameters: Tensor, batch: Batch, dropout: Stream | None) -> tuple[Tensor, Tensor, Tensor]:
        """Gradient `[replicas, parameters]`, objective and loss `[replicas]` on a batch."""
        leaf = parameters.detach().requires_grad_()
        with torch.enable_grad():
            prediction = self.experiment.model.forward(self.layout.views(leaf), batch.x, dropout=dropout)
            loss = self.loss(prediction, batch)
            objective = self.objective(prediction, batch) if self._units else loss
            (gradient,) = torch.autograd.grad(objective.sum(), leaf)
        return self._clipped(gradient), objective.detach(), loss.detach()

    def gradient(self, parameters: Tensor, batch: Batch, dropout: Stream | None) -> tuple[Tensor, Tensor]:
        """Gradient `[replicas, parameters]` and loss `[replicas]` on a batch."""
        gradient, _, loss = self.descent(parameters, batch, dropout)
        return gradient, loss

    def _clipped(self, gradient: Tensor) -> Tensor:
        largest = self.experiment.training.clip_gradient
        if not largest:
            return gradient
        norm = gradient.norm(dim=-1, keepdim=True)
        return gradient * (largest / norm.clamp_min(largest))

    def update(self, state: State, gradient: Tensor, lr: Tensor) -> State:
        """The state after the optimizer's move, before anyone looks whether it is finite."""
        optimizer = self.experiment.optimizer
        assert isinstance(optimizer, ElementWise)
        own = {name: value for name, value in state.items() if name not in ("parameters", "alive")}
        parameters, own = optimizer.update(state["parameters"], gradient, own, lr)
        return {"parameters": self.held(state["parameters"], parameters), **own}

    def held(self, before: Tensor, after: Tensor) -> Tensor:
        """`after`, but what is fixed as it was before: the decay of weights is not for it."""
        learns = self.layout.learns(after)
        return after if learns is None else after.where(learns, before)

    def rates(self, step_inputs: StepInputs, step: Tensor) -> Tensor:
        """The learning rates of step number `step` `[]`."""
        if "life" not in step_inputs:
            return step_inputs["lr"]
        steps = (step - step_inputs["life"]).clamp_min(0).double()
        return self.experiment.training.schedule(step_inputs["lr"], steps)

    def dropout(self, streams: Streams, step: Tensor) -> Stream | None:
        """The random stream of a step's dropout; None where the model has none."""
        if not getattr(self.experiment.model, "dropout", 0.0):
            return None
        return streams[Use.DROPOUT].fold(step)

    def moved(
        self, state: State, batch: Batch, step_inputs: StepInputs, streams: Streams, step: Tensor
    ) -> tuple[State, Tensor]:
        """State and loss `[replicas]` after a step on a batch, finite or not."""
        gradient, loss = self.gradient(state["parameters"], batch, self.dropout(streams, step))
        return self.update(state, gradient, self.rates(step_inputs, step)) | {"alive": state["alive"]}, loss

    def on_batch(
        self, state: State, batch: Batch, step_inputs: StepInputs, streams: Streams, step: Tensor
    ) -> tuple[State, Tensor]:
        """The same, but replicas that are no longer finite stay where they were."""
        after, loss = self.moved(state, batch, step_inputs, streams, step)
        return frozen_where_not_finite(state, after, loss), loss

    def __call__(self, state: State, step_inputs: StepInputs, streams: Streams, step: Tensor) -> tuple[State, Tensor]:
        """State and loss `[replicas]` after step number `step` `[]`, its batch drawn inside."""
        batch = self.sampler.batch(streams, step, step_inputs)
        return self.on_batch(state, batch, step_inputs, streams, step)


def frozen_where_not_finite(before: State, after: State, loss: Tensor) -> State:
    """`after`, but replicas whose loss or parameters are not finite stay at `before`, for good."""
    finite = loss.isfinite() & after["parameters"].isfinite().all(-1)
    alive = before["alive"] & finite.unsqueeze(-1)
    rest = {name: value.where(alive, before[name]) for name, value in after.items() if name != "alive"}
    return {**rest, "alive": alive}
