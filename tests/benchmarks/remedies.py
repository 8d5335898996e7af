"""Success rates of the remedies, how many steps they take, and what each was told. Exit code 1 below a goal.

python -m tests.benchmarks.remedies [NAME ...]     only the rows whose name contains one of these
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.components.targets.sines import Sine
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies import remedies
from periodic_tui.engine.run import Run
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment import prescribe
from periodic_tui.presets.files import load

CPU = torch.device("cpu")
WIDE = {"train": [[-1000.0, 1000.0]]}
BIG = 1_000_000
Outcome = tuple[int, int, int]
"""Successes, tries, steps."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    remedy: str
    measure: Callable[[], Outcome]
    goal: float
    """Least share of successes."""


class Many(Sine):
    """A sine of its own for every replica, drawn at random; for training batches only."""

    frequency: Any = None
    """`[replicas, 1, 1]`, as are amplitude and phase."""
    amplitude: Any = None
    phase: Any = None

    def __call__(self, x: Tensor) -> Tensor:
        return self.amplitude * (self.frequency * x + self.phase).sin()


def many(replicas: int, noise: float, seed: int = 0) -> Many:
    """Frequencies from U[0.1, 200]."""
    generator = torch.Generator().manual_seed(seed)
    frequency = 0.1 + 199.9 * torch.rand(replicas, 1, 1, generator=generator, dtype=torch.float64)
    one = torch.ones_like(frequency)
    return Many.model_construct(kind="sine", frequency=frequency, amplitude=one, phase=0 * one, noise=noise)


def experiment(model: Any = "sine-unit", **sections: Any) -> Experiment:
    """A sine unit or another model on ±1000 in float64."""
    table = {
        "target": "sine",
        "domain": WIDE,
        "model": model,
        "init": {"weights": "normal"},
        "optimizer": {"kind": "sgd", "lr": 1e-4},
        "training": {"dtype": "float64"},
    }
    return Experiment.model_validate(table | sections)


def unknown_frequencies(remedy: str, replicas: int, noise: float, tolerance: float) -> Outcome:
    """A sine unit a frequency, all at once."""
    noisy = {"kind": "sine", "noise": noise}
    whole = experiment(target=noisy, training={"dtype": "float64", "replicas": replicas})
    target = many(replicas, noise)
    trainer = Trainer(whole.model_copy(update={"target": target}), CPU)
    treatment = prescribe(remedy, trainer, trainer.adopt)
    treatment.begin()
    while not treatment.ended:
        treatment.advance(BIG)
    error = (trainer.parameters.abs() - target.frequency[:, 0]).abs()
    return int((error < tolerance).sum()), replicas, trainer.done


def fixed_points(tries: int, noise: float, units: int, tolerance: float, least: float = 0.5) -> Outcome:
    """2,048 fixed points of sines of unknown frequency, phase and amplitude, from U[least, 3].

    From N points with noise σ no estimator has a standard deviation below √(6/N)·σ/(amplitude·R) (Cramér and Rao):
    5.4e-5 at amplitude 1. Under noise 1e-4 is within reach of 99 % only from amplitude 1.4 on.
    """
    found, steps = 0, 0
    generator = torch.Generator().manual_seed(1)
    for _ in range(tries):
        draws = torch.rand(3, units, generator=generator, dtype=torch.float64)
        frequency = (0.1 + 199.9 * draws[0]).tolist()
        target = {
            "kind": "sines", "frequency": frequency, "amplitude": (least + (3 - least) * draws[1]).tolist(),
            "phase": (2 * math.pi * draws[2]).tolist(), "noise": noise,
        }  # fmt: skip
        model = {"kind": "harmonic", "units": units}
        run = treated(experiment(model, target=target, domain=WIDE | {"points": 2_048}), ["spectral-start"])
        error = run.measured.judge.answer_error(run.reading(), 0)
        found += error is not None and error < tolerance
        steps = max(steps, run.step)
    return found, tries, steps


def treated(experiment: Experiment, names: Iterable[str], before: int = 0, after: int = 0) -> Run:
    """The run after so many untreated steps, the remedies, and `after` steps more."""
    run = Run(1, "benchmark", experiment, CPU)
    run.advance(before)
    for name in names:
        run.treat(name)
        while run.treatment is not None:
            run.advance(1)
    run.advance(after)
    return run


def preset(name: str, **overrides: Any) -> Experiment:
    """A built-in preset with keys replaced (dots as double underscores)."""
    return load(name, [(key.replace("__", "."), value) for key, value in overrides.items()])[1]


def solved(run: Run, since: int = 0) -> Outcome:
    """How many replicas are solved."""
    outcomes = summary_of(run)["outcomes"]
    return outcomes.get("solved", 0), sum(outcomes.values()), run.step - since


