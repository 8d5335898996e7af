"""The private interface of torch that compiled steps rest on is there."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.training.aot import aoti


@pytest.mark.parametrize(
    ("version", "trusted"),
    [("2.13.0", True), ("2.13.1+cu130", True), ("2.11.0+cu128", False), ("2.130.0", False), ("3.0.0", False)],
)
def test_only_a_torch_that_was_tried_is_trusted(version: str, trusted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", version)
    assert aoti.supported() == trusted


def test_values_in_memory_are_the_values() -> None:
    values = torch.arange(6.0).view(2, 3).mT
    same = aoti.in_memory(values)
    assert same.equal(values)
    assert same.is_contiguous()


needs_known_torch = pytest.mark.skipif(not aoti.supported(), reason="torch's private interface is not known here")


@needs_known_torch
def test_small_products_are_loops_and_large_ones_are_not() -> None:
    for size, loops in [(32, True), (33, False)]:
        a = torch.rand(size, size, generator=torch.Generator().manual_seed(size))
        graph = aoti.trace(lambda x: (x @ x,), (a,))
        assert (torch.ops.aten.mm.default not in [node.target for node in graph.graph.nodes]) == loops
        assert torch.allclose(graph(a)[0], a @ a)


@needs_known_torch
@pytest.mark.parametrize(("columns", "rows"), [(5, 100), (6, 6), (23, 23), (24, 100)])
def test_narrow_products_are_transposed(columns: int, rows: int) -> None:
    draw = torch.Generator().manual_seed(columns)
    a, b, bias = (torch.rand(*shape, generator=draw) for shape in ((100, 100), (100, columns), (columns,)))
    graph = aoti.trace(lambda a, b, bias: (torch.addmm(bias, a, b),), (a, b, bias))
    assert made(graph) == [rows]
    torch.testing.assert_close(graph(a, b, bias)[0], torch.addmm(bias, a, b))


def made(graph: torch.fx.GraphModule) -> list[int]:
    """The rows of what each product of the graph makes."""
    products = {torch.ops.aten.mm.default, torch.ops.aten.addmm.default}
    return [node.meta["val"].shape[0] for node in graph.graph.nodes if node.target in products]


@needs_known_torch
@pytest.mark.parametrize(("replicas", "times"), [(1, 1), (2, 0)])
def test_powers_of_a_single_run_are_worked_out_once(replicas: int, times: int) -> None:
    steps, values = torch.full((replicas, 1), 3.0), torch.rand(replicas, 5)
    graph = aoti.trace(lambda steps, values: (values * 0.5**steps + 0.5**steps,), (steps, values))
    stored = [node for node in graph.graph.nodes if node.target is torch.ops.aten.as_strided.default]
    assert len(stored) == 2 * times
    assert graph(steps, values)[0].equal(values * 0.125 + 0.125)


@needs_known_torch
def test_the_headers_that_are_not_read_are_there() -> None:
    include = Path(torch.__file__).parent / "include"
    for name in aoti._LIGHT_HEADERS:
        assert "#include <ATen/" in (include / name).read_text()


def test_running_imports_no_compiler() -> None:
    module = "periodic_tui.engine.training.stepper_choice"
    program = f"import sys, {module}; print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", "False"]
