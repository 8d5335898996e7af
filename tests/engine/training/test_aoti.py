"""The private interface of torch that compiled steps rest on is there."""

import subprocess
import sys

import pytest
import torch

from periodic_tui.engine.training.aot import aoti
from periodic_tui.engine.training.aot.aoti import HOLDS_FOR, supported


def test_the_installed_torch_is_a_known_one() -> None:
    assert supported()
    assert torch.__version__.startswith(HOLDS_FOR)


def test_a_new_torch_is_not_trusted_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", "2.130.0")
    assert not supported()


def test_values_in_memory_are_the_values() -> None:
    values = torch.arange(6.0).view(2, 3).mT
    kept = aoti.in_memory(values)
    assert kept.equal(values)
    assert kept.is_contiguous()


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
