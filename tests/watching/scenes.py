"""Trainings made by hand: what their looks find, and how their loss goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from periodic_tui.watching.findings import LayerLook, Look, LossLook, OptimizerLook, Values
from periodic_tui.watching.remembering.memory import Memory
from tests.watching.looks import BATCH, linear, relu

Changes = Mapping[str, Any]
LOOKS = (1, 2, 100, 400, 700, 1_000)


def values(*shape: int, mean: float = 0.0, std: float = 1.0, **more: Any) -> Values:
    """Of a batch; of a single column also by column."""
    columns = shape[1] if len(shape) == 2 and shape[1] <= 64 else 0
    own = {"column_mean": np.full(columns, mean), "column_std": np.full(columns, std)}
    ends = {"low": mean - 2 * std, "high": mean + 2 * std}
    return Values(shape, "float32", **{**ends, "mean": mean, "std": std, "spread": std, **own, **more})


PLAIN = LossLook("mse_loss", values(BATCH, 1, std=0.5), values(BATCH, 1))
"""The best constant leaves 1."""
CLASSES = LossLook(
    "cross_entropy", values(BATCH, 4), Values((BATCH,), "int64", 0, 3, 1.5, 1.1, 1.1), labels=True,
    counts=np.full(4, 16.0),
)  # fmt: skip
"""The best constant leaves ln 4 = 1.386."""
LINEAR = tuple(linear(f"fc{n}", trainable=12, held=12, parameters=12) for n in range(4))
NET = (*LINEAR, LayerLook("gelu", "GELU", "activation", Values((BATCH, 3))))


def layers(*changes: Changes) -> tuple[LayerLook, ...]:
    """The network's layers, of which the first ones are changed."""
    return tuple(replace(layer, **change) for layer, change in zip(NET, (*changes, *5 * [{}]), strict=False))


def with_units(*active: float, **figures: Any) -> tuple[LayerLook, ...]:
    """The same with activations after the first."""
    return NET[0], relu("relu", list(active), **figures), *NET[1:]


def training(
    losses: Sequence[float] | float = 0.95,
    *,
    steps: int = 1_000,
    at: Sequence[int] = LOOKS,
    net: Sequence[LayerLook] = NET,
    loss: LossLook | None = PLAIN,
    optimizers: Sequence[OptimizerLook] = (OptimizerLook("SGD", 0.01, cleared=True),),
    later: Changes | None = None,
    **changes: Any,
) -> Memory:
    """One whose loss rests at a value, or runs evenly through some, by their logarithms; `changes` of every look, and
    `later` of those after the first two."""
    memory = Memory()
    through = np.atleast_1d(np.asarray(losses, float))
    curve = np.exp(np.interp(np.linspace(0, 1, steps), np.linspace(0, 1, len(through)), np.log(through)))
    memory.lost(1, curve.tolist())
    for step in at:
        look = Look(
            step, loss=float(curve[min(step, steps) - 1]), batch=BATCH, layers=tuple(net),
            losses=() if loss is None else (replace(loss, value=float(curve[min(step, steps) - 1])),),
            optimizers=tuple(optimizers), inputs=values(BATCH, 1), outputs=values(BATCH, 1), models=("Net",),
        )  # fmt: skip
        memory.saw(replace(look, **{**changes, **((later or {}) if step > 2 else {})}))
    return memory
