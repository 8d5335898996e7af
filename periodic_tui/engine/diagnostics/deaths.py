"""Deaths and revivals of one replica's units: what has changed since the last look, and at which step.

A look shows a death only after it has happened: the stretch since the look before is run again to find the step.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.diagnostics.causes import Cause, cause_of
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.diagnostics.stretch import REVIVED, Changed, Moment, Stretch, Unit
from periodic_tui.engine.diagnostics.trail import Trail
from periodic_tui.engine.diagnostics.units import DEAD_SHARE
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import cloned, on_cpu
from periodic_tui.engine.training.trainer import Trainer

MOST_SECONDS = 0.05
"""Running a stretch again may take so long (a command cuts it short) …"""
CREDIT = 0.06
"""… out of so many seconds, …"""
SHARE = 0.005
"""… which come back as this share of the time: units that flicker are not worth more."""
PATIENCE = 10.0
"""Seconds that it may take where somebody waits for the death."""
SMALL = 20_000
"""Parameters up to which some moments are kept, to show how a unit died."""
_KEPT = 12
_SINGLY = 2
"""Units that change at the same step up to which each is told of alone; more are summed up."""


@dataclass(frozen=True, eq=False)
class Change:
    """Units of a layer that died, or came back to life, together."""

    layer: int
    units: tuple[int, ...]
    died: bool
    low: Moment
    """The last at which it is known that they had not …"""
    high: Moment
    """… and the first at which they had."""
    text: str
    stretch: Stretch
    """In which it happened."""

    @property
    def step(self) -> int:
        return self.high.step

    @property
    def exact(self) -> bool:
        """Whether the very step is known."""
        return self.high.step - self.low.step == 1

    @property
    def shown(self) -> int:
        """The unit that was most active before."""
        shares = self.low.activity[self.layer]
        return max(self.units, key=lambda unit: float(shares[unit]))


class Deaths:
    """Watches the units of one replica from look to look."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer, self.observer = trainer, observer
        self._key: tuple[object, ...] = ()
        self._way = trainer.stepper.name, trainer.step_inputs
        """Engine and step inputs of the last look: after others, the stretch cannot be run again."""
        self._dead: set[Unit] = set()
        self.budget = Budget(SHARE)
        """Of the search for the steps of deaths, and of films."""
        self._moments: deque[Moment] = deque(maxlen=_KEPT if trainer.training_step.layout.size <= SMALL else 1)
        self._checkpoint: Checkpoint | None = None
        self._trail = Trail()

    def forget(self) -> None:
        """Forget the looks before: a command has changed the parameters."""
        self._moments.clear()
        self._trail.clear()

    def passed(self) -> None:
        """Training has come to the present step."""
        if self._moments:
            self._trail.note(self.trainer.done, self.trainer.state)

    def rewind(self, step: int) -> None:
        """Training goes on from an earlier look: forget those after it."""
        self._trail.clear()
        while self._moments and self._moments[-1].step > step:
            self._moments.pop()
        if self._moments:
            self._dead, self._way = _dead_at(self._moments[-1]), self._way_now

    @property
    def overdrawn(self) -> bool:
        """Whether there is no time for a film."""
        return self.budget.credit(CREDIT) < 0

    @property
    def looked_at(self) -> int | None:
        """Step of the last look."""
        return self._moments[-1].step if self._moments else None

    @property
    def last(self) -> tuple[int, Checkpoint] | None:
        """Step and state of all replicas at the last look, from where the same steps can be taken again."""
        if not (self._moments and self._checkpoint and self._same_way):
            return None
        return self._moments[-1].step, self._checkpoint

    def moment(self, focus: int, activity: tuple[Tensor, ...]) -> Moment:
        """A replica as it is now, whose shares of the probe these are, `[units]` a layer."""
        state = self.trainer.one(focus)[0]
        # A part of many is copied, so that it does not keep all of them.
        return Moment(self.trainer.done, cloned(state) if len(self.trainer.seeds) > 1 else state, activity)

    def look(self, focus: int, moment: Moment, points: int, again: bool = True, patient: bool = False) -> list[Change]:
        """What has changed since the last look at this replica, in the order of the steps, now that this is its moment
        (its units were read on so many points).

        `again`: whether the stretch can be run again; a remedy that acted between its steps cannot. `patient`: somebody
        waits for the very step, so no command cuts the search short.
        """
        if not self._goes_on(focus):
            self._moments.clear()
            self._dead = _dead_at(moment)
        changed, moments = self._changed(moment.activity), tuple(self._moments)
        again = again and self._same_way
        if not self._same_way:
            self._moments.clear()
        trail = self._remember(moment)
        if not changed or not moments:
            return []
        preemption = self.observer.preemption
        given_up = (lambda: False) if patient else preemption.wanted
        stretch = Stretch(self.trainer, self.observer, focus, points, again, moments, trail, given_up)
        until = time.perf_counter() + (PATIENCE if patient else min(self.budget.credit(CREDIT), MOST_SECONDS))
        with self.budget.spend(), preemption.preemptible(False):
            places = stretch.places(moment, changed, until)
            return [change for place in places for change in self._told(stretch, *place)]

    def _goes_on(self, focus: int) -> bool:
        """Whether the last look was at the same replica of the same experiment, and no command came since."""
        key, before = (focus, self.trainer.experiment), self._key
        self._key = key
        return bool(self._moments) and key == before

    @property
    def _way_now(self) -> tuple[str, StepInputs]:
        return self.trainer.stepper.name, self.trainer.step_inputs

    @property
    def _same_way(self) -> bool:
        """Whether the same engine has trained on the same inputs since the last look."""
        return self._way[0] == self.trainer.stepper.name and self._way[1] is self.trainer.step_inputs

    def _changed(self, activity: tuple[Tensor, ...]) -> Changed:
        died = _where(shares < DEAD_SHARE for shares in activity) - self._dead
        revived = _where(shares >= REVIVED for shares in activity) & self._dead
        changed = dict.fromkeys(died, True) | dict.fromkeys(revived, False)
        self._dead ^= set(changed)
        return changed

    def _remember(self, moment: Moment) -> Trail:
        """Note the moment of this look; the trail that led to it."""
        trail, self._trail = self._trail, Trail()
        if self._moments and self._moments[-1].step == moment.step:
            self._moments.pop()
        self._moments.append(moment)
        self._way = self._way_now
        self._checkpoint = Checkpoint.of(self.trainer)
        return trail

    def _told(self, stretch: Stretch, low: Moment, high: Moment, changed: Changed) -> Iterator[Change]:
        """What changed between two moments, a layer at a time."""
        for layer, died in sorted({(layer, died) for (layer, _), died in changed.items()}):
            members = sorted(unit for (at, unit), how in changed.items() if (at, how) == (layer, died))
            for units in [[unit] for unit in members] if len(members) <= _SINGLY else [members]:
                yield self._change(stretch, low, high, layer, units, died)

    def _change(self, stretch: Stretch, low: Moment, high: Moment, layer: int, units: list[int], died: bool) -> Change:
        text = self._text(stretch, low, high, layer, units, died)
        return Change(layer, tuple(units), died, low, high, text, stretch)

    def _text(self, stretch: Stretch, low: Moment, high: Moment, layer: int, units: list[int], died: bool) -> str:
        width = len(high.activity[layer])
        several = f"all {width}" if len(units) == width else f"{len(units)} of {width}"
        who = f"unit {units[0]}" if len(units) == 1 else f"{several} units"
        exact = high.step - low.step == 1
        when = "" if exact else f" between steps {low.step:,} and {high.step:,}"
        shares = _shares(low.activity[layer], high.activity[layer], units, stretch.points, exact)
        cause = Cause()
        if exact and died and self.observer.relu:
            states = low.step, on_cpu(low.state), on_cpu(high.state)
            inputs = on_cpu(stretch.step_inputs)
            cause = cause_of(self.trainer, self.observer, inputs, stretch.seeds.cpu(), *states, layer, units)
        deed = _deed(low.activity[layer], high.activity[layer], units, cause.pushed) if died else "came back to life"
        return f"{who} of hidden.{layer} {deed}{when}: {shares}{cause.text}"


def _dead_at(moment: Moment) -> set[Unit]:
    return _where(shares < DEAD_SHARE for shares in moment.activity)


def _where(masks: Iterable[Tensor]) -> set[Unit]:
    """The units for which the masks `[units]` of the layers hold."""
    return {(layer, unit) for layer, mask in enumerate(masks) for unit in mask.nonzero().flatten().tolist()}


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
