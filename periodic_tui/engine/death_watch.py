"""Deaths as events and as films, and how training goes back to the step of one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from periodic_tui.engine.diagnostics.deaths import Change
from periodic_tui.engine.measurements import Measurements
from periodic_tui.engine.recording.attributes import part, whole_number
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.values import tree_of, values_of
from periodic_tui.engine.snapshot import Death, Event, View
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.views.death import death_of

Advance = Callable[[int], None]
_KEPT = 8
"""Deaths that can be played again."""


@dataclass(frozen=True)
class Found:
    """What a look has found."""

    events: tuple[Event, ...] = ()
    """Deaths and revivals since the last one, in the order of their steps."""
    died: bool = False
    back_at: int | None = None
    """The step to which training went back, where it did."""


class DeathWatch:
    """Looks after the units of the replica in focus."""

    def __init__(self, trainer: Trainer, measured: Measurements) -> None:
        self.trainer, self.measured = trainer, measured
        self.deaths: deque[Death] = deque(maxlen=_KEPT)
        self._number = 0

    def look(self, view: View, repeatable: bool, advance: Advance) -> Found:
        """What has happened since the last look. Where the view wants to stop at a death, training goes back to the
        step of the first one, if the steps since the last look are `repeatable`; `advance` trains so many steps."""
        before = self.measured.deaths.last
        changes = self.measured.look_for_deaths(view, repeatable)
        with self.measured.preemption.preemptible(False):  # a death is told only once
            death, noticed = _first_death(changes), self.trainer.done
            if death and before and view.stop_at_death and repeatable and noticed - before[0] > 1:
                changes = self._went_back(death, *before, view, advance)
            return self._found(changes, death is not None, noticed)

    def remembered(self) -> Tree:
        """The deaths that can be played again."""
        return {"deaths": tree_of(tuple(self.deaths)), "number": self._number}

    def recall(self, tree: Tree) -> None:
        """Know the deaths that another one knew. Raises NotReadable."""
        self.deaths = deque(values_of(Death, part(tree, "deaths"), "a death"), _KEPT)
        self._number = whole_number(part(tree, "number"), "the number of deaths")

    def _found(self, changes: list[Change], died: bool, noticed: int) -> Found:
        back_at = self.trainer.done if self.trainer.done < noticed else None
        return Found(tuple(map(self._event, changes)), died, back_at)

    def _went_back(
        self, death: Change, step: int, checkpoint: Checkpoint, view: View, advance: Advance
    ) -> list[Change]:
        """Go back to the last look and train up to the death again, step by step where it is near or not known; all
        that changes until then."""
        noticed = self.trainer.done
        checkpoint.restore(self.trainer)
        self.trainer.done = step
        self.measured.rewind(step)
        if death.exact:
            advance(death.low.step - step)
        changes = self.measured.look_for_deaths(view, repeatable=True)
        while self.trainer.done < noticed and self.trainer.alive and not _first_death(changes):
            advance(1)
            changes += self.measured.look_for_deaths(view, repeatable=True)
        return changes

    def _event(self, change: Change) -> Event:
        deaths = self.measured.deaths
        if not change.died or deaths.overdrawn:
            return Event(change.step, change.text)
        with deaths.budget.spend():
            film = death_of(change, self._number, self.trainer, self.measured.observer)
        if film is None:
            return Event(change.step, change.text)
        self.deaths.append(film)
        self._number += 1
        return Event(change.step, change.text, death=film.number)


def _first_death(changes: list[Change]) -> Change | None:
    return next((change for change in changes if change.died), None)
