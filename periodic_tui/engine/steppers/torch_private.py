"""Everything that the compiled stepper uses of torch's private interface; nothing else of the project does.

Building (`trace`, `scan`, `compile_to`) imports torch's compiler and belongs in a process of its own. Running
(`Program`) imports nothing: the library is called through its C interface, with the interpreter lock released.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch
from torch import Tensor, nn

HOLDS_FOR = ("2.13",)
"""torch versions on which the tests of the compiled engine have passed."""

_SMALL_PRODUCT = 8_192
"""Multiplications up to which a matrix product is faster as a fused loop than as a BLAS call."""

_LARGEST_SCAN = 1 << 20

Tensors = tuple[Tensor, ...]
Body = Callable[[Tensors, Tensors], tuple[Tensors, Tensor]]


def supported() -> bool:
    """Whether this torch is one whose private interface is known."""
    return torch.__version__.startswith(tuple(f"{version}." for version in HOLDS_FOR))


def trace(function: Callable[..., Tensors], example: Tensors) -> Callable[..., Tensors]:
    """`function` as a graph without autograd, its small matrix products spelled out as loops."""
    from torch.fx.experimental.proxy_tensor import make_fx

    traced = make_fx(function, tracing_mode="fake", decomposition_table=_loops_for_small_products())
    graph: Callable[..., Tensors] = traced(*example)
    return graph


def scan(body: Body, start: Tensors, along: Tensors) -> tuple[Tensors, Tensor]:
    """`body(carry, slices)` over the first axis of `along`; the last carry and the stacked results."""
    from torch._higher_order_ops.scan import scan as torch_scan

    result: tuple[Tensors, Tensor] = torch_scan(body, start, along)
    return result


def compile_to(library: Path, module: nn.Module, fixed: Sequence[Tensors], along: Tensors) -> None:
    """Compile `module(*fixed, along)` into a shared library; the first axis of `along` may have any length."""
    import torch._inductor

    length = torch.export.Dim("length", min=2, max=_LARGEST_SCAN)
    shapes = (*(tuple(None for _ in group) for group in fixed), tuple({0: length} for _ in along))
    with torch.no_grad():
        exported = torch.export.export(module, (*fixed, along), dynamic_shapes=shapes)
    package = library.with_suffix(".pt2")
    # Precompiled headers would fill the user's cache with 300 MB for a second or two.
    options = {"aot_inductor.precompile_headers": False}
    torch._inductor.aoti_compile_and_package(exported, package_path=str(package), inductor_configs=options)
    with ZipFile(package) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".so"))
        library.write_bytes(archive.read(name))
    package.unlink()


def _loops_for_small_products() -> dict[Any, Callable[..., Any]]:
    aten = torch.ops.aten

    def product(a: Tensor, b: Tensor) -> Any:
        if a.shape[-2] * a.shape[-1] * b.shape[-1] > _SMALL_PRODUCT:
            return NotImplemented
        return (a.unsqueeze(-1) * b.unsqueeze(-3)).sum(-2)

    def with_bias(bias: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Any:
        result = NotImplemented if (alpha, beta) != (1, 1) else product(a, b)
        return result if result is NotImplemented else result + bias

    return {aten.mm.default: product, aten.bmm.default: product, aten.addmm.default: with_bias}


class Program:
    """A compiled shared library. A call releases the interpreter lock while it runs."""

    def __init__(self, library: Path, outputs: int) -> None:
        self._library = ctypes.CDLL(str(library))
        self._outputs = outputs
        self._container = ctypes.c_void_p()
        create = self._library.AOTInductorModelContainerCreateWithDevice
        folder = str(library.parent).encode()
        _check(create(ctypes.byref(self._container), ctypes.c_size_t(1), b"cpu", folder))
        self._run = self._library.AOTInductorModelContainerRun
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        self._run.argtypes = [pointer, pointer, size, pointer, size, pointer, pointer]
        self.calls = 0
        """How often the library's code has run."""

    def __call__(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The outputs for contiguous inputs, whose shapes and dtypes must be the compiled ones."""
        handles = torch._C._aoti.unsafe_alloc_void_ptrs_from_tensors(list(tensors))
        inputs = (ctypes.c_void_p * len(handles))(*[_address(handle, None) for handle in handles])
        outputs = (ctypes.c_void_p * self._outputs)()
        _check(self._run(self._container, inputs, len(handles), outputs, self._outputs, None, None))
        self.calls += 1
        capsules = [_capsule(output, None, None) for output in outputs]
        # The singular form leaks three kilobytes a call.
        results: list[Tensor] = torch._C._aoti.alloc_tensors_by_stealing_from_void_ptrs(capsules)
        return results


def _check(code: int) -> None:
    if code:
        raise RuntimeError(f"the compiled step failed with code {code}")


_address = ctypes.pythonapi.PyCapsule_GetPointer
_address.restype, _address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype, _capsule.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
