"""Programs of somebody's own, as files, and experiments with what they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from periodic_tui.engine.components.models.module import Module, program
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.own_module import with_module
from periodic_tui.presets.files import load

HEAD = """
import torch
from torch import nn
from torch.nn import functional as F
"""
CHAIN = """
class Net(nn.Module):
    def __init__(self, inputs=1, outputs=1):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inputs, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, outputs)
        )

    def forward(self, x):
        return self.layers(x)
"""
"""An mlp of 6 and 5 units."""
DROPS = CHAIN.replace("nn.ReLU(), nn.Linear(6", "nn.ReLU(), nn.Dropout(0.25), nn.Linear(6")
"""The same with dropout."""
RANDOM_FEATURES = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("frequencies", 3 * torch.randn(8))
        self.register_buffer("order", torch.arange(8))
        self.first = nn.Linear(8, 5).requires_grad_(False)
        self.last = nn.Linear(5, 1)

    def forward(self, x):
        return self.last(torch.tanh(self.first(torch.sin(x * self.frequencies)[:, self.order])))
"""
"""Buffers that are drawn, integers, and frozen parameters."""


def written(folder: Path, source: str, name: str = "net.py") -> str:
    """The path of a file with that source, which may be run."""
    path = folder / name
    path.write_text(HEAD + source)
    program._run.pop(str(path), None)  # as in another process
    program.allow(str(path))
    return str(path)


def with_program(
    folder: Path, source: str, preset: str = "ln-learns", name: str = "Net", **settings: Any
) -> Experiment:
    """A preset with what the program makes; settings as `training__seed`."""
    changes = [(key.replace("__", "."), value) for key, value in settings.items()]
    return with_module(load(preset, changes, (written(folder, source), name))[1])


def module(experiment: Experiment) -> Module:
    """Its model."""
    assert isinstance(experiment.model, Module)
    return experiment.model
