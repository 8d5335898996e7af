"""One run: a trainer, what is measured of it, and the journal of what was done to it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from periodic_tui.engine.death_watch import DeathWatch, Found
from periodic_tui.engine.diagnosis import Diagnosis
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.warnings import warnings
from periodic_tui.engine.measurements import Measurements
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.scheduling.preemption import UNSET, Flag, Preemption
from periodic_tui.engine.snapshot import Death, Event, Sweep, View
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.control_run import ControlRun
from periodic_tui.engine.training.devices import check_known
from periodic_tui.engine.training.memory import check_memory
from periodic_tui.engine.training.own_module import check_device
from periodic_tui.engine.training.standardized import scales
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment import Treatment, prescribe
from periodic_tui.engine.treatment.context import TrainerContext

KEPT_EVENTS = 200


@dataclass(frozen=True, eq=False)
class UndoPoint:
    """What a run was before a command."""

    step: int
    checkpoint: Checkpoint
    own: Experiment
    """The experiment to which `reinitialize` goes back."""
    life: int


class Run:
    """A preset in training. A verb that raises Refused has changed nothing, nor ended a remedy at work."""

    def __init__(
        self,
        number: int,
        name: str,
        experiment: Experiment,
        device: torch.device,
        preemption: Preemption | None = None,
        stepper_for: Callable[[Trainer], Stepper] = Trainer.eager,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Raises Refused where the experiment cannot be trained on this device."""
        self.number, self.name = number, name
        self.preemption = preemption or Preemption()
        """By which measurements give way to commands."""
        self.trainer = Trainer(experiment, device)
        check_device(self.trainer)
        self._measured = Measurements(self.trainer, self.preemption, wake)
        self.control = ControlRun(experiment, device, stepper_for)
        self.events: list[Event] = []
        self.journal: list[Event] = []
        self.treatment: Treatment | None = None
        """The remedy at work."""
        self._context: TrainerContext | None = None
        """What the last remedy was handed."""
        self.life = 0
        """Step at which the parameters were last drawn, or a remedy began: curves show what came since."""
        self.recorder: Recorder | None = None
        """What is told of every event."""
        self.watch = DeathWatch(self.trainer, self._measured)
        self._passing: Event | None = None
        """The last event, where it gives way to the next one of its kind."""
        self.began = experiment
        """The experiment with which it began."""
        self.own = self.trainer.experiment
        """The experiment without what remedies changed: `reinitialize` goes back to it."""
        self.note(f"{name}, seed {experiment.training.seed}, {device}")
        for key, lost in warnings(experiment).items():
            self.note(f"{key}: {lost}")
        if units := scales(self.experiment):
            self.note(units)

    # What it is now.

    @property
    def measured(self) -> Measurements:
        """All that is measured of it, once the steps under way are done."""
        self.arrive()
        return self._measured

    def arrive(self) -> None:
        """Wait for the steps that an accelerator is still at work on."""
        self._measured.arrive()

    @property
    def known(self) -> int:
        """Steps that are done for sure; `step` may be ahead by those that an accelerator is at work on."""
        return self._measured.known

    @property
    def experiment(self) -> Experiment:
        """The experiment as it stands, with what was set in mid-run."""
        return self.trainer.experiment

    @property
    def observer(self) -> Observer:
        """What takes readings of the experiment as it stands."""
        return self.measured.observer

    @property
    def step(self) -> int:
        """Steps done."""
        return self.trainer.done

    @property
    def first_seed(self) -> int:
        """Seed of the first replica."""
        return int(self.trainer.seeds[0])

    @property
    def activation(self) -> str:
        """Name of the hidden activation, names where layers differ, or empty."""
        return ", ".join(dict.fromkeys(each.kind for each in self.experiment.model.hidden_activations))

    @property
    def basin(self) -> float | None:
        """Half-width of the answer's basin on the whole domain, where it is known."""
        return self.measured.judge.basin

    def figures(self) -> str:
        """Frequency and probe loss of the first replica, as events tell them."""
        return self.measured.figures()

    def reading(self) -> Reading:
        """The reading of all replicas at this step; taken once."""
        return self.measured.reading()

    # Events.

    def record(self, recorder: Recorder, so_far: Sequence[Event] = ()) -> None:
        """Tell a recorder of these events, and of every one from now on."""
        self.recorder = recorder
        for event in so_far:
            recorder.event(event)

    def note(self, text: str, command: str | None = None, passing: bool = False) -> Event:
        """Enter an event; with `command` into the journal too. One that is `passing` takes the place of one that was,
        if nothing has happened in between."""
        event = Event(self.step, text, command)
        if passing and self._passing is self.events[-1]:
            self.events = self.events[:-1]
        self._enter(event)
        self._passing = event if passing else None
        if command:
            self.journal.append(event)
        return event

    def _enter(self, event: Event) -> None:
        """Enter an event in the order of the steps."""
        self.events = sorted([*self.events, event], key=lambda each: each.step)[-KEPT_EVENTS:]
        if self.recorder:
            self.recorder.event(event)

    def told(self, events: Sequence[Event]) -> None:
        """Have had these events, whatever was noted."""
        self.events = list(events)[-KEPT_EVENTS:]

    # Training and observing.

    def advance(self, count: int, preemptible: bool = False) -> None:
        """Train so many steps; with `preemptible` fewer where a command comes."""
        last, wanted = self.step + count, self.preemption.flag if preemptible else UNSET
        while self.step < last and self.trainer.alive:
            first = self.step
            losses = self._train(min(last, max(self._measured.due, first + 1)) - first, wanted)
            self._measured.trained(first, losses)
            if preemptible and self.preemption.wanted():
                break
        if not self.trainer.alive:
            self.note("diverged: a parameter or the loss is not finite; frozen at the last good step")

    def _train(self, count: int, wanted: Flag) -> Tensor:
        """At most so many steps, up to a remedy's next act or until the flag is set; losses `[steps, replicas]`."""
        if self.treatment is None:
            return self.trainer.launch(count, wanted) if self._measured.ahead else self.trainer.advance(count, wanted)
        before = self.trainer.state["parameters"], self.trainer.step_inputs, self.trainer.training_step
        losses = self.treatment.advance(count, wanted)
        after = self.trainer.state["parameters"], self.trainer.step_inputs, self.trainer.training_step
        if not len(losses) and any(one is not other for one, other in zip(before, after, strict=True)):
            self.measured.forget()
        self._see_to_treatment()
        return losses

    def look_for_deaths(self, view: View, hurried: bool = False) -> Found:
        """Enter the deaths and revivals since the last look. Where the view wants to stop
        at a death, training goes back to the step of the first one, unless the look is `hurried`."""
        self.arrive()
        found = self.watch.look(view, self.treatment is None and not hurried, self.advance)
        if found.back_at is not None:
            self.events = [event for event in self.events if event.step <= found.back_at]
            self.journal = [event for event in self.journal if event.step <= found.back_at]
            if self.recorder:
                self.recorder.back(found.back_at)
        for event in found.events:
            self._enter(event)
        if found.events:
            playable = {death.number for death in self.deaths}
            self.events = [each if each.death in playable else replace(each, death=None) for each in self.events]
        if found.died and self.recorder:
            self.recorder.remember()
        return found

    @property
    def deaths(self) -> tuple[Death, ...]:
        """The last ones that can be played again, oldest first."""
        return tuple(self.watch.deaths)

    def observe(self, view: View, live: bool = False, settled: bool = False, brief: bool = False) -> Diagnosis:
        """Measure what the view looks at: the only writer of what is observed. See Measurements.observe."""
        found = self.measured.observe(view, live, settled, brief)
        if not view.compare:
            return found
        if not live:
            self.follow()
        return replace(found, untreated=self.control.curve(found.focus))

    def follow(self, until: float = float("inf")) -> bool:
        """Train the control run up to this step, or until that moment or a command; whether it took any step."""
        wanted = UNSET if math.isinf(until) else self.preemption.flag
        return self.control.follow(self.first_seed, self.step, until, self.trainer.stepper.name, wanted)

    @property
    def sweep(self) -> Sweep:
        """The trials of the last remedy."""
        return self._context.sweep if self._context else Sweep()

    # What can be done to it.

    def inject(self, offset: float) -> None:
        """Set the known answer, plus an offset on its frequencies. Raises Refused."""
        self.trainer.inject(offset)
        self._end_treatment("the answer was injected")
        self.measured.begin_anew()

    def reinitialize(self, seed: int | None) -> None:
        """Draw the parameters afresh, from the experiment without what remedies changed."""
        self._end_treatment("reinitialized")
        if self.experiment is not self.own:
            self.adopt(self.own)
        self.trainer.reinitialize(seed)
        self.life = self.step
        self.measured.begin_anew()

    def change(self, changed: Experiment, why: str) -> None:
        """Go on with a changed experiment; `why` is told of a remedy that it ends. Raises Refused."""
        check_known(changed, self.trainer.device)
        check_memory(changed, self.trainer.device)
        self.adopt(changed)
        self.own = changed
        self._end_treatment(why)
        self.measured.forget()

    def hold(self, on: bool) -> None:
        """Hold the parameters where they are, whatever the gradient says, or let go of them. Raises Refused."""
        if self.treatment is not None:
            raise Refused("a remedy is at work, and sets the learning rates")
        if on == self.trainer.held:
            raise Refused("the parameters are held already" if on else "the parameters are not held")
        if on:
            self.trainer.hold()
        else:
            self.trainer.release()
        self.measured.forget()

    def treat(self, name: str) -> str:
        """Begin a remedy; returns what was done, in past tense. Raises Refused where it does not fit."""
        treatment = prescribe(name, self.trainer, self.adopt, self.preemption)
        self._end_treatment(f"{name} took over")
        text = treatment.begin()
        self.treatment, self._context = None if treatment.ended else treatment, treatment.context
        self.life = self.life if treatment.ended else self.step
        self.measured.begin_anew()
        return text

    def halt(self, why: str) -> None:
        """Training cannot go on: a remedy at work is over."""
        self._end_treatment("training was halted")
        self.note(why)

    def close(self) -> None:
        """Let go of a remedy at work, which holds this run: its tensors are free at once."""
        self.treatment = self._context = None

    def undo_point(self) -> UndoPoint:
        """What `restore` goes back to; it holds references only."""
        return UndoPoint(self.step, Checkpoint.of(self.trainer), self.own, self.life)

    def restore(self, point: UndoPoint) -> None:
        """Go back to what was before a command; the steps count on."""
        self._end_treatment("its command was undone")
        self.adopt(point.checkpoint.experiment)
        self.own, self.life = point.own, point.life
        point.checkpoint.restore(self.trainer)
        self.measured.begin_anew()

    def adopt(self, changed: Experiment) -> None:
        """Go on with a changed experiment, whatever the reason. Raises Refused, and changes nothing, where the
        parameters no longer fit."""
        observer = self.measured.observer_of(changed)
        self.trainer.adopt(changed)
        self.measured.use(observer)

    def _see_to_treatment(self) -> None:
        if self.treatment is not None and self.treatment.ended:
            self.journal.append(self.note(f"{self.treatment.name} {self.treatment.outcome}"))
            self.treatment = None
            self.measured.begin_anew()

    def _end_treatment(self, why: str) -> None:
        if self.treatment is not None:
            self.treatment.abandon(why)
            self._see_to_treatment()
