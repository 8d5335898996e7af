"""Compiles a step into two libraries. It imports torch's compiler and belongs in a process of its own.

Here, and in product.py and program.py, is everything that the project uses of torch's private interface.
"""

from __future__ import annotations

import math
import platform
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch
from torch import Tensor

from periodic_tui.engine.training.aot.program import LOOP, STEP

_SMALL, _SMALL_AND_THIN = 4_096, 32_768
"""Multiplications up to which a matrix product is faster as a fused loop than as a call, …"""
_THIN = 8
"""… the latter where rows, columns or depth are fewer than these: they don't fill the processor's registers."""
_STACK = 1 << 20
"""Bytes of intermediate values up to which they live on the stack: allocating them would take most of a small step."""
_MANY = 16
"""Threads that a step is laid out for which several may take."""
_SOURCES = [str(Path(__file__).with_name(name)) for name in ("loop.cpp", "product.cpp")]
_LIGHT_HEADER = Path("torch/csrc/inductor/aoti_torch/utils.h")
"""Of which another one is read: with torch's own, all of ATen, which no step uses, would be compiled for seconds."""
_SHIM = "#pragma once\n#include <torch/csrc/inductor/aoti_torch/c/shim.h>\n"

Tensors = tuple[Tensor, ...]


def in_memory(tensor: Tensor) -> Tensor:
    """The same values, which the compiled code works out once instead of wherever they are used."""
    whole = tensor.contiguous()
    return whole.as_strided(whole.shape, whole.stride())


def trace(function: Callable[..., Tensors], example: Tensors, together: bool = False) -> torch.fx.GraphModule:
    """`function` as a graph without autograd, its matrix products as they are fastest; see `compile_to`."""
    from torch.fx.experimental.proxy_tensor import make_fx

    graph: torch.fx.GraphModule = make_fx(
        function,
        tracing_mode="fake",
        decomposition_table=_products(together),
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
            exported = torch.export.export(trace(function, example, together), example)
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

    from periodic_tui.engine.training.aot.product import declarations

    path = folder / _LIGHT_HEADER
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_SHIM + declarations())
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

    here = "-march=native" if platform.machine() in ("x86_64", "AMD64") else "-mcpu=native"
    threads = ["-fopenmp"] if sys.platform == "linux" else []
    flags = ["-O3", here, "-ffp-contract=fast", *threads, "-std=c++20", "-shared", "-fPIC"]
    headers = [f"-I{path}" for path in include_paths()]
    command = [get_cpp_compiler(), *flags, *headers, *_SOURCES, "-o", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


def _products(together: bool) -> dict[Any, Callable[..., Any]]:
    """Small matrix products as loops, others as calls."""
    from periodic_tui.engine.training.aot.product import DTYPES, multiply

    aten = torch.ops.aten

    def product(a: Tensor, b: Tensor) -> Any:
        sizes = *a.shape[-2:], b.shape[-1]
        if math.prod(sizes) <= (_SMALL_AND_THIN if min(sizes) < _THIN else _SMALL):
            return (a.unsqueeze(-1) * b.unsqueeze(-3)).sum(-2)
        return multiply(a, b, together) if a.dtype in DTYPES else NotImplemented

    def with_bias(bias: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Any:
        result = NotImplemented if (alpha, beta) != (1, 1) else product(a, b)
        return result if result is NotImplemented else result + bias

    return {aten.mm.default: product, aten.bmm.default: product, aten.addmm.default: with_bias}
