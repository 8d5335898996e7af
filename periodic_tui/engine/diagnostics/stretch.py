"""A stretch of one replica's training that can be run again: batches are pure functions of the step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.diagnostics.trail import Trail
from periodic_tui.engine.diagnostics.units import DEAD_SHARE
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.trainer import Trainer

REVIVED = 0.02
"""Share of the probe from which a dead unit is alive again: twice the limit below which it died."""
_FIRST_PIECE = 4
"""Steps after which the clock is read for the first time."""
_LONGEST_PIECE = 0.004
"""Seconds of training between two readings of the clock, where a step is shorter."""

Unit = tuple[int, int]
"""Layer and unit."""
Changed = dict[Unit, bool]
"""Units that died (True) or came back to life (False)."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One replica at a step."""

    step: int
    state: State
    activity: tuple[Tensor, ...]
    """`[units]` of each hidden layer: the share of the probe on which a unit is active."""


class Stretch:
    """The steps of one replica from some moments on, the last of which is that of the last look."""

    def __init__(
        self,
        trainer: Trainer,
        observer: Observer,
        focus: int,
        points: int,
        again: bool,
        moments: Sequence[Moment],
        trail: Trail,
        given_up: Callable[[], bool],
    ) -> None:
        self.observer, self.points, self.moments = observer, points, moments
        self._focus, self._given_up = focus, given_up
        # An optimizer of torch's keeps its own state.
        repeatable = isinstance(trainer.experiment.optimizer, ElementWise)
        self.again = again and points == len(observer.probe.x) and repeatable
        """Whether it can be run again from a moment on."""
        self._trail = trail if self.again else Trail()
        _, self.step_inputs, self.seeds = trainer.one(focus)
        self._stepper = _stepper_of(trainer, self.again, self.step_inputs)

    def places(self, after: Moment, changed: Changed, until: float) -> list[tuple[Moment, Moment, Changed]]:
        """Between which moments the units changed, in order. The stretch is halved until it is one step, or the clock
        says `until`, or it is given up; first it looks 1 step ahead, then 2, 4, …, since most deaths come early. The
        states on the trail come first: between two of them there is little to run again."""
        return self._places(self.moments[-1], after, changed, until, 1)

    def _places(
        self, low: Moment, high: Moment, changed: Changed, until: float, ahead: int = 0
    ) -> list[tuple[Moment, Moment, Changed]]:
        """`ahead`: where to look first, in steps or states from `low`; 0: half of the way."""
        middle = self._middle(low, high, until, ahead) if changed else None
        if middle is None:
            return [(low, high, changed)] if changed else []
        early = {unit: died for unit, died in changed.items() if has_changed(middle.activity, unit, died)}
        late = {unit: died for unit, died in changed.items() if unit not in early}
        return self._places(low, middle, early, until) + self._places(middle, high, late, until, 2 * ahead)

    def _middle(self, low: Moment, high: Moment, until: float, ahead: int) -> Moment | None:
        """A moment between two others; None where there is none, or no time for it."""
        passed = self._trail.between(low.step, high.step)
        if passed and time.perf_counter() < until and not self._given_up():
            half = len(passed) // 2
            step, state = passed[min(ahead - 1, half) if ahead else half]
            return Moment(step, self._own(state), self.activity(self._own(state)["parameters"]))
        half = (high.step - low.step) // 2
        return self._run(low, min(ahead or half, half), until) if half and self.again and not passed else None

    def _run(self, moment: Moment, count: int, until: float) -> Moment | None:
        """So many steps later; None if that would take more time than is left, or is given up."""
        state, done, piece = moment.state, 0, _FIRST_PIECE
        while done < count:
            started = time.perf_counter()
            piece = min(piece, count - done)
            state = self._advanced(state, moment.step + done, piece)
            done += piece
            now = time.perf_counter()
            if now + 2 * (now - started) > until or self._given_up():
                return None
            if now - started < _LONGEST_PIECE / 2:
                piece *= 2
        return Moment(moment.step + count, state, self.activity(state["parameters"]))

    def _advanced(self, state: State, first: int, count: int) -> State:
        after, losses = self._stepper.run(state, self.step_inputs, self.seeds, first, count)
        losses[-1].cpu()  # once the device has done them
        return after

    def _own(self, state: State) -> State:
        """The state of the replica alone, of that of all."""
        return {name: value[self._focus : self._focus + 1] for name, value in state.items()}

    def activity(self, parameters: Tensor) -> tuple[Tensor, ...]:
        """The shares `[units]` of the layers, of one replica's parameters `[1, parameters]`."""
        return self.observer.activity(parameters)

    def states(self, first: int, last: int) -> Iterator[tuple[int, State]]:
        """Each step from `first` to `last` with its state, as far as the known moments reach back; only those of the
        moments where it cannot be run again."""
        known = {moment.step: moment.state for moment in self.moments}
        if not self.again:
            yield from ((step, state) for step, state in known.items() if first <= step <= last)
            return
        passed = dict(self._trail.between(max(known), first + 1))
        step = max((step for step in (*known, *passed) if step <= first), default=min(known))
        state = known[step] if step in known else self._own(passed[step])
        if step < first:
            state, step = self._advanced(state, step, first - step), first
        while step <= last:
            yield step, state
            state = known.get(step + 1) or self._advanced(state, step, 1)
            step += 1


def _stepper_of(trainer: Trainer, again: bool, step_inputs: StepInputs) -> Stepper:
    """What runs the steps of one replica."""
    if len(trainer.seeds) == 1:
        return trainer.stepper
    stepper = trainer.stepper_alone(trainer) if again else trainer.eager()
    return stepper if stepper.accepts(trainer.one(0)[0], step_inputs) else trainer.eager()


def has_changed(activity: Sequence[Tensor], unit: Unit, died: bool) -> bool:
    """Whether a unit has died, or come back, where these are the shares of the layers."""
    share = float(activity[unit[0]][unit[1]])
    return share < DEAD_SHARE if died else share >= REVIVED
