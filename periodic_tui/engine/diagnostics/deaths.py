"""Deaths and revivals of units as events: the very step and what caused it, found by running the stretch again.

A reading shows a death only after it has happened. Batches are pure functions of the step, so the stretch since the
previous reading can be run again from the state at that reading, and halved until the step is found.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.causes import Cause, cause_of
from periodic_tui.engine.diagnostics.units import DEAD_SHARE
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import Event
from periodic_tui.engine.training.step import State, on_cpu
from periodic_tui.engine.training.steppers import Eager, Stepper
from periodic_tui.engine.training.trainer import Trainer

MOST_SECONDS = 0.08
"""Running a stretch again may take so long …"""
CREDIT = 0.12
"""… out of so many seconds, …"""
SHARE = 0.005
"""… which come back as this share of the time: units that flicker are not worth more."""
REVIVED = 0.02
"""Share of the probe from which a dead unit is alive again: twice the limit below which it died."""
_FIRST_PIECE = 4
"""Steps after which the clock is read for the first time."""
_LONGEST_PIECE = 0.004
"""Seconds of training between two readings of the clock, where a step is shorter."""
_SINGLY = 2
"""Units that change at the same step up to which each has an event of its own; more are summed up in one."""

Unit = tuple[int, int]
"""Layer and unit."""


@dataclass(frozen=True, eq=False)
class _Moment:
    """The focused replica at a step."""

    step: int
    state: State
    activity: tuple[Tensor, ...]
    """`[units]` of each hidden layer."""


class Deaths:
    """Watches the units of one replica from reading to reading."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer, self.observer = trainer, observer
        self._key: tuple[object, ...] = ()
        self._inputs = trainer.step_inputs
        """Those of the last look: a remedy replaces them, and then the stretch cannot be run again."""
        self._dead: set[Unit] = set()
        self._budget = Budget(SHARE)
        self.forget()

    def forget(self) -> None:
        """Forget the previous reading: a command has changed the parameters."""
        self._last: _Moment | None = None

    def look(self, focus: int, activity: tuple[Tensor, ...], points: int, again: bool = True) -> list[Event]:
        """Events since the last reading of this replica, whose shares of the probe these are (`[units]` a layer, on
        so many points).

        `again`: whether the stretch can be run again; a remedy that acted between its steps cannot.
        """
        moment = _Moment(self.trainer.done, self.trainer.one(focus)[0], activity)
        inputs = self.trainer.step_inputs
        key = (focus, self.trainer.experiment, self.trainer.stepper.name)
        if self._last is None or self._key != key or self._inputs is not inputs:
            self._dead = _where(shares < DEAD_SHARE for shares in activity)
            self._last, self._key, self._inputs = moment, key, inputs
            return []
        died = _where(shares < DEAD_SHARE for shares in activity) - self._dead
        revived = _where(shares >= REVIVED for shares in activity) & self._dead
        changed = dict.fromkeys(died, True) | dict.fromkeys(revived, False)
        self._dead ^= set(changed)
        before, self._last = self._last, moment
        if not changed:
            return []
        until = time.perf_counter() + min(self._budget.credit(CREDIT), MOST_SECONDS)
        with self._budget.spend(), self.observer.preemption.preemptible(False):
            search = _Search(self.trainer, self.observer, focus, points, again, until)
            return search.events(before, moment, changed)


