"""The summary of a run: numbers finite or None."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from periodic_tui.engine.arrays import finite, scalar_or_list
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Event, Layer, Verdict, View

MANY = 8
"""Seeds from which the verdict says how many are solved."""


def summary_of(run: Run) -> dict[str, Any]:
    """The contract's summary fields that the run itself knows; numbers finite or None."""
    reading, focus = run.reading(), 0
    found = run.observe(View(focus=focus))
    experiment = run.experiment
    causes = [verdict_fields(cause) for cause in found.causes]
    if len(run.trainer.seeds) >= MANY:
        causes[0]["text"] += f" {run.measured.population.told()}"
    return {
        "preset": run.name,
        "seed": int(run.trainer.seeds[0]),
        "replicas": len(run.trainer.seeds),
        "steps": run.step,
        "engine": run.trainer.stepper.name,
        "device": str(run.trainer.device),
        "threads": run.trainer.stepper.threads,
        "dtype": experiment.training.dtype,
        "loss": finite(reading.loss[focus]),
        "train_loss": finite(run.trainer.last_loss[focus]),
        "loss_test": None if reading.loss_test is None else finite(reading.loss_test[focus]),
        "omega": scalar_or_list(reading.omega[focus]),
        "answer_error": run.measured.judge.answer_error(reading, focus),
        "accuracy": run.observer.accuracy.share(run.trainer.parameters_of(slice(1))),
        "base_rate": run.observer.accuracy.base_rate,
        "outcomes": run.measured.population.outcomes(),
        "verdict": causes[0],
        "causes": causes,
        "baselines": finite(asdict(run.measured.judge.samples.baselines)),
        "layers": [layer_fields(layer) for layer in found.layers],
        "journal": [{"step": e.step, "command": e.command, "text": e.text} for e in (*run.journal, *_at_work(run))],
    }


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """The summary's fields of one cause."""
    return {"code": verdict.code, "text": verdict.text, "figures": verdict.figures}


def _at_work(run: Run) -> Iterator[Event]:
    """That a remedy has not ended yet, and what it is at."""
    if run.treatment is not None:
        yield Event(run.step, f"{run.treatment.name} is still at work: {run.treatment.stage}")


def layer_fields(layer: Layer) -> dict[str, Any]:
    """The summary's fields of a hidden layer."""
    names = ("dead", "mute", "linear", "duplicate")
    units = {"units": layer.units, **{name: list(getattr(layer, name)) for name in names}}
    return units | ({"learned": layer.learned} if layer.learned else {})
