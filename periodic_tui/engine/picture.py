"""A whole picture of a run; the session adds state, rate and pace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.engine.diagnosis import Diagnosis, findings_of, glance_at
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import EMPTY, Curve, Features, Landscape, Snapshot, View
from periodic_tui.engine.treatment import offers
from periodic_tui.engine.views.clock_face import clock_face
from periodic_tui.engine.views.fit import fit_of
from periodic_tui.engine.views.unit_curve import unit_curve


def picture_of(run: Run, view: View, live: bool = False) -> Snapshot:
    """What the view looks at; `live`: what the screen shows while the run goes on, without reading every replica."""
    focus = min(max(view.focus, 0), len(run.trainer.seeds) - 1)
    found = glance_at(run, focus) if live else findings_of(run, focus)
    picture = _what_runs(EMPTY, run, focus)
    picture = _losses(picture, run, found)
    picture = _frequencies(picture, run, found)
    picture = _population(picture, run)
    picture = _network(picture, run, found, view)
    picture = _asked_for(picture, run, view)
    return _told(picture, run, found)


def _what_runs(picture: Snapshot, run: Run, focus: int) -> Snapshot:
    experiment = run.experiment
    return replace(
        picture,
        run=run.number,
        preset=run.name,
        title=experiment.title,
        story=experiment.story,
        step=run.step,
        seed=int(run.trainer.seeds[focus]),
        replicas=len(run.trainer.seeds),
        focus=focus,
        device=str(run.trainer.device),
        engine=run.trainer.stepper.name,
        dtype=experiment.training.dtype,
        optimizer=experiment.optimizer.kind,
        lr=experiment.optimizer.lr,
        activation=getattr(getattr(experiment.model, "activation", None), "kind", ""),
    )


def _losses(picture: Snapshot, run: Run, found: Diagnosis) -> Snapshot:
    focus, reading = found.focus, found.reading
    return replace(
        picture,
        loss=float(reading.loss[0]),
        train_loss=float(run.trainer.last_loss[focus]),
        loss_test=None if reading.loss_test is None else float(reading.loss_test[0]),
        train_curve=run.train_history.curve(focus),
        probe_curve=run.probe_history.curve(focus),
    )


def _frequencies(picture: Snapshot, run: Run, found: Diagnosis) -> Snapshot:
    return replace(
        picture,
        omega=found.reading.omega[0],
        omega_curve=run.omega_history.curve(found.focus),
        answer=run.judge.answer,
        basin=run.judge.basin_now(found.focus),
        candidates=np.array(run.treatment.context.candidates if run.treatment else []),
    )


def _population(picture: Snapshot, run: Run) -> Snapshot:
    return replace(
        picture,
        outcomes=run.population.outcomes(),
        outcome_codes=run.population.names(),
        loss_fan=run.population.curves(),
    )


def _network(picture: Snapshot, run: Run, found: Diagnosis, view: View) -> Snapshot:
    parameters = run.trainer.parameters_of(slice(found.focus, found.focus + 1))
    return replace(
        picture,
        fit=fit_of(run.observer, parameters, view),
        clock=clock_face(run.observer, parameters),
        unit=unit_curve(run.observer, parameters, view),
        layers=found.layers,
        gradient_stats=found.gradient_stats,
        probe_points=len(run.observer.probe.x),
    )


def _asked_for(picture: Snapshot, run: Run, view: View) -> Snapshot:
    """What is only computed while it is looked at."""
    look, focus = run.instruments, picture.focus
    return replace(
        picture,
        landscape=look.landscape(focus, view.near, picture.basin) if "landscape" in view.panes else Landscape(),
        features=look.features(focus, view.tsne) if "features" in view.panes else Features(),
        untreated_curve=run.control_run.curve(picture.seed, run.step) if view.compare else Curve(),
    )


def _told(picture: Snapshot, run: Run, found: Diagnosis) -> Snapshot:
    return replace(
        picture,
        verdict=found.verdict,
        events=tuple(run.events),
        stage=f"{run.treatment.name}: {run.treatment.stage}" if run.treatment else "",
        remedies=offers(run.experiment, found.verdict.code),
    )
