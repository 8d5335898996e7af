"""The workloads whose speed has goals: as experiments, and as the loops that people write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from periodic_tui.engine.experiment import Experiment

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Workload:
    """One experiment, its bare loop, and the least ratio of `train` to it."""

    table: dict[str, Any]
    network: Callable[[], nn.Module]
    draw: Callable[[], Batch]
    goal: float

    def experiment(self, **training: Any) -> Experiment:
        """The experiment, with keys of `[training]` replaced."""
        merged = {**self.table.get("training", {}), **training}
        return Experiment.model_validate({**self.table, "training": merged})

    def bare(self) -> Iterator[None]:
        """The training loop as the write-ups print it; one step at each turn."""
        network = self.network()
        kind, lr = self.table["optimizer"]["kind"], self.table["optimizer"]["lr"]
        optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[kind](network.parameters(), lr=lr)
        while True:
            optimizer.zero_grad()
            x, y = self.draw()
            loss = ((network(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            yield


class Sin(nn.Module):
    """One learnable frequency."""

    def __init__(self) -> None:
        super().__init__()
        self.frequency = nn.Parameter(torch.randn(1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(self.frequency * x)


class Snake(nn.Module):
    """x + sin²(30x)/30."""

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.sin(30.0 * x) ** 2 / 30.0


def _layers(*units: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(units):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def _sine() -> Batch:
    x = (torch.rand(32, 1) * 2 - 1) * 1000
    return x, torch.sin(x * 31)


def _log(batch: int) -> Callable[[], Batch]:
    def draw() -> Batch:
        x = 1 - torch.rand(batch, 1)
        return x, torch.log(x)

    return draw


def _magnitude() -> Batch:
    x = torch.rand(32, 2) * 2 - 1
    return x, x.square().sum(-1, keepdim=True).sqrt()


def _points() -> Batch:
    x = torch.cat([torch.linspace(-37.494, -12.531, 500), torch.linspace(0.025, 24.987, 500)]).unsqueeze(-1)
    return x, torch.sin(x)


_POINTS = _points()

WORKLOADS = {
    "sine, 1 parameter, batch 32": Workload(
        {"target": "sine", "model": "sine-unit", "optimizer": {"kind": "sgd", "lr": 1e-4}}, Sin, _sine, 250
    ),
    "ln SGD batch 50": Workload(
        {
            "target": "log",
            "model": {"kind": "mlp", "hidden": [50, 10]},
            "optimizer": {"kind": "sgd", "lr": 1e-2},
            "training": {"batch_size": 50},
        },
        lambda: _layers(1, 50, 10, 1),
        _log(50),
        20,
    ),
    "ln Adam batch 500": Workload(
        {
            "target": "log",
            "model": {"kind": "mlp", "hidden": [50, 10]},
            "optimizer": {"kind": "adam", "lr": 1e-4},
            "training": {"batch_size": 500},
        },
        lambda: _layers(1, 50, 10, 1),
        _log(500),
        9,
    ),
    "2-3-1 Adam batch 32": Workload(
        {"target": "magnitude", "model": {"kind": "mlp", "hidden": [3]}, "optimizer": {"kind": "adam", "lr": 1e-3}},
        lambda: _layers(2, 3, 1),
        _magnitude,
        150,
    ),
    "2×512 Snake Adam, 1,000 points": Workload(
        {
            "target": {"kind": "sine", "frequency": 1.0},
            "domain": {"train": [[-37.494, -12.531], [0.025, 24.987]], "points": 1000, "spacing": "even"},
            "model": {"kind": "mlp", "hidden": [512, 512], "activation": {"kind": "snake", "a": 30.0}},
            "optimizer": {"kind": "adam", "lr": 1e-4},
            "training": {"batch_size": 0},
        },
        lambda: _layers(1, 512, 512, 1, activation=Snake),
        lambda: _POINTS,
        1.4,
    ),
}
