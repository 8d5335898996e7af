"""A remedy at work on a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies import Course, Failed, Setting, Train, remedies
from periodic_tui.engine.scheduling.preemption import UNSET, Flag, Preemption
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.devices import check_remedies
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment.context import TrainerContext
from periodic_tui.engine.treatment.offers import renewal, setting_of


@dataclass
class Treatment:
    """Drives one course. Between steps it never depends on how many steps are trained at once."""

    name: str
    trainer: Trainer
    context: TrainerContext
    course: Course
    adopt: Callable[[Experiment], None]
    preemption: Preemption
    pace: float = 20.0
    """Steps a second at which one can watch it."""
    stage: str = ""
    """What the remedy is at; empty once it has ended."""
    outcome: str = ""
    """What it reached or why it failed, once it has ended."""
    failed: bool = False
    _left: int = 0
    _losses: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._checkpoint = Checkpoint.of(self.trainer)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do."""
        return bool(self.outcome)

    def begin(self) -> str:
        """Act before the first step; returns what was done, in past tense."""
        self.trainer.restart_schedule()
        self._ask(None)
        return f"{self.name} {self.outcome}" if self.ended else f"began {self.name}: {remedies[self.name].what}"

    def advance(self, count: int, wanted: Flag = UNSET) -> Tensor:
        """Train at most so many steps, up to the next act or until the flag is set; losses `[steps, replicas]`, none
        after an act that was cut short, which goes on first."""
        if not self._left:
            self._ask(self._nothing())
            return self._nothing()
        losses = self.trainer.advance(min(count, self._left), wanted)
        self._left -= len(losses)
        self._losses.append(losses)
        if not self._left:
            self._ask(torch.cat(self._losses))
        elif not self.trainer.alive:
            self._end(Failed("every replica diverged"))
        return losses

    def abandon(self, why: str) -> None:
        """Stop here and leave everything as it is."""
        self.course.close()
        self._finish(f"ended early: {why}")

    def _ask(self, losses: Tensor | None) -> None:
        try:
            until = time.perf_counter() + self.preemption.at_once
            self._take(self.course.send(losses))  # type: ignore[arg-type]  # a generator is started with None
            while not (self._left or self.preemption.wanted() or time.perf_counter() > until):
                self._take(self.course.send(self._nothing()))
        except StopIteration as end:
            self._end(end.value)
        except Failed as reason:
            self._end(reason)

    def _nothing(self) -> Tensor:
        return self.trainer.last_loss.new_empty(0, self.context.replicas)

    def _take(self, request: Train) -> None:
        self.stage, self._left, self._losses = request.stage, request.steps, []

    def _end(self, outcome: str | Failed) -> None:
        if isinstance(outcome, Failed):
            self.failed = True
            if self.trainer.experiment is not self._checkpoint.experiment:
                self.adopt(self._checkpoint.experiment)
            self._checkpoint.restore(self.trainer)
            self._finish(f"failed and left the run as it was: {outcome}")
            return
        lost = int(self.context.given_up.sum())
        if lost:
            self._checkpoint.restore_some(self.trainer, self.context.given_up)
            outcome += f"; {lost} of {self.context.replicas} replicas were left as they were: {self.context.reason}"
        self._finish(outcome)

    def _finish(self, outcome: str) -> None:
        self.stage, self._left, self.outcome = "", 0, outcome


def prescribe(
    name: str, trainer: Trainer, adopt: Callable[[Experiment], None], preemption: Preemption | None = None
) -> Treatment:
    """A treatment of the trainer that has not begun; `adopt` goes on with a changed experiment. Raises Refused."""
    if renewal(trainer.experiment, name):
        raise Refused(f"{name} begins a new run")
    check_remedies(trainer.device)
    remedy, setting = trainer.experiment.remedies.options(name), setting_of(trainer.experiment)

    def change(keys: dict[str, Any]) -> Setting:
        adopt(Experiment.model_validate(trainer.experiment.table_with(keys)))
        return setting_of(trainer.experiment)

    context = TrainerContext(trainer, setting, change)
    course, pace = remedy.course(context), remedy.pace(setting)
    return Treatment(name, trainer, context, course, adopt, preemption or Preemption(), pace)
