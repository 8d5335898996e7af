"""What holds tensors as a tree that can be packed, and back."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.recording.attributes import part
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree

_PAIRS, _TUPLE, _QUEUE = "pairs", "tuple", "queue"
"""Keys of the objects that stand for what JSON has no word for: dictionaries with other keys, and the like."""


def plain(value: Any) -> Tree:
    """Tensors, numbers and nested dictionaries and sequences of them as a tree; tensors are not copied where they are
    on the CPU."""
    match value:
        case Tensor():
            return value.detach().cpu().numpy()
        case dict():
            return {_PAIRS: [[plain(key), plain(each)] for key, each in value.items()]}
        case tuple():
            return {_TUPLE: [plain(each) for each in value]}
        case deque():
            return {_QUEUE: [plain(each) for each in value], "most": value.maxlen}
        case list():
            return [plain(each) for each in value]
        case _:
            return value


def lively(tree: Tree, device: torch.device) -> Any:
    """What the tree was, its tensors on the device. Raises NotReadable."""
    match tree:
        case np.ndarray():
            return torch.from_numpy(tree.copy()).to(device)
        case {"pairs": list(pairs)}:
            return {_key(pair[0]): lively(pair[1], device) for pair in pairs if isinstance(pair, list)}
        case {"tuple": list(items)}:
            return tuple(lively(each, device) for each in items)
        case {"queue": list(items), "most": int() | None as most}:
            return deque((lively(each, device) for each in items), most)
        case list():
            return [lively(each, device) for each in tree]
        case dict():
            raise NotReadable("the checkpoint is damaged: a value is of no known kind")
        case _:
            return tree


def _key(tree: Tree) -> str | int:
    if not isinstance(tree, str | int):
        raise NotReadable("the checkpoint is damaged: a key is neither text nor number")
    return tree


def tensor(tree: Tree, name: str, expected: Tensor) -> Tensor:
    """The tensor under a name, if it is of the type and shape of the expected one, and where that is. Raises
    NotReadable."""
    found = lively(part(tree, name), expected.device)
    if not isinstance(found, Tensor) or (found.dtype, found.shape) != (expected.dtype, expected.shape):
        raise NotReadable(f"the checkpoint is damaged: {name} does not fit the preset")
    return found
