"""Parameters to start from: named tensors in a safetensors file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.components.models.base import Layout, Parameter
from periodic_tui.engine.files import read_regular, told
from periodic_tui.engine.names import did_you_mean

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

MAX_BYTES = 1 << 28
"""Largest file that is read: 256 MB."""
_SHOWN = 40
"""Characters of a name that are repeated."""


@dataclass(frozen=True)
class Weights:
    """The tensors of one version of a file."""

    path: str
    version: tuple[int, int]
    """When the file was written, in nanoseconds, and its size in bytes."""
    tensors: Mapping[str, NDArray[Any]] = field(compare=False)
    """Finite numbers, by the names of parameters: of the parameter's own shape, for every replica, or
    `[replicas, *shape]`."""

    def conflicts(self, layout: Layout, replicas: int) -> str:
        """What keeps a network of that layout from starting from them, in one line; empty if nothing does."""
        return next(self._problems(layout, replicas), "")

    def _problems(self, layout: Layout, replicas: int) -> Iterator[str]:
        file, names = _name(self.path), [parameter.name for parameter in layout.parameters]
        for parameter in layout.parameters:
            if parameter.name not in self.tensors:
                yield f"{file}: has no tensor {parameter.name}, which this model needs"
            elif (found := self.tensors[parameter.name].shape) not in _shapes(parameter, replicas):
                expected = " or ".join(str(list(shape)) for shape in _shapes(parameter, replicas))
                yield f"{file}: {parameter.name}: expected shape {expected}, got {list(found)[:8]}"
        for name in sorted(set(self.tensors) - set(names)):
            yield f"{file}: has a tensor {name[:_SHOWN]!r}, which this model has not{did_you_mean(name, names)}"

    def draw(self, layout: Layout, replicas: int, dtype: torch.dtype) -> Tensor:
        """`[replicas, parameters]` initial values."""
        import torch

        blocks = [self._block(parameter, replicas).to(dtype) for parameter in layout.parameters]
        return torch.cat(blocks, dim=-1)

    def _block(self, parameter: Parameter, replicas: int) -> Tensor:
        import torch

        values = torch.from_numpy(self.tensors[parameter.name].copy())
        return values.reshape(-1, parameter.size).expand(replicas, -1)


def _shapes(parameter: Parameter, replicas: int) -> tuple[tuple[int, ...], ...]:
    return parameter.shape, (replicas, *parameter.shape)


def read_weights(path: str) -> Weights:
    """The tensors of a file; read again only when it has changed. Raises ValueError with one line that names it."""
    try:
        status = Path(path).stat()
        return _read(path, (status.st_mtime_ns, status.st_size))
    except OSError as error:
        problem = told(error)
    except ValueError as error:
        problem = str(error)
    raise ValueError(f"{_name(path)}: {problem}")


def _name(path: str) -> str:
    return Path(path).name[-_SHOWN:]


@lru_cache(maxsize=4)
def _read(path: str, version: tuple[int, int]) -> Weights:
    import safetensors.numpy

    data = read_regular(Path(path), MAX_BYTES)
    try:
        tensors = safetensors.numpy.load(data)
    except Exception:  # it has errors of its own, and no common base for them
        raise ValueError("is damaged or no safetensors file") from None
    for name, tensor in tensors.items():
        _check(name[:_SHOWN], tensor)
    return Weights(path, version, tensors)


def _check(name: str, tensor: NDArray[Any]) -> None:
    import numpy as np

    if tensor.dtype.kind != "f":
        raise ValueError(f"{name!r}: expected floating-point numbers, got {tensor.dtype.name}")
    if not np.isfinite(tensor).all():
        raise ValueError(f"{name!r}: expected finite numbers only")
