"""What a remedy works with: samples, and the trainer's verbs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from periodic_tui.engine.commands import Refused
from periodic_tui.engine.models import HiddenLayer
from periodic_tui.engine.optimizers import ElementWise
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.remedies.base import Failed, Setting
from periodic_tui.engine.remedies.windows import Windows
from periodic_tui.engine.sampling import Knobs, torch_dtype
from periodic_tui.engine.trainer import Trainer

Change = Callable[[dict[str, Any]], Setting]
"""Replaces keys of the experiment (dotted path to value); returns the new setting."""


class Bench:
    """One trainer as a remedy sees it. There is no way from here to the target or to the answer."""

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
        """Frequencies of the first replica that are still in the running, for the screen."""
        self._draws = 0
        self._windows = Windows.of(setting, trainer.knobs)

    @property
    def alive(self) -> Tensor:
        """Replicas `[replicas]` that have not diverged."""
        return self.__trainer.state["alive"][:, 0]

    # Samples.

    def sample(self, count: int, half_width: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Fresh `x` `[replicas, count, inputs]` and `y` `[replicas, count, outputs]`, noise and all, from the present
        range or, with `half_width` `[replicas]`, from that; of a fixed data set, points in use (drawn with repeats).
        """
        knobs = self.__trainer.knobs
        if half_width is not None:
            knobs = knobs | self._windows.knobs(half_width)
        sampler = copy.copy(self.__trainer.training_step.sampler)
        sampler.batch_size = count
        counter = counter_for(2 * count * max(self.setting.inputs, self.setting.outputs), self.device)
        batch = sampler.batch(self._seeds(), self._step(), knobs, counter)
        return batch.x, batch.y

    @property
    def data(self) -> tuple[Tensor, Tensor] | None:
        """The fixed data set, `x` `[points, inputs]` and `y` `[points, outputs]`; None where samples are fresh."""
        knobs = self.__trainer.knobs
        return (knobs["data_x"], knobs["data_y"]) if "data_x" in knobs else None

    def train_on(self, x: Tensor, y: Tensor) -> None:
        """Train on other fixed points `[points, inputs]`, `[points, outputs]`, made from those in `data`."""
        points = torch.full((self.replicas,), len(x), device=self.device)
        self._set_knobs({"data_x": x, "data_y": y, "count": points})
        self._windows = Windows.of(self.setting, self.__trainer.knobs)

    @property
    def reach(self) -> float:
        """Half-width of the widest range: all of the training domain."""
        return self._windows.reach

    @property
    def farthest(self) -> float:
        """Largest |x| of the training domain."""
        return abs(self._windows.middle) + self._windows.reach

    def points(self, half_width: Tensor) -> Tensor:
        """Points `[replicas]` so near to the middle; inf where samples are fresh."""
        return self._windows.points(half_width)

    def narrow(self, half_width: Tensor) -> Tensor:
        """Train only on points so near to the middle, `[replicas]`; returns the points in use, inf where fresh."""
        self._set_knobs(self._windows.knobs(half_width))
        return self._windows.points(half_width)

    def _step(self) -> Tensor:
        return torch.tensor(self.__trainer.done, device=self.device)

    def _seeds(self) -> Tensor:
        """Seeds of its own for every draw, so that a remedy never sees a training batch again."""
        self._draws += 1
        return Stream.of(self.__trainer.seeds, Use.REMEDY, counter_for(0, self.device)).fold(self._draws).key

    # Random numbers.

    def uniform(self, count: int) -> Tensor:
        """`[replicas, count]` in (0, 1]."""
        return self._stream(count).uniform(count, self.dtype)

    def normal(self, count: int) -> Tensor:
        """`[replicas, count]` from N(0, 1)."""
        return self._stream(2 * count).normal(count, self.dtype)

    def _stream(self, count: int) -> Stream:
        return Stream.of(self._seeds(), Use.REMEDY, counter_for(count, self.device)).fold(self._step())

    # Parameters.

    def get(self, name: str) -> Tensor:
        """A copy of the parameter, `[replicas, *shape]`."""
        return self._views(self.__trainer.state["parameters"])[name].clone()

    def put(self, name: str, values: Tensor, where: Tensor | None = None) -> None:
        """Set a parameter; `where` `[replicas]` or of its shape limits it."""
        flat = self.__trainer.state["parameters"].clone()
        view = self._views(flat)[name]
        view.copy_(values.to(view.dtype) if where is None else values.to(view.dtype).where(_over(where, view), view))
        self.__trainer.state = self.__trainer.state | {"parameters": flat}

    def predict(self, x: Tensor) -> Tensor:
        """Outputs `[replicas, points, outputs]` at `x` `[replicas, points, inputs]`."""
        with torch.no_grad():
            return self.setting.model.forward(self._views(self.__trainer.state["parameters"]), x)

    def hidden(self, x: Tensor) -> list[HiddenLayer]:
        """What each hidden layer does at `x` `[replicas, points, inputs]`."""
        layers: list[HiddenLayer] = []
        with torch.no_grad():
            self.setting.model.forward(self._views(self.__trainer.state["parameters"]), x, layers)
        return layers

    def initial(self, **init: Any) -> None:
        """Draw every parameter afresh by other initializers (keys of `[init]`), with a fresh optimizer."""
        changed = self.__trainer.experiment.init.model_validate(init)
        layout = self.__trainer.training_step.layout
        stream = self._stream(2 * max(parameter.size for parameter in layout.parameters))
        self.__trainer.place(changed.draw(layout, stream, self.dtype))

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        return self.__trainer.training_step.layout.views(flat)

    # The optimizer.

    def rate(self, lr: Tensor, name: str | None = None) -> None:
        """Set the learning rate `[replicas]` of one parameter, or of all."""
        rates = self.__trainer.knobs["lr"].clone()
        columns = self.__trainer.training_step.layout.slices()[name] if name else slice(None)
        rates[:, columns] = lr.to(rates.dtype).unsqueeze(-1)
        self._set_knobs({"lr": rates})

    def change(self, **keys: Any) -> None:
        """Replace parts of the experiment: `optimizer`, `activation` or `clip_gradient`. Rates and range come anew.
        Raises Failed where the experiment would make no sense."""
        paths = {"optimizer": "optimizer", "activation": "model.activation", "clip_gradient": "training.clip_gradient"}
        try:
            self.setting = self.__change({paths[key]: value for key, value in keys.items()})
        except (Refused, ValidationError) as reason:
            raise Failed(str(reason)) from None

    def restart(self, where: Tensor) -> None:
        """Zero everything that the optimizer remembers of the replicas `where` `[replicas]`."""
        state = self.__trainer.state
        if not isinstance(self.setting.optimizer, ElementWise):
            self.__trainer.stepper.reset()
        for key in state.keys() - {"parameters", "alive"}:
            state[key] = state[key].masked_fill(_over(where, state[key]), 0.0)

    def forget(self, name: str, where: Tensor) -> None:
        """Zero the optimizer's moments of some scalars of a parameter; `where` has its shape."""
        state = self.__trainer.state
        if not isinstance(self.setting.optimizer, ElementWise):
            self.__trainer.stepper.reset()
        for key in state.keys() - {"parameters", "alive"}:
            if state[key].shape == state["parameters"].shape:
                moments = state[key].clone()
                view = self._views(moments)[name]
                view.masked_fill_(_over(where, view), 0.0)
                state[key] = moments

    def _set_knobs(self, changed: Knobs) -> None:
        self.__trainer.knobs = self.__trainer.knobs | changed

    # The end.

    def give_up(self, where: Tensor, reason: str) -> None:
        """Note replicas `[replicas]` that could not be helped. Raises Failed once that is all of them."""
        if bool(where.any()):
            self.given_up |= where
            self.reason = reason
        if bool(self.given_up.all()):
            raise Failed(reason)


def _over(mask: Tensor, like: Tensor) -> Tensor:
    """A mask `[replicas]` or `[replicas, …]` with as many axes as `like`."""
    return mask.reshape(*mask.shape, *[1] * (like.dim() - mask.dim()))
