"""Looks made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.watching.findings import LayerLook, Look, Values

BATCH = 64


def relu(name: str, active: list[float], **figures: object) -> LayerLook:
    """An activation whose units are active on such shares of a batch of 64."""
    output = Values((BATCH, len(active)))
    return replace(LayerLook(name, "ReLU", "activation", output, active=np.array(active)), **figures)  # type: ignore[arg-type]


def linear(name: str, units: int = 3, **figures: object) -> LayerLook:
    """A layer of weights."""
    layer = LayerLook(name, "Linear", "weights", Values((BATCH, units)), weight=2.0, gradient=0.5, update=0.01)
    return replace(layer, **figures)  # type: ignore[arg-type]


def look(step: int, *layers: LayerLook) -> Look:
    """One step, looked at."""
    return Look(step, loss=1.0, batch=BATCH, layers=layers)
