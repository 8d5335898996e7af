"""Attributes of objects as trees, and back: for what remembers something between two looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree


class Remembers(Protocol):
    """Something whose memory outlives it."""

    def remembered(self) -> Tree:
        """What it knows, as a tree of its own: arrays that change are copied."""
        ...

    def recall(self, tree: Tree) -> None:
        """Know what another one knew. Raises NotReadable where that does not fit."""
        ...


def kept(whole: object, names: Iterable[str]) -> dict[str, Tree]:
    """These attributes: numbers, lists of numbers, arrays, and what remembers something itself."""
    return {name: _copied(getattr(whole, name)) for name in names}


def _copied(value: Any) -> Tree:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return value.remembered() if hasattr(value, "remembered") else value


def put_back(whole: object, names: Iterable[str], tree: Tree) -> None:
    """Give these attributes the values that were kept, if they are of the kind, and arrays of the shape, of those that
    are there. Raises NotReadable."""
    for name in names:
        setattr(whole, name, _fitting(name, getattr(whole, name), part(tree, name)))


def _fitting(name: str, present: Any, value: Tree) -> Any:
    if isinstance(present, np.ndarray):
        return array_of(value, name, present.dtype, present.shape).copy()
    if isinstance(present, dict):
        return {key: _fitting(name, each, part(value, key)) for key, each in present.items()}
    if hasattr(present, "recall"):
        present.recall(value)
        return present
    if type(value) is not type(present):
        raise NotReadable(f"the checkpoint is damaged: {name} is no {type(present).__name__}")
    return value


def part(tree: Tree, name: str) -> Tree:
    """What stands under a name. Raises NotReadable."""
    if not isinstance(tree, dict) or name not in tree:
        raise NotReadable(f"the checkpoint is damaged: {name} is missing")
    return tree[name]


def array_of(value: Tree, name: str, dtype: Any, shape: tuple[int | None, ...]) -> np.ndarray[Any, Any]:
    """The array, if it is of that type and shape, where None stands for any length. Raises NotReadable."""
    found = isinstance(value, np.ndarray) and value.dtype == dtype and value.ndim == len(shape)
    if not found or any(want not in (None, has) for want, has in zip(shape, value.shape, strict=True)):
        raise NotReadable(f"the checkpoint is damaged: {name} does not fit the preset")
    return value


def whole_number(value: Tree, name: str, least: int = 0, most: int = 1 << 62) -> int:
    """The number, if it is one between these. Raises NotReadable."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise NotReadable(f"the checkpoint is damaged: {name} is no number from {least} on")
    return value
