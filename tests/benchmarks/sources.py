"""The questions of the second and the third write-up, answered by tables: `python -m tests.benchmarks.sources`.

Each row trains many seeds of one setting at once and prints the share that ends well, with its 95 % interval.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

import torch

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.overrides import Override
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.wilson import wilson
from periodic_tui.presets.files import load

Settings = dict[str, Any]
Row = tuple[str, Settings]

OPTIMIZERS: dict[str, Settings] = {
    "adam 1e-3": {},
    "adam 1e-2": {"optimizer.lr": 1e-2},
    "adamw 1e-3": {"optimizer": {"kind": "adamw", "lr": 1e-3}},
    "sgd 0.01": {"optimizer": {"kind": "sgd", "lr": 1e-2}},
    "sgd 0.01, momentum 0.9": {"optimizer": {"kind": "sgd", "lr": 1e-2, "momentum": 0.9}},
    "rmsprop 1e-3": {"optimizer": {"kind": "rmsprop", "lr": 1e-3}},
    "adagrad 1e-2": {"optimizer": "adagrad"},
    "adadelta 1": {"optimizer": "adadelta"},
    "adamax 2e-3": {"optimizer": "adamax"},
    "nadam 2e-3": {"optimizer": "nadam"},
    "radam 1e-3": {"optimizer": "radam"},
    "rprop 1e-2": {"optimizer": "rprop"},
    "asgd 1e-2": {"optimizer": "asgd"},
}
ONE_BY_ONE: dict[str, Settings] = {
    "adafactor 1e-2": {"optimizer": "adafactor"},
    "lbfgs, line search": {"optimizer": {"kind": "lbfgs", "max_iter": 4, "line_search_fn": "strong_wolfe"}},
    "muon 2e-2, no bias": {"optimizer": {"kind": "muon", "lr": 2e-2, "weight_decay": 0.0}, "model.bias": False},
}
"""They move one replica after the other: a sixteenth of the replicas, a quarter of the steps."""
UNITS = {
    kind: {"model.activation": kind}
    for kind in (
        "leaky-relu", "prelu", "elu", "selu", "softplus", "sigmoid", "tanh", "exponential", "mexican-hat", "morlet",
    )
}  # fmt: skip
VARIANTS: dict[str, Settings] = {
    "no bias": {"model.bias": False},
    "10 % dropout": {"model.dropout": 0.1},
    "inputs skewed 1 : 0.1": {"domain.scale": [1.0, 0.1], "training.solved_below": 2e-4},
    "4 units": {"model.hidden": [4]},
    "6 units": {"model.hidden": [6]},
    "12 units": {"model.hidden": [12]},
    "positive outgoing weights": {"init.outgoing": "positive"},
    "two layers of 8 tanh": {"model.hidden": [8, 8], "model.activation": "tanh"},
    "two layers of 16 tanh": {"model.hidden": [16, 16], "model.activation": "tanh"},
    "two layers of 8 ReLUs": {"model.hidden": [8, 8]},
}
STARTS: dict[str, Settings] = {
    "U[0, 1)": {},
    "truncated normal": {
        "init.weights": {"kind": "truncated-normal", "std": 0.1},
        "init.bias": {"kind": "constant", "value": 0.1},
    },
    "torch's own": {"init.weights": "default", "init.bias": "default"},
}
METHODS: dict[str, Settings] = {
    "sgd 0.01, batch 50": {},
    "adam 1e-3, batch 50": {"optimizer": {"kind": "adam", "lr": 1e-3}},
}


def trained(preset: str, settings: Settings, replicas: int, steps: int) -> tuple[Experiment, torch.Tensor]:
    """The experiment and the probe losses `[replicas]` after so many steps."""
    overrides: list[Override] = [*settings.items(), ("training.replicas", replicas)]
    _, experiment = load(preset, overrides)
    trainer = Trainer(experiment, torch.device("cpu"))
    trainer.advance(steps)
    observer = Observer(trainer.training_step, training_probe(experiment), None)
    return experiment, torch.from_numpy(observer.loss(trainer.parameters))


def magnitude_rows() -> Iterator[Row]:
    """Every setting of three ReLUs on √(x² + y²)."""
    yield from (OPTIMIZERS | UNITS | VARIANTS).items()


def logarithm_rows() -> Iterator[Row]:
    """Every setting of 1-50-10-1 on ln x."""
    for start, first in STARTS.items():
        for method, second in METHODS.items():
            for dropout in (0.0, 0.1):
                for low in (0.0, 0.01):
                    name = f"{start}; {method}; dropout {dropout:g}; x from {low:g}"
                    yield name, {**first, **second, "model.dropout": dropout, "domain.train": [[low, 1.0]]}


def magnitude(replicas: int, steps: int) -> None:
    """Print the share of good networks: probe loss below twice that of the best three ReLUs for those inputs."""
    print(f"√(x² + y²), {steps:,} steps: loss at most 0.007, twice the best hexagon's on N(0, 1)²")
    print("(skewed: 0.0002; there a mere valley, a|x| + c, has 0.00053)")
    for name, settings in magnitude_rows():
        _share(name, settings, replicas, steps)
    for name, settings in ONE_BY_ONE.items():
        _share(name, settings, max(8, replicas // 16), max(1, steps // 4))


def _share(name: str, settings: Settings, replicas: int, steps: int) -> None:
    started = time.perf_counter()
    experiment, losses = trained("magnitude-population", settings, replicas, steps)
    good = int((losses <= experiment.training.solved_below).sum())
    low, high = wilson(good, replicas)
    print(
        f"  {name:28} {good / replicas:6.1%}  [{low:6.1%}, {high:6.1%}]  median loss {losses.median():.4f}"
        f"  ({replicas} seeds, {steps:,} steps, {time.perf_counter() - started:.0f} s)",
        flush=True,
    )


def logarithm(replicas: int, steps: int) -> None:
    """Print the median loss, and the share that ended as a constant: a loss above half of the target's variance."""
    print(f"ln x, 1-50-10-1, {steps:,} steps: explains at least half of the variance")
    for name, settings in logarithm_rows():
        experiment, losses = trained("ln-collapse", settings, replicas, steps)
        variance = float(training_probe(experiment).y.double().var(correction=0))
        good = int((losses < variance / 2).sum())
        low, high = wilson(good, replicas)
        print(
            f"  {name:58} {good / replicas:6.1%}  [{low:6.1%}, {high:6.1%}]  median loss {losses.median():.4f}",
            flush=True,
        )


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=("magnitude", "ln", "both"), default="both")
    parser.add_argument("--replicas", type=int, default=128, help="seeds a row")
    parser.add_argument("--steps", type=int, default=4000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.table != "ln":
        magnitude(arguments.replicas, arguments.steps)
    if arguments.table != "magnitude":
        logarithm(max(8, arguments.replicas // 8), arguments.steps)


if __name__ == "__main__":
    main()