def sine_31() -> Outcome:
    run = treated(preset("sine-31"), ["widen-range"], after=100)
    error = run.measured.judge.answer_error(run.reading(), 0)
    return int(error is not None and error <= 1.9e-6), 1, run.step


def clock() -> Outcome:
    return solved(treated(preset("clock-oscillators", training__replicas=64), ["widen-range"]))


def clock_from_pairs() -> Outcome:
    fixed = preset("clock-oscillators", training__replicas=16, domain__points=100_000)
    return solved(treated(fixed, ["widen-range"]))


def failed_networks(**overrides: Any) -> Outcome:
    return solved(treated(preset("magnitude", training__replicas=256, **overrides), ["reseed-units"], 8_000), 8_000)


def good_start() -> Outcome:
    run = treated(preset("magnitude", training__replicas=256), ["positive-outgoing", "spread-units"], after=8_000)
    return solved(run)


def snake_split() -> Outcome:
    run = treated(preset("snake-extrapolation", model__kind="harmonic", training__replicas=64), ["widen-range"])
    held_out = run.reading().loss_test
    assert held_out is not None
    return int((held_out < 1e-10).sum()), 64, run.step


def dead_logarithm() -> Outcome:
    run = treated(preset("ln-collapse", training__replicas=16), ["reinitialize-better"], 20)
    probe = run.observer.probe
    error = (run.observer.predict(run.trainer.parameters, probe.x) - probe.y).square()[..., 0]
    inner = error[:, probe.x[:, 0] >= 0.01].mean(1)
    return int(((error.mean(1) < 1e-2) & (inner < 1e-3)).sum()), 16, run.step - 20


def repelled() -> Outcome:
    """Failed networks with duplicates before, and how many of them have none after."""
    run = Run(1, "benchmark", preset("magnitude", training__replicas=128), CPU)
    run.advance(8_000)
    before = run.reading().units[0].alike.any(-1).any(-1)
    run.treat("repel-units")
    while run.treatment is not None:
        run.advance(1)
    after = run.reading().units[0].alike.any(-1).any(-1)
    return int((before & ~after).sum()), int(before.sum()), run.step - 8_000


SQUARE = {"domain__distribution": "uniform", "domain__train": [[-1.0, 1.0]], "training__solved_below": 0.0021}
ROWS = (
    Row("sine-31 to one float32 spacing", "widen-range", sine_31, 1.0),
    Row("frequency, float64, 1e-6", "widen-range", lambda: unknown_frequencies("widen-range", 128, 0.0, 1e-6), 1.0),
    Row("frequency, noise 1, 1e-4", "widen-range", lambda: unknown_frequencies("widen-range", 128, 1.0, 1e-4), 0.99),
    Row(
        "frequency, R = 1000, 1e-6", "frequency-bank", lambda: unknown_frequencies("frequency-bank", 64, 0.0, 1e-6), 1.0
    ),
    Row("amplitude and phase too, 1e-6", "spectral-start", lambda: fixed_points(64, 0.0, 1, 1e-6), 1.0),
    Row(
        "the same, amplitude > 1.5, noise 1, 1e-4",
        "spectral-start",
        lambda: fixed_points(128, 1.0, 1, 1e-4, least=1.5),
        0.99,
    ),
    Row("two sines, 1e-6", "spectral-start", lambda: fixed_points(128, 0.0, 2, 1e-6), 0.99),
    Row("clock, exact on 100,000 instants", "widen-range", clock, 1.0),
    Row("the same from 100,000 fixed points", "widen-range", clock_from_pairs, 1.0),
    Row("snake's split, test loss 1e-10", "widen-range", snake_split, 1.0),
    Row("failed magnitude, normal", "reseed-units", failed_networks, 0.99),
    Row("failed magnitude, uniform", "reseed-units", lambda: failed_networks(**SQUARE), 0.99),
    Row("magnitude, with spread-units", "positive-outgoing", good_start, 0.99),
    Row("dead ln, 1e-2 and 1e-3", "reinitialize-better", dead_logarithm, 1.0),
    Row("duplicates parted", "repel-units", repelled, 0.0),
)


def main(names: list[str]) -> int:
    """Print the table."""
    torch.set_num_threads(1)
    missed = 0
    print(f"{'remedy':<20}{'what':<44}{'success':>10}{'goal':>7}{'steps':>8}{'time':>8}  told")
    for row in ROWS:
        if names and not any(name in row.name or name in row.remedy for name in names):
            continue
        started = time.perf_counter()
        successes, tries, steps = row.measure()
        met = tries > 0 and successes / tries >= row.goal
        missed += not met
        took = f"{time.perf_counter() - started:.0f} s"
        counts = f"{successes}/{tries}"
        told = remedies[row.remedy].prior
        verdict = "" if met else "  MISSED"
        print(
            f"{row.remedy:<20}{row.name:<44}{counts:>10}{row.goal:>7.0%}{steps:>8,}{took:>8}  {told}{verdict}",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
