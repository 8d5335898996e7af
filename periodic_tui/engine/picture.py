"""A whole picture of a run, drawn from what was found; the session adds state, rate, pace and the engine's remark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnosis import Diagnosis
from periodic_tui.engine.diagnostics.layers import with_weights
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Layer, Snapshot, Trained, View
from periodic_tui.engine.training.sampling import intervals_in_use
from periodic_tui.engine.treatment import complaints, offers
from periodic_tui.engine.verdicts.rules import CODES
from periodic_tui.engine.views.clock_face import clock_face
from periodic_tui.engine.views.fit import fit_of, narrowed, unit_curve
from periodic_tui.engine.views.thumbnails import thumbnails_of


def picture_of(run: Run, found: Diagnosis, view: View) -> Snapshot:
    """The picture of a run at the step of the diagnosis. It changes nothing."""
    measured, focus, treatment = run.measured, found.focus, run.treatment
    parameters = run.trainer.parameters_of(slice(focus, focus + 1))
    used = narrowed(run.experiment, intervals_in_use(run.trainer.step_inputs, focus))
    layers = found.layers
    if "weights" in view.panes:
        layers = with_weights(layers, run.trainer.training_step.layout.by_layer(parameters))
    if "units" in view.panes:
        layers = _drawn(layers, thumbnails_of(run.observer, parameters, view, used))
    return replace(
        _with_curves(_what_runs(run, focus), run, focus),
        loss=float(found.reading.loss[0]),
        train_loss=float(run.trainer.last_loss[focus]),
        loss_test=None if found.reading.loss_test is None else float(found.reading.loss_test[0]),
        omega=found.reading.omega[0],
        answer=measured.judge.answer,
        basin=measured.judge.basin_now(focus),
        distance=measured.judge.distance(found.reading),
        candidates=np.array(treatment.context.candidates if treatment else []),
        sweep=run.sweep,
        outcomes=measured.population.outcomes(),
        outcome_codes=CODES,
        outcome_of=measured.population.codes.astype(np.uint8),
        fit=fit_of(run.observer, parameters, view, used),
        clock=clock_face(run.observer, parameters),
        unit=unit_curve(run.observer, parameters, view, used),
        layers=layers,
        gradient_stats=found.gradient_stats,
        probe_points=len(run.observer.probe.x),
        landscape=found.landscape,
        features=found.features,
        untreated_curve=found.untreated,
        verdict=found.verdict,
        causes=found.causes,
        baselines=measured.judge.samples.baselines,
        events=tuple(run.events),
        deaths=run.deaths,
        stops_at_death=view.stop_at_death,
        stage=f"{treatment.name}: {treatment.stage}" if treatment else "",
        remedies=offers(run.experiment, *complaints([found.verdict, *found.causes])),
    )


def _with_curves(picture: Snapshot, run: Run, focus: int) -> Snapshot:
    """The picture with what was measured over the steps."""
    measured = run.measured
    abandoned_curve, abandoned_omega = measured.abandoned.curves(focus)
    return replace(
        picture,
        train_curve=measured.train_losses.curve(focus),
        probe_curve=measured.probe_losses.curve(focus),
        omega_curve=measured.frequencies.curve(focus),
        loss_fan=measured.population.curves(),
        abandoned_curve=abandoned_curve,
        abandoned_omega=abandoned_omega,
    )


def _drawn(layers: tuple[Layer, ...], thumbnails: tuple[Floats, ...]) -> tuple[Layer, ...]:
    """The hidden layers with what their units do."""
    return tuple(replace(layer, thumbnails=own) for layer, own in zip(layers, thumbnails, strict=True))


def _what_runs(run: Run, focus: int) -> Snapshot:
    experiment = run.experiment
    return Snapshot(
        run=run.number,
        preset=run.name,
        title=experiment.title,
        story=experiment.story,
        must_show=experiment.screen.panes,
        step=run.step,
        life=run.life,
        trained=_what_is_trained(run, focus),
        seed=run.first_seed + focus,
        replicas=len(run.trainer.seeds),
        focus=focus,
        device=str(run.trainer.device),
        engine=run.trainer.stepper.name,
    )


def _what_is_trained(run: Run, focus: int) -> Trained:
    experiment, rates = run.experiment, run.trainer.rates[focus]
    target = experiment.target
    return Trained(
        shape=experiment.model.shape(target.inputs, target.outputs),
        activation=run.activation,
        optimizer=experiment.optimizer.kind,
        lr=float(rates.max()),
        batch=experiment.training.batch_size,
        threads=run.trainer.stepper.threads,
        held=run.trainer.held,
    )
