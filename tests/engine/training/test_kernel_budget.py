"""How many kernels a training step is, counted on torch's meta device.

On a GPU a small step costs what its kernels cost to start, whatever they do.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Streams
from periodic_tui.engine.training.sampling import counter_of
from periodic_tui.engine.training.steppers.cuda_graph import _Constants
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load

META = torch.device("meta")
BUDGET = {
    "sine-31": 65,
    "sine-landscape": 65,
    "clock-siren": 133,
    "clock-gelu": 163,
    "clock-snake": 157,
    "clock-oscillators": 152,
    "ln-collapse": 81,
    "ln-learns": 100,
    "magnitude": 97,
    "magnitude-population": 98,
    "single-relu": 67,
    "abs-two-relus": 91,
    "fir-filter": 87,
    "dft": 87,
    "amplitude-spectrum": 100,
    "snake-extrapolation": 97,
    "snake-interpolation": 97,
    "snake-decay": 97,
    "snake-coefficients": 97,
    "snake-cycles": 103,
    "snake-features": 97,
    "rhythms": 113,
    "ln-advice": 166,
    "magnitude-tanh": 106,
    "snake-learned": 113,
}
"""Preset to the most kernels of a step."""


class Kernels(TorchDispatchMode):
    """Counts what torch works out: every operation that does not merely look at a tensor in another way."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch annotates no dispatch mode
        self.count = 0

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.count += not func.is_view  # type: ignore[attr-defined]  # an operator of torch's
        return func(*args, **kwargs or {})


def kernels(experiment: Experiment) -> int:
    """How many kernels a step of the experiment is, with its batch."""
    trainer = Trainer(experiment, torch.device("cpu"))
    streams = Streams.of(trainer.seeds.to(META), counter_of(trainer.experiment, META))
    given = on_meta(trainer.state), on_meta(trainer.step_inputs), streams, torch.zeros((), dtype=torch.int64).to(META)
    with _Constants():  # which a capture makes beforehand
        trainer.training_step(*given)
        with Kernels() as counted:
            trainer.training_step(*given)
    return counted.count


def on_meta(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.to(META) for name, value in tensors.items()}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_step_keeps_to_its_number_of_kernels(name: str) -> None:
    assert kernels(load(name, [])[1]) <= BUDGET[name]


def test_looking_at_a_tensor_in_another_way_is_no_kernel() -> None:
    there = torch.zeros(2, 3, device=META)
    with Kernels() as counted:
        there.t()[0].expand(4, 2).unsqueeze(-1)
    assert counted.count == 0
    with Kernels() as counted:
        (there + 1).sum()
    assert counted.count == 2
