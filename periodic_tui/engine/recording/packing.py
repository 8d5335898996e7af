"""Trees of JSON and arrays as bytes: a safetensors file whose metadata holds the JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording.layout import FORMAT, NotReadable

MOST_BYTES = 1 << 28
"""Largest file that is read: 256 MB."""
_ARRAY, _NUMBER = "array", "number"
"""Keys of the objects that stand for an array, and for a number that JSON has no word for."""
_DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
_DEEPEST = 64

Tree = Any
"""Dictionaries with string keys, lists, strings, numbers, booleans, None and arrays."""


def pack(tree: Tree) -> bytes:
    """The tree as a safetensors file: the arrays by number, all else as JSON in its metadata."""
    arrays: dict[str, NDArray[Any]] = {}
    told = json.dumps({"format": FORMAT, "tree": _told(tree, arrays)}, allow_nan=False, ensure_ascii=False)
    return safetensors.numpy.save(arrays or {"0": np.zeros(0)}, {"periodic-tui": told})


def _told(value: Tree, arrays: dict[str, NDArray[Any]]) -> Any:
    match value:
        case dict():
            return {key: _told(each, arrays) for key, each in value.items()}
        case list() | tuple():
            return [_told(each, arrays) for each in value]
        case np.ndarray():
            name = str(len(arrays))
            arrays[name] = np.ascontiguousarray(value).reshape(value.shape)
            return {_ARRAY: name}
        case np.generic():
            return _told(value.item(), arrays)
        case float() if not math.isfinite(value):
            return {_NUMBER: repr(value)}
        case _:
            return value


def size_of(tree: Tree) -> int:
    """Bytes of the arrays in a tree."""
    match tree:
        case np.ndarray():
            return tree.nbytes
        case dict():
            return sum(map(size_of, tree.values()))
        case list() | tuple():
            return sum(map(size_of, tree))
    return 0


def unpack(data: bytes, whose: str) -> Tree:
    """The tree that was packed. Raises NotReadable with one line that begins with `whose`."""
    try:
        return _retold(_json(data, whose), safetensors.numpy.load(data))
    except NotReadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError, OverflowError):
        raise NotReadable(f"{whose}: is damaged or no such file") from None
    except Exception as failure:  # safetensors has errors of its own, which it does not share with its stubs
        raise NotReadable(f"{whose}: {str(failure).partition(chr(10))[0]}") from None


def without_arrays(data: bytes, whose: str) -> Tree:
    """The tree that was packed, in which no array is looked at. Raises NotReadable, as `unpack` does."""
    try:
        return _json(data, whose)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError, OverflowError):
        raise NotReadable(f"{whose}: is damaged or no such file") from None


def _json(data: bytes, whose: str) -> Any:
    header = int.from_bytes(data[:8], "little")
    told = json.loads(json.loads(data[8 : 8 + header])["__metadata__"]["periodic-tui"])
    version = told["format"]
    if version != FORMAT:
        raise NotReadable(f"{whose}: is of format {version!r}, expected {FORMAT}: it needs another version")
    return told["tree"]


def _retold(value: Any, arrays: dict[str, NDArray[Any]], depth: int = 0) -> Tree:
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    match value:
        case {"array": str(name), **rest} if not rest:
            array = arrays[name]
            if array.dtype.name not in _DTYPES:
                raise ValueError("an array of that kind is not expected")
            return array
        case {"number": str(name), **rest} if not rest:
            return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[name]
        case dict():
            return {key: _retold(each, arrays, depth + 1) for key, each in value.items()}
        case list():
            return [_retold(each, arrays, depth + 1) for each in value]
        case _:
            return value


def read_packed(path: Path, most: int = MOST_BYTES, read: Callable[[bytes, str], Tree] = unpack) -> Tree:
    """The tree in a file, as `unpack` or `without_arrays` reads it. Raises NotReadable."""
    try:
        data = read_regular(path, most, follow=False)
    except OSError as failure:
        raise NotReadable(f"{path.name}: cannot be read: {failure.strerror}") from None
    except ValueError as problem:
        raise NotReadable(f"{path.name}: {problem}") from None
    return read(data, path.name)
