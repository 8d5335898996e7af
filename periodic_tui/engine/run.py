"""One run: a trainer, what has been measured of it, and the journal of what was done to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import torch
from pydantic import ValidationError
from torch import Tensor

from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.probe import test_probe, training_probe
from periodic_tui.engine.errors import Preempted, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.experiment.overrides import override, parse_value
from periodic_tui.engine.experiment.warnings import warnings
from periodic_tui.engine.instruments import Instruments
from periodic_tui.engine.scheduling.preemption import Preemption
from periodic_tui.engine.snapshot import Event
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.control_run import ControlRun
from periodic_tui.engine.training.history import History
from periodic_tui.engine.training.memory import check_memory
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment import Treatment, prescribe
from periodic_tui.engine.verdicts.hysteresis import Hysteresis
from periodic_tui.engine.verdicts.judge import Judge
from periodic_tui.engine.verdicts.population import Population

CHANGEABLE = (
    "optimizer.",
    "training.batch_size",
    "training.pace",
    "model.activation",
    "target.noise",
    "domain.train",
)
"""What `set:` can change in mid-run."""
_KEPT_EVENTS = 200


@dataclass(frozen=True, eq=False)
class UndoPoint:
    """What a run was before a command."""

    checkpoint: Checkpoint
    own: Experiment
    """The experiment to which `reinitialize` goes back."""


class Run:
    """A preset in training. Every verb returns what it did, in past tense, with figures."""

    def __init__(
        self,
        number: int,
        name: str,
        experiment: Experiment,
        device: torch.device,
        preemption: Preemption | None = None,
    ) -> None:
        self.number = number
        self.name = name
        self.preemption = preemption or Preemption()
        """By which measurements give way to commands."""
        self.trainer = Trainer(experiment, device)
        self.observer = self._observer()
        self.judge = Judge(self.trainer, self.observer)
        replicas = experiment.training.replicas
        self.population = Population(replicas)
        self.steady = Hysteresis()
        self.instruments = Instruments(self.trainer, self.observer)
        self.deaths_seen = 0
        """Of units of the replicas in focus, since the run began."""
        self.train_history = History(replicas, geometric=True)
        self.probe_history = History(replicas, geometric=True)
        self.omega_history = History(replicas, geometric=False)
        self.events: list[Event] = []
        self.journal: list[Event] = []
        self._reading: tuple[int, Reading] | None = None
        self._own = experiment
        """The experiment without what remedies changed: `reinitialize` goes back to it."""
        self.control_run = ControlRun(experiment, device)
        self.treatment: Treatment | None = None
        """The remedy at work."""
        self.judge.remember(0)
        self.note(f"{name}, seed {experiment.training.seed}, {device}")
        for key, lost in warnings(experiment).items():
            self.note(f"{key}: {lost}")

    @property
    def experiment(self) -> Experiment:
        """The experiment as it stands, with what was set in mid-run."""
        return self.trainer.experiment

    @property
    def step(self) -> int:
        """Steps done."""
        return self.trainer.done

    def _observer(self) -> Observer:
        test = test_probe(self.experiment)
        return Observer(self.trainer.training_step, training_probe(self.experiment), test, self.preemption)

    def note(self, text: str, command: str | None = None) -> Event:
        """Enter an event; with `command` into the journal too."""
        event = Event(self.step, text, command)
        self.events = [*self.events[1 - _KEPT_EVENTS :], event]
        if command:
            self.journal.append(event)
        return event

    def note_deaths(self, news: list[Event]) -> None:
        """Enter units that died or came back to life."""
        self.deaths_seen += len(news)
        self.events = [*self.events, *news][-_KEPT_EVENTS:]

    def advance(self, count: int) -> None:
        """Train so many steps, or fewer where a command comes; now and then the probe losses are noted on the way."""
        last = self.step + count
        while self.step < last and self.trainer.alive:
            first = self.step
            losses = self._train(min(last, max(self.judge.trend.due, first + 1)) - first)
            self.train_history.add(first, losses.cpu().double().numpy())
            self._watch()
            if self.step >= self.judge.trend.due:
                self._remember()
            if self.preemption.wanted():
                break
        if not self.trainer.alive:
            self.note("diverged: a parameter or the loss is not finite; frozen at the last good step")

    def _remember(self) -> None:
        """Note the probe losses; where a command is waiting, after one of the next steps."""
        with suppress(Preempted), self.preemption.preemptible():
            self.judge.remember(self.step)

    def _train(self, count: int) -> Tensor:
        """At most so many steps, up to the next act of a remedy; losses `[steps, replicas]`."""
        if self.treatment is None:
            return self.trainer.advance(count)
        losses = self.treatment.advance(count)
        self._see_to_treatment()
        return losses

    def remedy(self, name: str) -> str:
        """Begin a remedy. Raises Refused where it does not fit."""
        self._end_treatment(f"{name} took over")
        treatment = prescribe(name, self.trainer, self._adopt, self.preemption)
        text = treatment.begin()
        self.treatment = None if treatment.ended else treatment
        self._placed()
        return text

    def _see_to_treatment(self) -> None:
        if self.treatment is not None and self.treatment.ended:
            self.note(f"{self.treatment.name} {self.treatment.outcome}")
            self.treatment = None
            self._placed()

    def _end_treatment(self, why: str) -> None:
        if self.treatment is not None:
            self.treatment.abandon(why)
            self._see_to_treatment()

    def halt(self, why: str) -> None:
        """Training cannot go on: a remedy at work is over."""
        self._end_treatment("training was halted")
        self.note(why)

    def _adopt(self, changed: Experiment) -> None:
        self.trainer.adopt(changed)
        self.observer = self._observer()
        self.judge.observe(self.observer)
        self.instruments = Instruments(self.trainer, self.observer)

    def _watch(self) -> None:
        """Sample the frequency, between readings too: a passage through the answer's basin is never missed for long."""
        omega = self.judge.frequencies()
        if omega is not None:
            self.judge.watch(omega)
            self.omega_history.add(self.step, omega[:, :1].T)

    def _changed(self) -> None:
        self._reading = None
        self.population.forget()
        self.steady.forget()
        self.instruments.deaths.forget()
        self._watch()

    def _placed(self) -> None:
        """The parameters are others than training made them."""
        self.judge.forget()
        self._changed()
        self._remember()

    def reading(self) -> Reading:
        """The reading of all present parameters; taken once."""
        if self._reading is None or self._reading[0] != self.step:
            reading = self.observer.read(self.trainer.parameters)
            self._reading = self.step, reading
            self.probe_history.add(self.step, reading.loss[None])
            everyone = slice(0, len(reading.loss))
            self.population.put(everyone, self.step, reading.loss, self.judge.codes(reading, everyone))
            self.population.note(self.step)
        return self._reading[1]

    def inject(self, offset: float) -> str:
        """Set the known answer, plus an offset on its frequencies."""
        self._end_treatment("the answer was injected")
        self.trainer.inject(offset)
        self._placed()
        beside = f" {offset:+g}" if offset else ""
        return f"injected the known answer{beside}: {self._figures()}"

    def reinitialize(self, seed: int | None) -> str:
        """Draw the parameters afresh."""
        self._end_treatment("reinitialized")
        if self.experiment is not self._own:
            self._adopt(self._own)
        self.trainer.reinitialize(seed)
        self._placed()
        return f"reinitialized with seed {int(self.trainer.seeds[0])}: {self._figures()}"

    def set(self, key: str, text: str) -> str:
        """Change one value in mid-run."""
        if not any(key == path or key.startswith(path.rstrip(".") + ".") for path in CHANGEABLE):
            raise Refused(
                f"{key} needs a new run; in mid-run you can set {', '.join(p.rstrip('.') for p in CHANGEABLE)}"
            )
        try:
            table = override(self.experiment.model_dump(mode="python"), key, parse_value(text))
            changed = Experiment.model_validate(table)
        except ValidationError as error:
            raise Refused("; ".join(problems(error, table))) from None
        except ValueError as problem:
            raise Refused(f"{key} = {text}: {problem}") from None
        check_memory(changed, self.trainer.device)
        self._end_treatment(f"{key} was set")
        self._adopt(changed)
        self._own = changed
        self._changed()
        return f"set {key} to {text}" + (f", lr {changed.optimizer.lr:g}" if key == "optimizer.kind" else "")

    def undo_point(self) -> UndoPoint:
        """What `restore` goes back to."""
        return UndoPoint(Checkpoint.of(self.trainer), self._own)

    def restore(self, point: UndoPoint) -> str:
        """Go back to what was before a command; the steps count on."""
        self._end_treatment("its command was undone")
        self._adopt(point.checkpoint.experiment)
        self._own = point.own
        point.checkpoint.restore(self.trainer)
        self._placed()
        return self._figures()

    def _figures(self) -> str:
        frequencies, loss = self.judge.frequencies(), self.observer.loss(self.trainer.parameters[:1])
        omega = "" if frequencies is None else f"ω {frequencies[0, 0]:.6g}, "
        return f"{omega}loss {loss[0]:.4g}"
