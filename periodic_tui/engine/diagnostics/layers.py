"""The hidden layers of one replica, as the screen gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics.duplicates import groups
from periodic_tui.engine.diagnostics.units import Units
from periodic_tui.engine.snapshot import Layer

_MANY = 1_000
"""Pairs of duplicates in a layer that a picture can hold."""
_LARGE = 1 << 20
"""Weights of a layer from which they are left where they are, unless somebody looks at them."""


def layers_of(
    units: Sequence[Units],
    views: dict[str, Tensor],
    first: dict[str, Tensor],
    certified: Sequence[Tensor],
    wrong_sign: Tensor | None,
    brief: bool = False,
) -> tuple[Layer, ...]:
    """The layers of a single replica, but for very many weights (see `with_weights`); `brief` leaves out most of very
    many pairs.

    Args:
        units: the health of each hidden layer, `[1, units]`.
        views: its parameters by the names of layers, `[1, …]`; of somebody's own layer there may be none.
        first: the same as they were at the start.
        certified: units that no point of the domain makes active, `[1, units]` for each layer; empty if unknown.
        wrong_sign: mask `[1, units]` of the last hidden layer, or None.
    """
    few = {name: value for name, value in views.items() if value[0].numel() < _LARGE}
    weights = {name: value[0].detach().cpu().double().numpy() for name, value in few.items()}
    layers, nothing = [], np.empty(0)
    for index, layer in enumerate(units):
        name, last = f"hidden.{index}", index == len(units) - 1
        pairs, together = _duplicates(layer, brief)
        following = "output" if last else f"hidden.{index + 1}"
        found = Layer(
            name=name,
            activity=layer.activity[0].numpy(),
            dead=_indices(layer.dead),
            certified=_indices(certified[index].cpu() & layer.dead) if certified else (),
            mute=_indices(layer.mute),
            linear=_indices(layer.linear),
            duplicate=pairs,
            groups=together,
            wrong_sign=_indices(wrong_sign) if last and wrong_sign is not None else (),
            incoming=weights.get(f"{name}.weight", nothing),
            bias=weights.get(f"{name}.bias", nothing),
            outgoing=weights.get(f"{following}.weight", nothing),
            learned=_learned(weights, name),
            drift=_drift(views, first, f"{name}.weight"),
        )
        layers.append(found)
    return tuple(layers)


def with_weights(layers: Sequence[Layer], views: dict[str, Tensor]) -> tuple[Layer, ...]:
    """The layers with all of their weights, in the precision of training where those are very many."""
    following = [*(layer.name for layer in layers[1:]), "output"]
    return tuple(
        replace(
            layer,
            incoming=_weights(layer.incoming, views.get(f"{layer.name}.weight")),
            outgoing=_weights(layer.outgoing, views.get(f"{after}.weight")),
        )
        for layer, after in zip(layers, following, strict=False)
    )


def _weights(known: Floats, view: Tensor | None) -> Floats:
    return known if known.size or view is None else view[0].detach().cpu().numpy()


def _learned(weights: dict[str, Floats], name: str) -> dict[str, float]:
    own = {key.removeprefix(f"{name}."): value for key, value in weights.items() if key.startswith(f"{name}.")}
    return {key: value.item() for key, value in own.items() if key not in ("weight", "bias")}


def _drift(views: dict[str, Tensor], first: dict[str, Tensor], name: str) -> float:
    size = float(first[name].norm()) if name in first else 0.0
    return float((views[name].detach() - first[name]).norm()) / size if size else 0.0


def _indices(mask: Tensor) -> tuple[int, ...]:
    return tuple(mask[0].nonzero().flatten().tolist())


def _duplicates(units: Units, brief: bool) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, ...], ...]]:
    """Pairs of duplicates, and the groups that they form; `brief`: of very many pairs, only those of each group's
    first unit."""
    compared = units.compared[0]
    together = tuple(tuple(compared[list(group)].tolist()) for group in groups(units.alike[0].numpy()))
    found = compared[units.alike[0].nonzero()]
    if brief and len(found) > _MANY:
        heads = torch.tensor([group[0] for group in together])
        found = found[torch.isin(found[:, 0], heads)]
    first, second = found.T.tolist()
    return tuple(zip(first, second, strict=True)), together
