"""Known answers, injected and then measured by the ordinary forward pass."""

from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer, known_answer
from periodic_tui.engine.experiment.known_answers.polygons import polygon
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment

NORMAL = {"distribution": "normal"}
SINE = {"kind": "sine", "frequency": 1.0}
WIDE = {"train": [[-50.0, 50.0]]}
SUM = {"kind": "sines", "frequency": [1.0, 0.3, 3.1], "amplitude": [1.0, 2.0, 0.5], "phase": [0.1, 0.4, 2.0]}
CIRCULAR = {"dtype": "float64", "loss": "circular"}


def mlp(*hidden: int, **options: Any) -> dict[str, Any]:
    return {"kind": "mlp", "hidden": list(hidden), **options}


def snake(a: float, *hidden: int, **options: Any) -> dict[str, Any]:
    return mlp(*hidden, activation={"kind": "snake", "a": a, **options})


def injected(spec: Experiment) -> float:
    trainer = Trainer(spec, torch.device("cpu"))
    trainer.inject(0.0)
    return float(Observer(trainer.training_step, training_probe(spec), None).read(trainer.parameters).loss[0])


EXACT: dict[str, tuple[dict[str, Any], float]] = {
    "sine": ({"target": "sine", "model": "sine-unit"}, 0.0),
    "harmonic": ({"target": SUM, "domain": WIDE, "model": {"kind": "harmonic", "units": 4}}, 1e-11),
    "abs": ({"target": "abs", "model": mlp(2, bias=False)}, 0.0),
    "abs of prelu": ({"target": "abs", "model": mlp(4, activation="prelu")}, 0.0),
    "relu": ({"target": "relu", "model": mlp(1, bias=False, output_layer=False)}, 0.0),
    "fir": ({"target": "fir", "domain": NORMAL, "model": "linear"}, 1e-12),
    "dft": ({"target": "dft", "domain": NORMAL, "model": "linear"}, 1e-11),
    "snake 30": ({"target": SINE, "domain": WIDE, "model": snake(30.0, 64, 64)}, 5e-12),
    "snake 1/2": ({"target": SINE, "domain": WIDE, "model": snake(0.5, 64, 64)}, 5e-12),
    "snake a, b": ({"target": SINE, "domain": WIDE, "model": snake(5.0, 64, 64, b=1.0)}, 5e-12),
    "snake learned": ({"target": SINE, "domain": WIDE, "model": snake(5.0, 64, learn=True)}, 5e-12),
    "snake of sines": ({"target": SUM, "domain": WIDE, "model": snake(5.0, 64, 64, 64)}, 5e-11),
    "scaled inputs": ({"target": "abs", "model": mlp(2, input_scale=4.0)}, 0.0),
    "clock": ({"target": "clock", "model": "oscillators", "training": CIRCULAR}, 1e-15),
}


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_answer_leaves_only_rounding(name: str) -> None:
    tables, bound = EXACT[name]
    assert injected(experiment(**tables, optimizer="adam")) <= bound


@pytest.mark.parametrize(
    ("tables", "loss", "tolerance"),
    [
        ({"target": "magnitude", "domain": NORMAL, "model": mlp(3)}, 0.003493, 2e-3),
        ({"target": "magnitude", "domain": NORMAL, "model": mlp(3, bias=False)}, 0.003516, 2e-3),
        ({"target": "magnitude", "model": mlp(3)}, 0.001038, 1e-3),
        ({"target": "log", "domain": {"train": [[0.01, 1.0]]}, "model": mlp(50, 10)}, 5.6e-8, 0.05),
    ],
)
def test_the_best_approximation_has_its_known_loss(tables: dict[str, Any], loss: float, tolerance: float) -> None:
    assert injected(experiment(**tables)) == pytest.approx(loss, rel=tolerance)


def test_a_hundred_times_more_of_the_logarithm_costs_ten_times_the_loss() -> None:
    assert injected(experiment(target="log", model=mlp(50, 10))) < 1e-6


@pytest.mark.parametrize(("units", "explained"), [(24, 0.9916), (48, 0.9995), (96, 0.99996)])
def test_polygons_explain_the_amplitude_spectrum(units: int, explained: float) -> None:
    spec = experiment(target="amplitude-spectrum", domain=NORMAL, model=mlp(units))
    variance = float(training_probe(spec).y.double().var(0, correction=0).mean())
    assert 1 - injected(spec) / variance >= explained


@pytest.mark.parametrize("count", [3, 5, 6, 9, 11])
def test_a_polygon_has_its_gain_in_closed_form(count: int) -> None:
    rows, gain = polygon(count)
    corners = 2 * count
    mean = corners / np.pi * np.sin(np.pi / corners)
    square = 0.5 + corners / (4 * np.pi) * np.sin(2 * np.pi / corners)
    angles = np.linspace(0, 2 * np.pi, 100_001)
    around = np.stack([np.cos(angles), np.sin(angles)])
    peak = np.maximum(rows.numpy() @ around, 0).sum(0).max()
    assert gain * peak == pytest.approx(mean / square, rel=1e-6)


def test_the_gain_of_the_hexagon_minimizes_the_loss() -> None:
    _, gain = polygon(3)
    turns = np.array([0, 2 * np.pi / 3, 4 * np.pi / 3])
    shape = np.maximum(np.cos(np.linspace(0, 2 * np.pi, 300_001)[:-1, None] - turns), 0).sum(1)
    losses = [np.square((gain + shift) * shape - 1).mean() for shift in (-1e-3, 0, 1e-3)]
    assert losses[1] == min(losses)


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({"target": "clock", "model": mlp(8)}, "120 years"),
        ({"target": "sine", "model": mlp(8)}, "relu units only approximates a sine"),
        ({"target": SUM, "model": {"kind": "harmonic", "units": 2}}, "3 sines need as many units, got 2"),
        ({"target": SUM, "model": snake(1.0, 5, 5)}, "needs 6 units in the first layer"),
        ({"target": "magnitude", "model": mlp(2)}, "1 hidden layer of 3 or more units"),
        ({"target": "magnitude", "model": mlp(4)}, "an odd number or a multiple of 3"),
        ({"target": "magnitude", "model": mlp(3, activation="tanh")}, "made of ReLUs, not of tanh"),
        ({"target": "log", "model": mlp(5, 5, bias=False)}, "needs biases"),
        ({"target": "decaying-sine", "model": mlp(8)}, "no finite sum"),
        ({"target": "abs", "model": "linear"}, "no answer of abs"),
    ],
)
def test_where_there_is_no_answer_the_reason_is_given(tables: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoAnswer, match=reason):
        known_answer(experiment(**tables))
