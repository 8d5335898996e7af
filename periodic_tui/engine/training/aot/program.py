"""A compiled step as it is run: two libraries, called through their C interface with the interpreter lock released.

Nothing is imported for it. How the libraries lay out what they take is torch's private interface, as is everything in
compiler.py, which makes them; nothing else of the project uses that.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.scheduling.preemption import UNSET, Flag

HOLDS_FOR = ("2.13",)
"""torch versions on which the tests of the compiled engine have passed."""
STEP, LOOP = "step.so", "loop.so"
"""The libraries: one training step, and the loop around it with the matrix products that it takes."""
PRODUCTS = "multiply_float32", "multiply_float64"
"""What a step calls of the other library, by pointers of these names."""


def supported() -> bool:
    """Whether this torch is one whose private interface is known."""
    return torch.__version__.startswith(tuple(f"{version}." for version in HOLDS_FOR))


class _Tensor(ctypes.Structure):
    """A tensor as the compiled code takes it; torch's AOTInductorArrayRefTensor."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("numel", ctypes.c_int64),
        ("sizes", ctypes.c_int64 * 8),
        ("strides", ctypes.c_int64 * 8),
        ("ndim", ctypes.c_int32),
        ("dtype", ctypes.c_int32),
        ("device_type", ctypes.c_int32),
        ("device_idx", ctypes.c_int32),
        ("reserved", ctypes.c_int64 * 4),
    )

    @classmethod
    def of(cls, tensor: Tensor) -> _Tensor:
        """The tensor's memory, which must outlive this."""
        made = cls.from_buffer_copy(cls._like(tensor.shape, tensor.stride(), tensor.dtype))
        made.data = tensor.data_ptr()
        return made

    @classmethod
    @cache
    def _like(cls, shape: torch.Size, stride: tuple[int, ...], dtype: torch.dtype) -> _Tensor:
        """One of no memory; it takes longer to make than many a step."""
        layout = (ctypes.c_int64 * 8)(*shape), (ctypes.c_int64 * 8)(*stride)
        return cls(None, shape.numel(), *layout, len(shape), _DTYPES[dtype], 0, -1)


_DTYPES = {torch.int64: 4, torch.float32: 6, torch.float64: 7, torch.bool: 11}


class _Job(ctypes.Structure):
    """What the loop is to do; see loop.cpp."""

    _fields_ = (
        ("step", ctypes.c_void_p),
        ("model", ctypes.c_void_p),
        ("inputs", ctypes.POINTER(_Tensor)),
        ("input_count", ctypes.c_int32),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("output_count", ctypes.c_int32),
        ("bytes", ctypes.POINTER(ctypes.c_int64)),
        ("losses", ctypes.c_void_p),
        ("groups", ctypes.c_int64),
        ("first", ctypes.c_int64),
        ("count", ctypes.c_int64),
        ("block", ctypes.c_int64),
        ("wanted", ctypes.POINTER(ctypes.c_int32)),
    )


@dataclass(frozen=True)
class Input:
    """A tensor that the step takes: the groups' rows of it one after the other, or the same for every group."""

    tensor: Tensor
    groups: int = 0
    """How many groups have rows of it; 0: all take the whole of it."""

    @property
    def first(self) -> Tensor:
        """What the first group takes."""
        return self.tensor[: len(self.tensor) // self.groups] if self.groups else self.tensor

    @property
    def stride(self) -> int:
        """Bytes from there to what the next one takes."""
        return self.tensor.nbytes // self.groups if self.groups else 0


class Program:
    """A compiled step and the loop around it. A call releases the interpreter lock while it runs."""

    def __init__(self, folder: Path) -> None:
        try:
            self._step, self._loop = (ctypes.CDLL(str(folder / name)) for name in (STEP, LOOP))
            if ctypes.c_int64.in_dll(self._loop, "tensor_bytes").value != ctypes.sizeof(_Tensor):
                raise RuntimeError("this torch lays out a tensor in another way")
            for name in PRODUCTS:
                pointer = ctypes.cast(getattr(self._loop, name), ctypes.c_void_p)
                ctypes.c_void_p.in_dll(self._step, name).value = pointer.value
            self._model = ctypes.c_void_p()
            _check(self._step.AOTInductorModelCreateV2(ctypes.byref(self._model), None, ctypes.c_size_t(0)))
            self._entry = ctypes.cast(self._step.AOTInductorModelRunMinimalArrayrefInterfaceV2, ctypes.c_void_p)
        except (OSError, ValueError, AttributeError, RuntimeError) as failure:
            raise Unavailable(f"the compiled step cannot be loaded: {failure}") from None
        self.calls = 0
        """How often the libraries' code has run."""

    def __call__(
        self,
        state: Sequence[Input],
        fixed: Sequence[Input],
        first: int,
        losses: Tensor,
        *,
        threads: int = 1,
        block: int = 1,
        wanted: Flag = UNSET,
    ) -> int:
        """Run the steps from number `first` on, one for each row of `losses`; `state` and `losses` are overwritten.
        Returns how many were run: fewer, but a block at least, where the flag is set meanwhile.

        All tensors are contiguous, and the first group's of the compiled shapes and dtypes. `block`: the steps that a
        group takes before the next one has its turn.
        """
        groups = max(1, state[0].groups)
        inputs = [*state, *fixed, Input(torch.tensor(first))]
        sizes = [*(each.stride for each in state), losses[0].nbytes // groups]
        steps = ctypes.c_int64()
        job = _Job(
            self._entry, self._model,
            (_Tensor * len(inputs))(*(_Tensor.of(each.first) for each in inputs)), len(inputs),
            (ctypes.c_int64 * len(inputs))(*(each.stride for each in inputs)),
            len(sizes), (ctypes.c_int64 * len(sizes))(*sizes),
            losses.data_ptr(), groups, first, len(losses), block, ctypes.pointer(wanted),
        )  # fmt: skip
        _check(self._loop.run_steps(ctypes.byref(job), ctypes.c_int64(threads), ctypes.byref(steps)))
        self.calls += 1
        return steps.value


def _check(code: int) -> None:
    if code:
        raise Unavailable(f"the compiled step failed with code {code}")
