"""Steps that no optimizer of torch takes: the parameters have moved between two computations of gradients."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from periodic_tui.watching.looking.samples import is_readable

_CERTAIN = 2
"""Moves after which every computation of gradients counts as a step."""
_PARAMETERS, _NODES = 256, 20_000
_COMPARED, _ENTRIES = 16, 64
"""Parameters that are compared with what they were, and entries of each."""


class ByHand:
    """Asked only as long as no optimizer has stepped."""

    def __init__(self) -> None:
        self._moves = 0
        self._moving: set[int] = set()
        self._before: list[tuple[weakref.ref[Tensor], Tensor]] = []

    @property
    def is_certain(self) -> bool:
        """Whether the script moves the parameters itself."""
        return self._moves >= _CERTAIN

    def moved(self, outputs: Sequence[Any], inputs: Sequence[Any]) -> bool:
        """Gradients of outputs are about to be computed, by all parameters or by these inputs: whether a step was taken
        since that was done last."""
        if self.is_certain:
            return not inputs or any(id(each) in self._moving for each in inputs)
        moved = {id(each) for reference, before in self._before if (each := _changed(reference(), before)) is not None}
        self._moving |= moved
        self._moves += bool(moved)
        self._before = [(weakref.ref(each), _some(each).clone()) for each in parameters_of(outputs)[:_COMPARED]]
        return bool(moved)


def parameters_of(outputs: Sequence[Any]) -> list[Tensor]:
    """What these were computed from and gets a gradient, as far as it is found soon."""
    found = (getattr(node, "variable", None) for node in _nodes(outputs))
    leaves = {id(each): each for each in found if isinstance(each, Tensor) and is_readable(each)}
    return list(leaves.values())[:_PARAMETERS]


def _nodes(outputs: Sequence[Any]) -> Iterator[Any]:
    waiting = [each.grad_fn for each in outputs if isinstance(each, Tensor) and each.grad_fn is not None]
    seen = set(waiting)
    while waiting and len(seen) < _NODES:
        node = waiting.pop()
        yield node
        news = {following for following, _ in node.next_functions if following is not None} - seen
        seen |= news
        waiting += news


def _changed(parameter: Tensor | None, before: Tensor) -> Tensor | None:
    """The parameter, if it is not what it was."""
    now = None if parameter is None else _some(parameter)
    return None if now is None or now.shape != before.shape or torch.equal(now, before) else parameter


def _some(parameter: Tensor) -> Tensor:
    flat = parameter.detach().flatten()
    return flat[:: -(-len(flat) // _ENTRIES) or 1]
