"""All that is measured of a run: kept here, and written nowhere else."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
from torch import Tensor

from periodic_tui.engine.arrays import Counts, Floats, no_values
from periodic_tui.engine.diagnosis import Diagnosis, Report
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.deaths import Change, Deaths
from periodic_tui.engine.diagnostics.gradient_stats import GradientMeter
from periodic_tui.engine.diagnostics.probe import test_probe, training_probe
from periodic_tui.engine.diagnostics.stretch import Moment
from periodic_tui.engine.errors import Preempted
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.attributes import kept, put_back
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.scheduling.preemption import Preemption
from periodic_tui.engine.snapshot import Features, Landscape, View
from periodic_tui.engine.training.fetched import FEW_LOSSES, as_values
from periodic_tui.engine.training.history import Abandoned, History, width_for
from periodic_tui.engine.training.step import TrainingStep
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.under_way import UnderWay
from periodic_tui.engine.verdicts.hysteresis import Hysteresis
from periodic_tui.engine.verdicts.judge import Judge
from periodic_tui.engine.verdicts.population import Population
from periodic_tui.engine.verdicts.rules import CODES
from periodic_tui.engine.views.features import FeatureMap
from periodic_tui.engine.views.landscape import LossLandscape

_SAMPLED = 64
"""Frequencies of very many replicas are sampled so many steps apart, of fewer as many as there are times so many."""
_READ = 0.005
"""Share of the work that readings of the replicas which nobody looks at may take in passing, …"""
_FREE = 1 / 16
"""… where all of them take more effort (see Judge.effort) than this."""
_OWN = 0.008
"""Share of the work that looks at the one in focus may take in passing, where it takes more effort than that. …"""
_BESIDES = 4096
"""… A look takes about as long as the outputs on so many points more than those of the probe and the test domain."""
_AT_ONCE = 0.2
"""Effort (see Judge.effort) up to which a command waits until all losses before it are known …"""
_WORTH_WAITING = 4.0
"""Efforts (see Judge.effort) up to which a command waits until the loss before it is known."""

_MEMORY = ("train_losses", "probe_losses", "frequencies", "abandoned", "judge", "population", "hysteresis")


class Measurements:
    """Readings, verdicts, histories and looks of one run."""

    def __init__(self, trainer: Trainer, preemption: Preemption, wake: Callable[[], None]) -> None:
        replicas = len(trainer.seeds)
        self.trainer, self.preemption = trainer, preemption
        self._wake = wake
        self.observer = self.observer_of(trainer.experiment)
        width = width_for(replicas, self.ahead)
        self.train_losses = History(replicas, geometric=True, together=True, width=width)
        self.judge = Judge(trainer, self.observer, self.train_losses)
        self.population = Population(replicas)
        self.hysteresis = Hysteresis()
        self.probe_losses = History(replicas, geometric=True)
        self.frequencies = History(replicas, geometric=False, together=True)
        self.abandoned = Abandoned(replicas)
        self._reading: tuple[int, Reading] | None = None
        self._judged_at = -1
        """The step of the last full reading of which everybody's verdict is known."""
        self._glanced: tuple[int, slice, Reading] | None = None
        self._fresh_at = -1
        self._passed_at = self._sampled_at = 0
        """The steps of the last reading in passing, and of the last sample of the frequencies."""
        self._under_way: UnderWay | None = None
        self._look_through()
        self._sample_frequencies()
        self._enter(self.judge.remember(0))

    def observer_of(self, experiment: Experiment) -> Observer:
        """An observer for an experiment, not yet used. Raises Refused where its target is not finite on the probe."""
        probe, test = training_probe(experiment), test_probe(experiment)
        return Observer(TrainingStep.of(experiment), probe, test, self.preemption, self.trainer.measured_on)

    def use(self, observer: Observer) -> None:
        """Go on with another observer: the experiment has changed."""
        self.observer = observer
        self.judge.observe(observer)
        self._look_through()

    def _look_through(self) -> None:
        """What a live screen looks through, besides readings and verdicts."""
        trainer, observer = self.trainer, self.observer
        self.deaths = Deaths(trainer, observer)
        self.gradients = GradientMeter(trainer, observer)
        self._landscape = LossLandscape(trainer, observer)
        self._features = FeatureMap(trainer, observer, self._wake)

    @property
    def step(self) -> int:
        return self.trainer.done

    @property
    def aside(self) -> float:
        """Seconds of the thread's own time spent so far on what has a budget of its own: slow figures, and the search
        for deaths."""
        return self.judge.budgets.worked + self.deaths.budget.worked

    # What training and commands tell.

    def trained(self, first: int, losses: Tensor) -> None:
        """Steps from number `first` on were taken, or launched, with these losses `[steps, replicas]`."""
        self.arrive()
        few = self.ahead and losses.numel() <= FEW_LOSSES
        if not few:
            self.train_losses.add(first, as_values(losses))
        self.deaths.passed()
        sampled = self.step >= self._sampled_at + min(_SAMPLED, len(self.trainer.seeds) // _SAMPLED)
        if self.ahead:
            self._send_for(first, sampled, losses if few else None)
        elif sampled:
            self._sample_frequencies()
        if self.step >= self.due:
            self.arrive()
            self._remember()

    @property
    def ahead(self) -> bool:
        """Whether steps are launched before those before them are done."""
        return self.trainer.device.type == "cuda"

    def _send_for(self, first: int, sampled: bool, losses: Tensor | None) -> None:
        """What the steps from number `first` on come to is to be known when the next ones are under way."""
        omega = self.judge.own_frequencies() if sampled else None
        self._sampled_at = self.step if sampled else self._sampled_at
        self._under_way = UnderWay(self.trainer, first, omega, losses)

    def arrive(self) -> None:
        """Wait for steps that are under way, and note what they came to."""
        if chunk := self._under_way:
            self._under_way = None
            arrived = chunk.arrived(self.trainer)
            if "losses" in arrived:
                self.train_losses.add(chunk.first, arrived["losses"].numpy())
            if "omega" in arrived:
                self._enter_frequencies(chunk.last, arrived["omega"].double().numpy())

    @property
    def known(self) -> int:
        """Steps that are done for sure."""
        return self._under_way.first if self._under_way else self.step

    @property
    def due(self) -> int:
        """The step at which the probe losses of all replicas are to be noted next."""
        return self.judge.trend.due

    def _remember(self) -> None:
        """Note the probe losses; where a command is waiting, after one of the next steps."""
        with suppress(Preempted), self.preemption.preemptible():
            self._enter(self.judge.remember(self.step))

    def _enter(self, losses: Floats) -> None:
        """Probe losses `[replicas]` at this step."""
        self.probe_losses.add(self.step, losses[None])
        self.population.enter(self.step, losses)

    def note(self, view: View) -> None:
        """Note the probe losses before a command acts, or the focused replica's alone, where that is soon done."""
        if self.judge.effort(len(self.trainer.seeds)) <= _AT_ONCE:
            self._enter(self.judge.losses())
        elif self.judge.effort(1) <= _WORTH_WAITING:
            focus = self._focus(view)
            part = slice(focus, focus + 1)
            self.probe_losses.add(self.step, self.observer.loss(self.trainer.parameters_of(part))[None], part)

    def _sample_frequencies(self) -> None:
        """Between readings too: a passage through the answer's basin is never missed for long."""
        self._sampled_at = self.step
        omega = self.judge.frequencies()
        if omega is not None:
            self._enter_frequencies(self.step, omega)

    def _enter_frequencies(self, step: int, omega: Floats) -> None:
        self.judge.watch(omega)
        self.frequencies.add(step, omega[:, :1].T)

    def forget(self) -> None:
        """What was measured at this step no longer holds: a command has changed the run."""
        self._reading, self._glanced, self._fresh_at = None, None, -1
        self.population.forget()
        self.hysteresis.forget()
        self.deaths.forget()
        self.gradients.forget()
        self._landscape.forget()
        self._features.forget()
        self._sample_frequencies()

    def begin_anew(self) -> None:
        """The parameters are others than training made them."""
        self.judge.forget()
        for history in (self.train_losses, self.probe_losses, self.frequencies, self.population.fan):
            history.begin(self.step)
        self.forget()
        self.population.begin()
        self._remember()

    def rewind(self, step: int) -> None:
        """Training goes on from an earlier step: what came after it is forgotten."""
        for history in (self.train_losses, self.probe_losses, self.frequencies, self.population.fan):
            history.rewind(step)
        self.judge.rewind(step)
        self.population.forget()
        self.hysteresis.forget()
        self.deaths.rewind(step)
        self._reading, self._glanced, self._fresh_at = None, None, -1
        self._sampled_at = self._passed_at = step

    def abandon(self) -> Abandoned:
        """The course so far, to be seen beside another one that is taken from an earlier step on."""
        return Abandoned(len(self.trainer.seeds), self.train_losses.copied(), self.frequencies.copied())

    def remembered(self) -> Tree:
        """Histories, and what verdicts need of the past."""
        return kept(self, _MEMORY)

    def recall(self, tree: Tree) -> None:
        """Know what was known of a run that goes on here. Raises NotReadable."""
        self.hysteresis.forget()
        self.deaths.forget()
        self._reading, self._glanced, self._fresh_at = None, None, -1
        self._landscape.forget()
        self._features.forget()
        self._sampled_at = self._passed_at = self.step
        put_back(self, _MEMORY, tree)

    # Readings.

    def figures(self) -> str:
        """Frequency and probe loss of the first replica, as events tell them."""
        frequencies, loss = self.judge.frequencies(), self.observer.loss(self.trainer.parameters[:1])
        omega = "" if frequencies is None else f"ω {frequencies[0, 0]:.6g}, "
        return f"{omega}loss {loss[0]:.4g}"

    def reading(self, brief: bool = False) -> Reading:
        """The reading of all present parameters, and the verdict on everyone; taken once. `brief`: for the verdict
        nothing is looked into that takes long."""
        if self._reading is None or self._reading[0] != self.step:
            reading = self.observer.read(self.trainer.parameters)
            self._reading, self._judged_at = (self.step, reading), -1
            self.probe_losses.add(self.step, reading.loss[None])
            self._judge_everyone(reading, brief)
            self.population.note(self.step)
        elif not brief and self._judged_at != self.step:
            self._judge_everyone(self._reading[1], brief)
        return self._reading[1]

    def _judge_everyone(self, reading: Reading, brief: bool) -> None:
        everyone = slice(0, len(reading.loss))
        self.population.put(everyone, self.step, reading.loss, self.judge.codes(reading, everyone, brief=brief))
        if not brief:
            self._judged_at = self.step

    def look_for_deaths(self, view: View, repeatable: bool) -> list[Change]:
        """Units of the replica in focus that died or came back since the last look, in the order of the steps.

        `repeatable`: the steps since then can be run again.
        """
        moment, focus = self.moment(view), self._focus(view)
        points = self._glance(slice(focus, focus + 1)).points
        return self.deaths.look(focus, moment, points, repeatable, view.stop_at_death)

    def looked_before(self) -> bool:
        """Whether somebody looks for deaths, did so at an earlier step, and can do it soon."""
        last = self.deaths.looked_at
        return last is not None and last < self.step and self.judge.effort(1) <= _WORTH_WAITING

    def moment(self, view: View) -> Moment:
        """The replica in focus as it is now."""
        focus = self._focus(view)
        activity = tuple(units.activity[0] for units in self._glance(slice(focus, focus + 1)).units)
        return self.deaths.moment(focus, activity)

    def _focus(self, view: View) -> int:
        return min(max(view.focus, 0), len(self.trainer.seeds) - 1)

    def observe(self, view: View, live: bool, settled: bool = False, brief: bool = False) -> Diagnosis:
        """Measure the replica that is looked at, and what else the view asks for.

        `live`: of the other replicas a few are read anew, as time allows; and the verdict waits before it changes its
        mind, and what takes long may be a little old, unless all has `settled`: at a pause. `brief`: of the others as
        many as the steps since the last such look allow, and for the verdict nothing is looked into that takes long.
        Neither: all of them are read.
        """
        focus = self._focus(view)
        if self._sampled_at != self.step:
            self._sample_frequencies()
        if settled:
            self._measure_afresh()
        found = (
            self._at_a_glance(focus, settled) if live else self._in_passing(focus) if brief else self._in_full(focus)
        )
        landscape = Landscape()
        if "landscape" in view.panes:
            landscape = self._landscape(focus, view.near, self.judge.basin_now(focus))
        features = self._features(focus, view.tsne) if "features" in view.panes else Features()
        return replace(found, landscape=landscape, features=features)

    def _in_full(self, focus: int, brief: bool = False) -> Diagnosis:
        reading = self.reading(brief).one(focus)
        causes, layers = self.judge.causes(reading, focus, brief=brief)
        return Diagnosis(focus, reading, causes[0], causes, layers)

    def _in_passing(self, focus: int) -> Diagnosis:
        """Where everybody is too many, the replica in focus and the next of the others."""
        count, self._passed_at = self._affordable(), self.step
        if count >= len(self.trainer.seeds) or (self._reading and self._reading[0] == self.step):
            return self._in_full(focus, brief=True)
        part = slice(focus, focus + 1)
        reading = self._read(part, brief=False)
        causes, layers = self.judge.causes(reading, focus, brief=True)
        self.population.put(part, self.step, reading.loss, np.array([CODES.index(causes[0].code)]))
        self.population.go_on(self.step, count, self._judged_in_passing)
        return Diagnosis(focus, reading, causes[0], causes, layers)

    def _affordable(self) -> int:
        """How many replicas may be read in passing: by the work of the steps since the last time."""
        replicas, steps = len(self.trainer.seeds), self.step - self._passed_at
        if self.judge.effort(replicas) <= _FREE:
            return replicas
        return int(_READ * steps * replicas / self.judge.steps_of(len(self.observer.probe.x))) or 1

    @property
    def affords_look(self) -> bool:
        """Whether the steps since the last look in passing pay for one at the one in focus."""
        steps, small = self.step - self._passed_at, self.judge.effort(1) <= _FREE
        probes = self.observer.probe, self.observer.test
        points = _BESIDES + sum(len(probe.x) for probe in probes if probe)
        return small or not steps or _OWN * steps >= self.judge.steps_of(points)

    def report(self, view: View) -> Report:
        """What is told on the way of the replica in focus, without a look at anything else."""
        focus, frequencies = self._focus(view), self.judge.frequencies()
        part = slice(focus, focus + 1)
        loss = self.observer.loss(self.trainer.parameters_of(part))
        self.probe_losses.add(self.step, loss[None], part)
        omega = no_values() if frequencies is None else frequencies[focus]
        return Report(self.step, float(loss[0]), float(self.trainer.last_loss[focus]), omega)

    def _judged_in_passing(self, part: slice) -> tuple[Floats, Counts]:
        reading = self._read(part, brief=False)
        return reading.loss, self.judge.codes(reading, part, brief=True)

    def glimpse(self, before: Diagnosis) -> Diagnosis:
        """An earlier diagnosis with the present reading and layers, for a picture in passing: nothing is noted, so that
        it changes no verdict."""
        part = slice(before.focus, before.focus + 1)
        reading = self.observer.read(self.trainer.parameters_of(part), brief=True)
        return replace(before, reading=reading, layers=self.judge.layers(reading, part, live=True))

    def _measure_afresh(self) -> None:
        """What was measured at another step is measured again, whatever it costs."""
        if self._fresh_at != self.step:
            self.gradients.forget()
            self._landscape.forget()
            self._fresh_at = self.step

    def _at_a_glance(self, focus: int, settled: bool) -> Diagnosis:
        part = slice(focus, focus + 1)
        reading = self._glance(part)
        stats = self.gradients(focus)
        self.preemption.check()
        causes, layers = self.judge.causes(reading, focus, live=True, settled=settled, stats=stats)
        self.preemption.check()
        self.population.put(part, self.step, reading.loss, np.array([CODES.index(causes[0].code)]))
        if len(self.trainer.seeds) > 1:
            self.population.sweep(self.step, self._judged)
        else:
            self.population.note(self.step)
        shown = (self.hysteresis.settle if settled else self.hysteresis)(causes[0], focus)
        return Diagnosis(focus, reading, shown, causes, layers, stats)

    def _glance(self, part: slice) -> Reading:
        """The reading of the replica in focus; taken once a step."""
        if self._glanced is None or self._glanced[:2] != (self.step, part):
            self._glanced = self.step, part, self._read(part)
        return self._glanced[2]

    def _read(self, part: slice, brief: bool = True) -> Reading:
        reading = self.observer.read(self.trainer.parameters_of(part), brief)
        self.probe_losses.add(self.step, reading.loss[None], part)
        return reading

    def _judged(self, part: slice) -> tuple[Floats, Counts]:
        """Losses and codes of some replicas."""
        reading = self._read(part)
        return reading.loss, self.judge.codes(reading, part, live=True)
