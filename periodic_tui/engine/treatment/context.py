"""What a remedy is handed of a trainer: samples of its data and verbs that act on it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor

from periodic_tui.engine.components.losses import loss_of_best_constant
from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.diagnostics.sharpness import top_curvature
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.randomness import Stream, Streams, Use, counter_for
from periodic_tui.engine.remedies import Failed, RemedyContext, Setting
from periodic_tui.engine.slices import Slices, aside
from periodic_tui.engine.snapshot import Sweep
from periodic_tui.engine.training.sampling import Batch, StepInputs, torch_dtype
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.trial import trial
from periodic_tui.engine.treatment.windows import Windows

Change = Callable[[dict[str, Any]], Setting]
"""Replaces keys of the experiment (dotted path to value); returns the new setting."""

_PATHS = {
    "optimizer": "optimizer",
    "batch_size": "training.batch_size",
    "activation": "model.activation",
    "scaling": "model.scaling",
    "clip_gradient": "training.clip_gradient",
}
"""What a remedy can change, and where it stands in a preset."""


class TrainerContext(RemedyContext):
    """The remedy's view of one trainer; the trainer itself is out of reach."""

    def __init__(self, trainer: Trainer, setting: Setting, change: Change) -> None:
        self.__trainer = trainer
        self.__change = change
        self.setting = setting
        self.replicas = len(trainer.seeds)
        self.device = trainer.device
        self.dtype = torch_dtype(trainer.experiment)
        self.names = tuple(parameter.name for parameter in trainer.training_step.layout.parameters)
        self.given_up = torch.zeros(self.replicas, dtype=torch.bool, device=self.device)
        """Replicas for which the remedy failed: they are put back in the end."""
        self.reason = ""
        self.candidates: list[float] = []
        self.sweep = Sweep()
        """The trials so far, for the screen."""
        self._draws = 0
        self._windows = Windows.of(setting, trainer.step_inputs)

    @property
    def alive(self) -> Tensor:
        return self.__trainer.state["alive"][:, 0]

    # Samples.

    def sample(self, count: int, half_width: Tensor | None = None) -> tuple[Tensor, Tensor]:
        step_inputs = self.__trainer.step_inputs
        if half_width is not None:
            step_inputs = step_inputs | self._windows.step_inputs(half_width)
        sampler = copy.copy(self.__trainer.training_step.sampler)
        sampler.batch_size = count
        counter = counter_for(2 * count * max(self.setting.inputs, self.setting.outputs), self.device)
        batch = sampler.batch(Streams.of(self._seeds(), counter), self._step(), step_inputs)
        return batch.x, batch.y

    @property
    def data(self) -> tuple[Tensor, Tensor] | None:
        step_inputs = self.__trainer.step_inputs
        return (step_inputs["data_x"], step_inputs["data_y"]) if "data_x" in step_inputs else None

    def train_on(self, x: Tensor, y: Tensor) -> None:
        points = torch.full((self.replicas,), len(x), device=self.device)
        self._set_step_inputs({"data_x": x, "data_y": y, "count": points})
        self._windows = Windows.of(self.setting, self.__trainer.step_inputs)

    @property
    def reach(self) -> float:
        return self._windows.reach

    @property
    def farthest(self) -> float:
        return abs(self._windows.middle) + self._windows.reach

    def points(self, half_width: Tensor) -> Tensor:
        return self._windows.points(half_width)

    def narrow(self, half_width: Tensor) -> None:
        self._set_step_inputs(self._windows.step_inputs(half_width))

    def _step(self) -> Tensor:
        return torch.tensor(self.__trainer.done, device=self.device)

    def _seeds(self) -> Tensor:
        """Seeds of its own for every draw, so that a remedy never sees a training batch again."""
        self._draws += 1
        return Stream.of(self.__trainer.seeds, Use.REMEDY, counter_for(0, self.device)).fold(self._draws).key

    # Random numbers.

    def uniform(self, count: int) -> Tensor:
        return self._stream(count).uniform(count, self.dtype)

    def normal(self, count: int) -> Tensor:
        return self._stream(2 * count).normal(count, self.dtype)

    def _stream(self, count: int) -> Stream:
        return Stream.of(self._seeds(), Use.REMEDY, counter_for(count, self.device)).fold(self._step())

    # Parameters.

    def get(self, name: str) -> Tensor:
        return self._views(self.__trainer.state["parameters"])[name].clone()

    def put(self, name: str, values: Tensor, where: Tensor | None = None) -> None:
        flat = self.__trainer.state["parameters"].clone()
        view = self._views(flat)[name]
        view.copy_(values.to(view.dtype) if where is None else values.to(view.dtype).where(_over(where, view), view))
        self.__trainer.state = self.__trainer.state | {"parameters": flat}

    def predict(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return self._outputs(self.__trainer.state["parameters"], x)

    def hidden(self, x: Tensor) -> list[HiddenLayer]:
        layers: list[HiddenLayer] = []
        with torch.no_grad():
            self.setting.model.forward(self._views(self.__trainer.state["parameters"]), x, layers)
        return layers

    def initial(self, **init: Any) -> None:
        changed = self.__trainer.experiment.init.model_validate(init)
        layout = self.__trainer.training_step.layout
        stream = self._stream(2 * max(parameter.size for parameter in layout.parameters))
        self.__trainer.place(changed.draw(layout, stream, self.dtype))

    def begin_again(self, where: Tensor) -> None:
        trainer = self.__trainer
        before = trainer.state
        trainer.place(trainer.initial())
        for key, fresh in trainer.state.items():
            trainer.state[key] = fresh.where(_over(where, fresh), before.get(key, fresh))
        trainer.alive = bool(trainer.state["alive"].any())

    # The loss.

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return self._loss(self.__trainer.state["parameters"], x, y).detach()

    def loss_of_constant(self, y: Tensor) -> float:
        training = self.__trainer.experiment.training
        return loss_of_best_constant(y.flatten(0, 1).double(), training.loss, training.huber_delta)

    def sharpness(self, x: Tensor, y: Tensor) -> Slices[Tensor]:
        parameters = self.__trainer.state["parameters"]
        if not self.setting.model.curves:
            return parameters.new_full((self.replicas,), torch.nan, dtype=torch.float64)
        objective = self.__trainer.training_step.objective
        top = yield from top_curvature(lambda flat: objective(self._outputs(flat, x), Batch(x, y)), parameters)
        return top[0].to(self.device)

    def loss_after(self, factor: float, steps: int, x: Tensor, y: Tensor) -> Slices[Tensor]:
        parameters = yield from trial(self.__trainer, np.arange(self.replicas), factor, steps)
        after = yield from aside(lambda: self._loss(parameters, x, y).detach())
        before = self._loss(self.__trainer.state["parameters"][:1], x[:1], y[:1])
        self._note_trial(float(self.lr[0]) * factor, float(after[0]), float(before[0]), steps)
        return after

    def _note_trial(self, lr: float, loss: float, before: float, steps: int) -> None:
        tried = dict(zip(self.sweep.lr.tolist(), self.sweep.loss.tolist(), strict=True)) | {lr: loss}
        rates = sorted(tried)
        losses = np.array([tried[rate] for rate in rates])
        self.sweep = Sweep(np.array(rates), losses, before, steps, self.__trainer.done)

    def _loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return self.__trainer.training_step.loss(self._outputs(parameters, x), Batch(x, y))

    def _outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        return self.setting.model.forward(self._views(parameters), x)

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        return self.__trainer.training_step.layout.views(flat)

    # The optimizer.

    @property
    def lr(self) -> Tensor:
        return self.__trainer.rates.amax(-1)

    def scale_rates(self, factor: Tensor) -> None:
        rates = self.__trainer.step_inputs["lr"]
        self._set_step_inputs({"lr": rates * factor.to(rates.dtype).unsqueeze(-1)})

    def rate(self, lr: Tensor, name: str | None = None) -> None:
        rates = self.__trainer.step_inputs["lr"].clone()
        columns = self.__trainer.training_step.layout.slices()[name] if name else slice(None)
        rates[:, columns] = lr.to(rates.dtype).unsqueeze(-1)
        self._set_step_inputs({"lr": rates})

    def change(self, **keys: Any) -> None:
        try:
            self.setting = self.__change({_PATHS[key]: value for key, value in keys.items()})
        except (Refused, ValidationError) as reason:
            raise Failed(str(reason)) from None

    def restart(self, where: Tensor) -> None:
        for key, moments in self._optimizer_state().items():
            self.__trainer.state[key] = moments.masked_fill(_over(where, moments), 0.0)

    def forget(self, name: str, where: Tensor) -> None:
        for key, moments in self._optimizer_state().items():
            if moments.shape == self.__trainer.state["parameters"].shape:
                changed = moments.clone()
                view = self._views(changed)[name]
                view.masked_fill_(_over(where, view), 0.0)
                self.__trainer.state[key] = changed

    def _optimizer_state(self) -> dict[str, Tensor]:
        """What the optimizer remembers; one of torch's forgets all of it."""
        if not isinstance(self.setting.optimizer, ElementWise):
            self.__trainer.stepper.load_state_dict()
        return {key: value for key, value in self.__trainer.state.items() if key not in ("parameters", "alive")}

    def _set_step_inputs(self, changed: StepInputs) -> None:
        self.__trainer.step_inputs = self.__trainer.step_inputs | changed

    # The end.

    def give_up(self, where: Tensor, reason: str) -> None:
        if bool(where.any()):
            self.given_up |= where
            self.reason = reason
        if bool(self.given_up.all()):
            raise Failed(reason)


def _over(mask: Tensor, like: Tensor) -> Tensor:
    """A mask `[replicas]` or `[replicas, …]` with as many axes as `like`."""
    return mask.reshape(*mask.shape, *[1] * (like.dim() - mask.dim()))
