"""A remedy at work on a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.commands import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.overrides import override
from periodic_tui.engine.remedies import Course, Failed, Setting, Train, remedies
from periodic_tui.engine.sampling import Knobs
from periodic_tui.engine.step import State
from periodic_tui.engine.trainer import Trainer
from periodic_tui.engine.treatment.bench import TrainerBench
from periodic_tui.engine.treatment.offers import setting_of


@dataclass(frozen=True, eq=False)
class Kept:
    """A trainer as it was, to be put back."""

    experiment: Experiment
    state: State
    knobs: Knobs

    @classmethod
    def of(cls, trainer: Trainer) -> Kept:
        """The trainer as it is now."""
        return cls(trainer.experiment, {k: v.clone() for k, v in trainer.state.items()}, dict(trainer.knobs))

    def restore(self, trainer: Trainer, where: Tensor, adopt: Callable[[Experiment], None]) -> None:
        """Put back the replicas `where` `[replicas]`; if that is all, the rest of the trainer too."""
        if bool(where.all()):
            if trainer.experiment is not self.experiment:
                adopt(self.experiment)
            trainer.stepper.reset()
            trainer.state, trainer.knobs = dict(self.state), dict(self.knobs)
        else:
            trainer.state = _mixed(trainer.state, self.state, where)
            trainer.knobs = _mixed(trainer.knobs, self.knobs, where)
        trainer.alive = bool(trainer.state["alive"].any())


def _mixed(now: dict[str, Tensor], before: dict[str, Tensor], where: Tensor) -> dict[str, Tensor]:
    """`before` in the rows `where`, as far as the tensors are rows of replicas and still of the same shape."""
    mixed = dict(now)
    for name, value in now.items():
        old = before.get(name)
        if old is not None and old.shape == value.shape and value.shape[:1] == where.shape:
            mixed[name] = old.where(where.reshape(-1, *[1] * (value.dim() - 1)), value)
    return mixed


@dataclass
class Treatment:
    """Drives one course. Between steps it never depends on how many steps are trained at once."""

    name: str
    trainer: Trainer
    bench: TrainerBench
    course: Course
    adopt: Callable[[Experiment], None]
    stage: str = ""
    """What the remedy is at; empty once it has ended."""
    outcome: str = ""
    """What it reached or why it failed, once it has ended."""
    failed: bool = False
    _left: int = 0
    _losses: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kept = Kept.of(self.trainer)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do."""
        return bool(self.outcome)

    def begin(self) -> str:
        """Act before the first step; returns what was done, in past tense."""
        self._ask(None)
        return f"{self.name} {self.outcome}" if self.ended else f"began {self.name}: {remedies[self.name].what}"

    def advance(self, count: int) -> Tensor:
        """Train at most so many steps, up to the next act; losses `[steps, replicas]`."""
        losses = self.trainer.advance(min(count, self._left))
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
            self._take(self.course.send(losses))  # type: ignore[arg-type]  # a generator is started with None
            while not self._left:
                self._take(self.course.send(self.trainer.last_loss.new_empty(0, self.bench.replicas)))
        except StopIteration as end:
            self._end(end.value)
        except Failed as reason:
            self._end(reason)

    def _take(self, request: Train) -> None:
        self.stage, self._left, self._losses = request.stage, request.steps, []

    def _end(self, outcome: str | Failed) -> None:
        if isinstance(outcome, Failed):
            self.failed = True
            self._kept.restore(self.trainer, torch.ones_like(self.bench.given_up), self.adopt)
            self._finish(f"failed and left the run as it was: {outcome}")
            return
        lost = int(self.bench.given_up.sum())
        if lost:
            self._kept.restore(self.trainer, self.bench.given_up, self.adopt)
            outcome += f"; {lost} of {self.bench.replicas} replicas were left as they were: {self.bench.reason}"
        self._finish(outcome)

    def _finish(self, outcome: str) -> None:
        self.stage, self._left, self.outcome = "", 0, outcome


def prescribe(name: str, trainer: Trainer, adopt: Callable[[Experiment], None]) -> Treatment:
    """A treatment of the trainer that has not begun; `adopt` goes on with a changed experiment. Raises Refused."""
    remedy = trainer.experiment.remedies.options(name)
    setting = setting_of(trainer.experiment)
    if reason := remedy.unfit(setting):
        raise Refused(f"{name} does not fit: {reason}")

    def change(keys: dict[str, Any]) -> Setting:
        table = trainer.experiment.model_dump(mode="python")
        for key, value in keys.items():
            table = override(table, key, value)
        adopt(Experiment.model_validate(table))
        return setting_of(trainer.experiment)

    bench = TrainerBench(trainer, setting, change)
    return Treatment(name, trainer, bench, remedy.course(bench), adopt)
