"""The private interface of torch that compiled steps rest on is there."""

import subprocess
import sys

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


def test_running_imports_no_compiler() -> None:
    module = "periodic_tui.engine.training.stepper_choice"
    program = f"import sys, {module}; print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", "False"]
