"""A unit's death step by step: its pre-activation over the domain, its parameters and the gradient that moved it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics.causes import gradient_at
from periodic_tui.engine.diagnostics.deaths import SMALL, Change
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.snapshot import Death, Moment
from periodic_tui.engine.training.step import State, on_cpu
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.views.fit import over_domain

_BEFORE, _AFTER = 8, 3
"""Steps that are shown before the death and after it; before them …"""
_PROLOGUE = 6
"""… at most so many looks, for a unit that dies slowly."""
_POINTS, _SIDE = 160, 32
"""Of a curve over the domain, and of the side of a square."""


def death_of(change: Change, number: int, trainer: Trainer, observer: Observer) -> Death | None:
    """The death that is number `number` of the run; None where its step is not known, or its weights are
    not, or the network is too large."""
    own = f"hidden.{change.layer}.weight" in observer.step.layout.by_layer(change.low.state["parameters"])
    if not (change.exact and own) or observer.step.layout.size > SMALL:
        return None
    axis, points = over_domain(observer, _POINTS, _SIDE)
    show = _Camera(change, trainer, observer, axis, points)
    first, last = change.step - _BEFORE, min(change.step + _AFTER, trainer.done)
    states = {moment.step: moment.state for moment in change.stretch.moments if moment.step < first}
    states = dict(list(states.items())[-_PROLOGUE:]) | dict(change.stretch.states(first, last))
    states |= {moment.step: moment.state for moment in (change.low, change.high)}
    film = tuple(show(step, states[step]) for step in sorted(states))
    return Death(number, change.step, change.layer, change.shown, change.units, change.text, axis, film)


class _Camera:
    """Takes one moment after the other."""

    def __init__(self, change: Change, trainer: Trainer, observer: Observer, axis: Floats, points: Tensor) -> None:
        self.change, self.trainer, self.observer = change, trainer, observer
        self._axis, self._points = axis, points
        self._inputs, self._seeds = on_cpu(change.stretch.step_inputs), change.stretch.seeds.cpu()

    def __call__(self, step: int, state: State) -> Moment:
        layer, unit, parameters = self.change.layer, self.change.shown, state["parameters"].cpu()
        own = self._own(parameters)
        return Moment(
            step=step,
            preactivation=self._preactivation(parameters),
            share=float(self.change.stretch.activity(parameters)[layer][unit]),
            weights=own[:-1],
            bias=float(own[-1]),
            gradient=self._own(gradient_at(self.trainer, self._inputs, self._seeds, step, on_cpu(state))),
        )

    def _own(self, flat: Tensor) -> Floats:
        """What is the unit's of `[1, parameters]`: weights, then the bias or 0; `[inputs + 1]`."""
        views, name, unit = self.observer.step.layout.by_layer(flat), f"hidden.{self.change.layer}", self.change.shown
        bias = views[f"{name}.bias"][0, unit] if f"{name}.bias" in views else flat.new_zeros(())
        return torch.cat([views[f"{name}.weight"][0, unit], bias.reshape(1)]).double().numpy()

    def _preactivation(self, parameters: Tensor) -> Floats:
        if not len(self._axis):
            return np.empty(0)
        hidden = self.observer.hidden(parameters, self._points)[self.change.layer]
        values: Floats = hidden.pre_activations[0, :, self.change.shown].cpu().double().numpy()
        side = len(self._axis)
        return values if len(values) == side else values.reshape(side, side)
