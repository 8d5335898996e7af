"""Frozen dataclasses as trees, and back: snapshots, and all else that a recording tells. Strings of strangers become
inert on the way."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.printable import printable

T = TypeVar("T")

_MOST_DIMENSIONS = 3
_LONGEST = 100_000
"""Characters of a string, at most."""


def tree_of(value: Any) -> Tree:
    """A dataclass, or what it is made of, as a tree."""
    if is_dataclass(value):
        return {field.name: tree_of(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: tree_of(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [tree_of(each) for each in value]
    return value


def value_of(kind: type[T], tree: Tree, whose: str) -> T:
    """The value of that dataclass which the tree was. What it lacks is as by default, what is unknown is passed over;
    raises NotReadable, whose line begins with `whose`, where something is of another kind."""
    try:
        value: T = _of(kind, tree)
    except (ValueError, TypeError, KeyError, OverflowError) as problem:
        raise NotReadable(f"{whose}: is damaged: {problem}") from None
    return value


def values_of(kind: type[T], tree: Tree, whose: str) -> tuple[T, ...]:
    """Several of them, from a list."""
    if not isinstance(tree, list):
        raise NotReadable(f"{whose}: is damaged: expected a list")
    return tuple(value_of(kind, each, whose) for each in tree)


def _of(hint: Any, tree: Tree) -> Any:
    """The value of that type which the tree was."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if tree is None and type(None) in parts else _of(_other(parts), tree)
    if origin is tuple:
        return _tuple(parts, tree)
    if origin is dict:
        return {_of(str, key): _of(parts[1], each) for key, each in _checked(dict, tree).items()}
    if origin is np.ndarray:
        return _frozen(_checked(np.ndarray, tree))
    if origin is Literal:
        if tree not in parts:
            raise ValueError(f"expected one of {', '.join(map(repr, parts))}")
        return tree
    if is_dataclass(hint):
        return _dataclass(hint, _checked(dict, tree))
    return _plain(hint, tree)


def _other(parts: tuple[Any, ...]) -> Any:
    """The type beside None; for figures, whatever it is."""
    others = [part for part in parts if part is not type(None)]
    return others[0] if len(others) == 1 else object


def _tuple(parts: tuple[Any, ...], tree: Tree) -> tuple[Any, ...]:
    items = _checked(list, tree)
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_of(parts[0], each) for each in items)
    return tuple(_of(part, each) for part, each in zip(parts, items, strict=True))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: Any, tree: dict[str, Tree]) -> Any:
    return kind(**{name: _of(hint, tree[name]) for name, hint in _hints(kind).items() if name in tree})


def _plain(hint: Any, tree: Tree) -> Any:
    if isinstance(tree, str):
        if len(tree) > _LONGEST:
            raise ValueError("a text is too long")
        tree = printable(tree, keep="\n")
    if hint is object:
        return _checked((str, int, float), tree) if tree is not None else None
    if hint is float and isinstance(tree, int) and not isinstance(tree, bool):
        return float(tree)
    return _checked(hint, tree)


def _checked(kind: Any, tree: Tree) -> Any:
    if not isinstance(tree, kind) or (kind in (int, float) and isinstance(tree, bool)):
        raise ValueError(f"expected {getattr(kind, '__name__', 'a value')}, found {type(tree).__name__}")
    return tree


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if not 1 <= array.ndim <= _MOST_DIMENSIONS:
        raise ValueError(f"an array has {array.ndim} dimensions")
    array.flags.writeable = False
    return array
