"""The layers as they run: modules without children, and functional activations."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import LayerLook, Role, Values
from periodic_tui.watching.looking import activations
from periodic_tui.watching.looking.fresh import are_equal, is_fresh
from periodic_tui.watching.looking.names import Names
from periodic_tui.watching.looking.parameters import Measured
from periodic_tui.watching.looking.samples import Sample

_ALIKE, _MOST_PAIRS, _WIDEST, _SAMPLES = 0.98, 64, 512, 256


@dataclass(eq=False)
class Run:
    """One layer, as it last ran."""

    kind: str
    """Class of the module, or name of the function."""
    function: str = ""
    """The activation that it is; empty where it is none."""
    module: weakref.ref[nn.Module] | None = None
    """None: a function."""
    after: Run | None = None
    """The layer whose output it was given."""
    options: Mapping[str, float] = field(default_factory=dict)
    input: Sample | None = None
    output: Sample | None = None
    probabilities: bool = False
    again: bool = False
    """Whether its module is another layer's too: they are told apart by what they come after."""
    training: bool = True
    """The module's flag, when it ran."""
    weights: list[weakref.ref[Tensor]] = field(default_factory=list)
    """Of a function: the parameters that it was given."""

    @classmethod
    def of(cls, module: nn.Module) -> Run:
        """A module that has not run."""
        return cls(type(module).__name__, module=weakref.ref(module), training=module.training)

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        """Its own."""
        module = self.module() if self.module else None
        if module is not None:
            return tuple(each for each in module.parameters(recurse=False) if not is_lazy(each))
        return tuple(each for reference in self.weights if (each := reference()) is not None)

    def look(self, name: str, figures: Mapping[int, Measured], held: frozenset[int]) -> LayerLook:
        """What is found of it."""
        module = self.module() if self.module else None
        own = self.parameters
        role = _role(module, self.function, bool(own))
        z = self.input.by_unit() if self.input and self.function else np.empty((0, 0))
        active = activations.active(self.function, z, self.options)
        return LayerLook(
            name=name,
            kind=self.kind,
            role=role,
            output=self.output.values if self.output else Values(),
            input=self.input.values if self.input else Values(),
            parameters=sum(each.numel() for each in own),
            trainable=sum(each.numel() for each in own if each.requires_grad),
            held=sum(each.numel() for each in own if each.requires_grad and id(each) in held),
            active=active,
            ends=activations.ends(self.function, z, self.options),
            alike=alike(self.output.by_unit(), active) if self.output and active.size else (),
            training=self.training,
            probabilities=self.probabilities,
            fresh=is_fresh(module),
            equal=are_equal(module),
            rate=float(getattr(module, "p", math.nan)) if role == "dropout" else math.nan,
            **_lengths([figures[id(each)] for each in own if id(each) in figures]),
        )


def _lengths(of: Iterable[Measured]) -> dict[str, Any]:
    """Of all of a layer's parameters together."""
    of = list(of)
    if not of:
        return {}
    lengths = {name: _together([getattr(each, name) for each in of]) for name in ("weight", "gradient", "update")}
    return {**lengths, "finite_weights": all(each.finite for each in of)}


def _together(lengths: list[float]) -> float:
    """NaN where there is none."""
    known = np.array([each for each in lengths if not np.isnan(each)])
    return float(np.sqrt((known**2).sum())) if known.size else float("nan")


def _role(module: nn.Module | None, function: str, has_parameters: bool) -> Role:
    if function:
        return "activation"
    if isinstance(module, _NORMALIZATIONS):
        return "normalization"
    if isinstance(module, nn.modules.dropout._DropoutNd):
        return "dropout"
    return "weights" if has_parameters else "other"


_NORMALIZATIONS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm)


def alike(outputs: Floats, active: Floats) -> tuple[tuple[int, int], ...]:
    """Pairs of active units whose outputs `[entries, units]` correlate above 0.98."""
    outputs = outputs[:: -(-len(outputs) // _SAMPLES)] if len(outputs) else outputs
    units = np.flatnonzero(active[:_WIDEST] > 0)
    some = outputs[:, units].astype(np.float32)
    if len(some) < 3 or not np.isfinite(some).all():
        return ()
    some = some - some.mean(0)
    lengths = np.sqrt((some**2).sum(0))
    some, units = some[:, lengths > 0] / lengths[lengths > 0], units[lengths > 0]
    columns = torch.from_numpy(
        some
    )  # by torch, in the threads that the script allows it: numpy takes all that there are
    first, second = np.nonzero(np.triu((columns.T @ columns).numpy() > _ALIKE, 1))
    return tuple(zip(units[first[:_MOST_PAIRS]].tolist(), units[second[:_MOST_PAIRS]].tolist(), strict=True))


def is_layer(module: nn.Module) -> bool:
    """Whether it has no children, or parameters of its own."""
    return not module._modules or any(each is not None for each in module._parameters.values())


def own_names(runs: Iterable[Run], names: Names) -> dict[Run, str]:
    """What each is called, each name once."""
    found: dict[Run, str] = {}
    taken: dict[str, int] = {}
    for run in runs:
        name = _name(run, names, found)
        taken[name] = taken.get(name, 0) + 1
        found[run] = name if taken[name] == 1 else f"{name} {taken[name]}"
    return found


def _name(run: Run, names: Names, known: Mapping[Run, str]) -> str:
    """As the model calls a module; a function goes by its parameter's module, or by what it comes after."""
    module = run.module() if run.module else None
    owner = next((name for each in run.parameters if (name := names.owner(each))), "") if module is None else ""
    name = run.kind if module is None else names.modules.get(id(module), run.kind)
    if owner or run.weights or run.after is None or (module is not None and not run.again):
        return owner or name
    return f"{known.get(run.after, run.after.kind).rpartition(' → ')[2]} → {name.rpartition('.')[2]}"
