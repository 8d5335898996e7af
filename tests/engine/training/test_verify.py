"""How far a fast step may be from the eager one."""

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.steppers.verify import disagreement
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import magnitude


class Off(Stepper):
    """The eager steps, some of whose replicas end a little elsewhere."""

    name = "off"

    def __init__(self, eager: Stepper, replicas: int, by: float) -> None:
        self._eager, self._replicas, self._by = eager, replicas, by

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        state, losses = self._eager.run(state, step_inputs, seeds, first, count)
        moved = state["parameters"].clone()
        moved[: self._replicas, 0] += self._by * moved.abs().max()
        return state | {"parameters": moved}, losses


@pytest.mark.parametrize(
    ("replicas", "off", "by", "agrees"),
    [
        (2_000, 1, 1e-3, True),
        (2_000, 1, 0.1, False),
        (2_000, 4, 1e-3, False),
        (20, 1, 1e-3, False),
        (20, 20, 1e-6, True),
    ],
)
def test_of_thousands_of_replicas_a_few_may_differ_by_a_step_of_rounding(
    replicas: int, off: int, by: float, agrees: bool
) -> None:
    trainer = Trainer(magnitude(replicas=replicas, batch_size=2), torch.device("cpu"))
    start = trainer.state, trainer.step_inputs, trainer.seeds
    found = finished(disagreement(trainer.stepper, Off(trainer.stepper, off, by), *start, at_once=1))
    assert (found is None) == agrees