class _Search:
    """Finds the steps at which units of one replica died or came back between two moments."""

    def __init__(
        self, trainer: Trainer, observer: Observer, focus: int, points: int, again: bool, until: float
    ) -> None:
        self.trainer, self.observer = trainer, observer
        self._points, self._until = points, until
        # An optimizer of torch's keeps its own state.
        repeatable = isinstance(trainer.experiment.optimizer, ElementWise)
        self._again = again and points == len(observer.probe.x) and repeatable
        _, self._step_inputs, self._seeds = trainer.one(focus)
        alone = len(trainer.seeds) == 1
        self._stepper: Stepper = trainer.stepper if alone else Eager(trainer.training_step, trainer.device)

    def events(self, before: _Moment, after: _Moment, changed: dict[Unit, bool]) -> list[Event]:
        """Return an event for each unit that died (True) or came back (False), or one for many that did so together.

        The stretch is halved until it is one step, or nothing is left to spend.
        """
        if not changed:
            return []
        half = (after.step - before.step) // 2
        middle = self._run(before, half) if half and self._again else None
        if middle is None:
            return self._told(before, after, changed)
        early = {unit: died for unit, died in changed.items() if _has_changed(middle.activity, unit, died)}
        late = {unit: died for unit, died in changed.items() if unit not in early}
        return self.events(before, middle, early) + self.events(middle, after, late)

    def _run(self, moment: _Moment, count: int) -> _Moment | None:
        """So many steps later; None if that would take more time than is left, or if a command is waiting."""
        state, done, piece = moment.state, 0, _FIRST_PIECE
        while done < count:
            started = time.perf_counter()
            piece = min(piece, count - done)
            state, losses = self._stepper.run(state, self._step_inputs, self._seeds, moment.step + done, piece)
            losses[-1].cpu()  # once the device has done them
            done += piece
            now = time.perf_counter()
            if now + 2 * (now - started) > self._until or self.observer.preemption.wanted():
                return None
            if now - started < _LONGEST_PIECE / 2:
                piece *= 2
        reading = self.observer.read(state["parameters"].cpu())
        return _Moment(moment.step + count, state, tuple(units.activity[0] for units in reading.units))

    def _told(self, low: _Moment, high: _Moment, changed: dict[Unit, bool]) -> list[Event]:
        """Events for units that changed between two moments, a layer at a time."""
        events = []
        for layer, died in sorted({(layer, died) for (layer, _), died in changed.items()}):
            members = sorted(unit for (at, unit), how in changed.items() if (at, how) == (layer, died))
            groups = [[unit] for unit in members] if len(members) <= _SINGLY else [members]
            events += [Event(high.step, self._text(low, high, layer, group, died)) for group in groups]
        return events

    def _text(self, low: _Moment, high: _Moment, layer: int, units: list[int], died: bool) -> str:
        width = len(high.activity[layer])
        who = f"unit {units[0]}" if len(units) == 1 else f"{len(units)} of {width} units"
        exact = high.step - low.step == 1
        when = "" if exact else f" between steps {low.step:,} and {high.step:,}"
        shares = _shares(low.activity[layer], high.activity[layer], units, self._points, exact)
        cause = Cause()
        if exact and died and self.observer.relu:
            stretch = low.step, on_cpu(low.state), on_cpu(high.state)
            step_inputs = on_cpu(self._step_inputs)
            cause = cause_of(self.trainer, self.observer, step_inputs, self._seeds.cpu(), *stretch, layer, units)
        deed = _deed(low.activity[layer], high.activity[layer], units, cause.pushed) if died else "came back to life"
        return f"{who} of hidden.{layer} {deed}{when}: {shares}{cause.text}"


def _where(masks: Iterable[Tensor]) -> set[Unit]:
    """The units for which the masks `[units]` of the layers hold."""
    return {(layer, unit) for layer, mask in enumerate(masks) for unit in mask.nonzero().flatten().tolist()}


def _has_changed(activity: Sequence[Tensor], unit: Unit, died: bool) -> bool:
    share = float(activity[unit[0]][unit[1]])
    return share < DEAD_SHARE if died else share >= REVIVED


def _deed(before: Tensor, after: Tensor, units: list[int], pushed: bool) -> str:
    """Whether units that are dead now were alive before: they lost more than half of their points, or the batch pushed
    them; others have drifted across a limit."""
    first, second = (float(share[torch.tensor(units)].mean()) for share in (before, after))
    return "died" if pushed or second < first / 2 else f"drifted below {100 * DEAD_SHARE:g} % of the probe"


def _shares(before: Tensor, after: Tensor, units: list[int], points: int, exact: bool) -> str:
    """`active on 61 of 4,096 probe points before the step, on none after it`."""
    first, second = (round(float(share[torch.tensor(units)].mean()) * points) for share in (before, after))
    counts = [f"{count:,}" if count else "none" for count in (first, second)]
    mean = " on average" if len(units) > 1 else ""
    step, it = ("the step", "it") if exact else ("them", "them")
    return f"active{mean} on {counts[0]} of {points:,} probe points before {step}, on {counts[1]} after {it}"
