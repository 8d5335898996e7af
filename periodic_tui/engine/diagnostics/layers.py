"""The hidden layers of one replica, as the screen gets them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics.channels import groups
from periodic_tui.engine.diagnostics.units import DORMANT, Units
from periodic_tui.engine.snapshot import Layer

_MANY = 1_000
"""Pairs of duplicates in a layer that a picture can hold."""


def layers_of(
    units: Sequence[Units],
    views: dict[str, Tensor],
    first: dict[str, Tensor],
    certified: Sequence[Tensor],
    wrong_sign: Tensor | None,
    brief: bool = False,
) -> tuple[Layer, ...]:
    """The layers of a single replica; `brief` leaves out most of very many pairs.

    Args:
        units: the health of each hidden layer, `[1, units]`.
        views: its parameters by name, `[1, …]`.
        first: the same as they were at the start.
        certified: units that no point of the domain makes active, `[1, units]` for each layer; empty if unknown.
        wrong_sign: mask `[1, units]` of the last hidden layer, or None.
    """
    weights = {name: value[0].detach().cpu().double().numpy() for name, value in views.items()}
    last = len(units) - 1
    return tuple(
        _layer(
            layer,
            index,
            weights,
            _drift(views, first, f"hidden.{index}.weight"),
            "output" if index == last else f"hidden.{index + 1}",
            certified[index] if certified else None,
            wrong_sign if index == last else None,
            brief,
        )
        for index, layer in enumerate(units)
    )


def _layer(
    units: Units,
    index: int,
    weights: dict[str, Floats],
    drift: float,
    following: str,
    certified: Tensor | None,
    wrong_sign: Tensor | None,
    brief: bool,
) -> Layer:
    name, nothing = f"hidden.{index}", np.empty(0)
    compared = units.compared[0].cpu()
    together = tuple(tuple(compared[list(group)].tolist()) for group in groups(units.alike[0].cpu().numpy()))
    return Layer(
        name=name,
        activity=units.activity[0].cpu().numpy(),
        dormancy=units.dormancy[0].cpu().numpy(),
        dead=_indices(units.dead),
        certified=() if certified is None else _indices(certified & units.dead.cpu()),
        mute=_indices(units.mute),
        linear=_indices(units.linear),
        duplicate=_pairs(units.alike, compared, together, brief),
        groups=together,
        channels=_pairs(units.channels, compared, together, brief),
        dormant=_indices(units.dormancy <= DORMANT),
        wrong_sign=() if wrong_sign is None else _indices(wrong_sign),
        incoming=weights[f"{name}.weight"],
        bias=weights.get(f"{name}.bias", nothing),
        outgoing=weights.get(f"{following}.weight", nothing),
        drift=drift,
    )


def _drift(views: dict[str, Tensor], first: dict[str, Tensor], name: str) -> float:
    size = float(first[name].norm())
    return float((views[name].detach() - first[name]).norm()) / size if size else 0.0


def _indices(mask: Tensor) -> tuple[int, ...]:
    return tuple(mask[0].nonzero().flatten().tolist())


def _pairs(
    mask: Tensor, compared: Tensor, together: tuple[tuple[int, ...], ...], brief: bool
) -> tuple[tuple[int, int], ...]:
    """All pairs; `brief`: of very many, only those of each group's first unit."""
    found = compared[mask[0].nonzero().cpu()]
    if brief and len(found) > _MANY:
        heads = torch.tensor([group[0] for group in together])
        found = found[torch.isin(found[:, 0], heads)]
    first, second = found.T.tolist()
    return tuple(zip(first, second, strict=True))
