"""Everything that the compiled stepper uses of torch's private interface; nothing else of the project does.

Building (`compile_to`) imports torch's compiler and belongs in a process of its own. Running (`Program`) imports
nothing: the libraries are called through their C interface, with the interpreter lock released.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.scheduling.preemption import UNSET, Flag

HOLDS_FOR = ("2.13",)
"""torch versions on which the tests of the compiled engine have passed."""
STEP, LOOP = "step.so", "loop.so"
"""The libraries that a build makes: one training step, and the loop around it."""

_SMALL_PRODUCT = 32_768
"""Multiplications up to which a matrix product is faster as a fused loop than as a BLAS call."""
_NARROW = range(6, 24)
"""Columns of a product that takes BLAS up to three times as long as its transpose: it fills its vectors along them."""
_STACK = 1 << 20
"""Bytes of intermediate values up to which they live on the stack: allocating them would take most of a small step."""
_MANY = 16
"""Threads that a step is laid out for which several may take."""
_LOOP_SOURCE = Path(__file__).with_name("loop.cpp")
_LIGHT_HEADERS = {
    "torch/csrc/inductor/aoti_torch/utils.h": "#pragma once\n#include <torch/csrc/inductor/aoti_torch/c/shim.h>\n"
}
"""Read in place of torch's own, with which all of ATen, which no step uses, would be compiled for seconds."""

Tensors = tuple[Tensor, ...]


def supported() -> bool:
    """Whether this torch is one whose private interface is known."""
    return torch.__version__.startswith(tuple(f"{version}." for version in HOLDS_FOR))


def in_memory(tensor: Tensor) -> Tensor:
    """The same values, which the compiled code works out once instead of wherever they are used."""
    whole = tensor.contiguous()
    return whole.as_strided(whole.shape, whole.stride())


def trace(function: Callable[..., Tensors], example: Tensors) -> torch.fx.GraphModule:
    """`function` as a graph without autograd, its matrix products as they are fastest."""
    from torch.fx.experimental.proxy_tensor import make_fx

    graph: torch.fx.GraphModule = make_fx(
        function,
        tracing_mode="fake",
        decomposition_table=_products(),
        _allow_non_fake_inputs=True,  # constants of somebody's own network
    )(*example)
    _work_out_single_numbers_once(graph)
    return graph


def _work_out_single_numbers_once(graph: torch.fx.GraphModule) -> None:
    """Put single numbers that take time into memory: a loop over parameters would work them out at every turn."""
    aten = torch.ops.aten
    slow = {aten.pow.Scalar, aten.sqrt.default, aten.div.Tensor}
    for node in list(graph.graph.nodes):
        if node.target in slow and (value := node.meta["val"]).numel() == 1:
            with graph.graph.inserting_after(node):
                layout = list(value.shape), list(value.stride())
                stored = graph.graph.call_function(aten.as_strided.default, (node, *layout))
            node.replace_all_uses_with(stored, delete_user_cb=lambda user, stored=stored: user is not stored)
    graph.recompile()


def _sum_in_one_order() -> None:
    """Let threads share what is worked out for many results, and no sum: it would be rounded otherwise with each number
    of threads."""
    from torch._inductor.codegen import cpp

    nests: Any = cpp.LoopNest
    deepest = nests.max_parallel_depth

    def without_sums(nest: Any) -> Any:
        found = deepest(nest)
        shared = nest.loops and not nest.loops[found.start_depth].is_reduction
        return found if shared else cpp.ParallelDepth(parallel_depth=0, start_depth=0)

    nests.max_parallel_depth = without_sums


def compile_to(folder: Path, function: Callable[..., Tensors], example: Tensors, together: bool = False) -> None:
    """Compile `function`, for tensors like the example's, and the loop around it into two shared libraries. `together`:
    as many threads as torch uses then take each step, else one."""
    import torch._inductor
    from torch._inductor.codegen import cpp_wrapper_cpu_array_ref

    cpp_wrapper_cpu_array_ref.MAX_STACK_ALLOCATION_SIZE = _STACK
    _read_light_headers(folder / "headers")
    with ThreadPoolExecutor(1) as aside:
        loop = aside.submit(_compile_loop, folder / LOOP)
        _compile_wrappers(aside)
        with torch.no_grad():
            exported = torch.export.export(trace(function, example), example)
        _compile_step(exported, folder, together)
        loop.result()


def _compile_step(exported: torch.export.ExportedProgram, folder: Path, together: bool) -> None:
    _sum_in_one_order()
    package = folder / "step.pt2"
    options = {
        "aot_inductor.allow_stack_allocation": True,
        "aot_inductor.use_minimal_arrayref_interface": True,
        # Precompiled headers would fill the user's cache with 300 MB for a second or two.
        "aot_inductor.precompile_headers": False,
        # With 1 the compiler takes it that there is one thread, and lets all of them do what one should.
        "cpp.threads": _MANY if together else 1,
        "cpp.dynamic_threads": together,
        # Torch would try out every set of instructions that the processor has before it takes the widest.
        "cpp.vec_isa_ok": True,
    }
    torch._inductor.aoti_compile_and_package(exported, package_path=str(package), inductor_configs=options)
    with ZipFile(package) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".so"))
        (folder / STEP).write_bytes(archive.read(name))
    package.unlink()


def _read_light_headers(folder: Path) -> None:
    from torch._inductor import cpp_builder

    for name, text in _LIGHT_HEADERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    first = [str(folder), *cpp_builder._get_python_include_dirs()]
    cpp_builder._get_python_include_dirs = lambda: first


def _compile_wrappers(aside: Executor) -> None:
    """Compile what calls a step's kernels beside them; torch would compile one after the other."""
    from torch._inductor.cpp_builder import CppBuilder

    build, begun = CppBuilder.build, list[Future[None]]()

    def beside(builder: CppBuilder) -> None:
        if builder.get_target_file_path().endswith(".wrapper.o"):
            begun.append(aside.submit(build, builder))
            return
        build(builder)
        while begun:
            begun.pop().result()

    CppBuilder.build = beside  # type: ignore[method-assign, assignment]


def _compile_loop(library: Path) -> None:
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch.utils.cpp_extension import include_paths

    flags = ["-O2", "-std=c++20", "-shared", "-fPIC", *(f"-I{path}" for path in include_paths())]
    command = [get_cpp_compiler(), *flags, str(_LOOP_SOURCE), "-o", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


def _products() -> dict[Any, Callable[..., Any]]:
    """Small matrix products as loops, narrow ones transposed."""
    aten = torch.ops.aten

    def product(a: Tensor, b: Tensor) -> Any:
        rows, columns = a.shape[-2], b.shape[-1]
        if rows * a.shape[-1] * columns <= _SMALL_PRODUCT:
            return (a.unsqueeze(-1) * b.unsqueeze(-3)).sum(-2)
        if columns in _NARROW and columns < rows:
            return in_memory((b.mT @ a.mT).mT)
        return NotImplemented

    def with_bias(bias: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Any:
        result = NotImplemented if (alpha, beta) != (1, 1) else product(a, b)
        return result if result is NotImplemented else result + bias

    return {aten.mm.default: product, aten.bmm.default: product, aten.addmm.default: with_bias}


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
