"""The private interface of torch that compiled steps rest on is there."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.training.aot import compiler, program


@pytest.mark.parametrize(
    ("version", "trusted"),
    [("2.13.0", True), ("2.13.1+cu130", True), ("2.11.0+cu128", False), ("2.130.0", False), ("3.0.0", False)],
)
def test_only_a_torch_that_was_tried_is_trusted(version: str, trusted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", version)
    assert program.supported() == trusted


def test_values_in_memory_are_the_values() -> None:
    values = torch.arange(6.0).view(2, 3).mT
    same = compiler.in_memory(values)
    assert same.equal(values)
    assert same.is_contiguous()


needs_known_torch = pytest.mark.skipif(not program.supported(), reason="torch's private interface is not known here")


@needs_known_torch
@pytest.mark.parametrize(
    ("rows", "depth", "columns", "called"),
    [(16, 16, 16, False), (16, 16, 17, True), (7, 64, 73, False), (7, 64, 74, True), (500, 10, 1, False)],
)
def test_small_products_are_loops_and_large_ones_are_calls(rows: int, depth: int, columns: int, called: bool) -> None:
    draw = torch.Generator().manual_seed(rows)
    a, b, bias = (torch.rand(*shape, generator=draw) for shape in ((rows, depth), (depth, columns), (columns,)))
    graph = compiler.trace(lambda a, b, bias: (a @ b, torch.addmm(bias, a, b), a[None] @ b), (a, b, bias))
    assert [node.target for node in graph.graph.nodes].count(torch.ops.periodic_tui.multiply.default) == 3 * called
    for found, trusted in zip(graph(a, b, bias), (a @ b, torch.addmm(bias, a, b), a[None] @ b), strict=True):
        torch.testing.assert_close(found, trusted)


@needs_known_torch
@pytest.mark.parametrize(("replicas", "times"), [(1, 1), (2, 0)])
def test_powers_of_a_single_run_are_worked_out_once(replicas: int, times: int) -> None:
    steps, values = torch.full((replicas, 1), 3.0), torch.rand(replicas, 5)
    graph = compiler.trace(lambda steps, values: (values * 0.5**steps + 0.5**steps,), (steps, values))
    stored = [node for node in graph.graph.nodes if node.target is torch.ops.aten.as_strided.default]
    assert len(stored) == 2 * times
    assert graph(steps, values)[0].equal(values * 0.125 + 0.125)


@needs_known_torch
def test_the_header_that_is_not_read_is_there() -> None:
    assert "#include <ATen/" in (Path(torch.__file__).parent / "include" / compiler._LIGHT_HEADER).read_text()


def test_running_imports_no_compiler() -> None:
    module = "periodic_tui.engine.training.stepper_choice"
    program = f"import sys, {module}; print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", "False"]
