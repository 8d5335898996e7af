"""Kernels on a card."""

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.on_cuda import one_kernel
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.experiments import magnitude
from tests.engine.training.kernel.test_numbers import DATA_SET, EPOCHS, EVERY_ACTIVATION, INTERVALS, NOISY, TOO_LARGE

pytestmark = pytest.mark.gpu
CARD = torch.device("cuda", 0)
PRESETS = [load(name, [("training.replicas", 3)])[1] for name in BUILT_IN if name not in TOO_LARGE]


@pytest.mark.parametrize("spec", [*PRESETS, NOISY, EVERY_ACTIVATION, DATA_SET, EPOCHS, INTERVALS])
def test_a_kernel_trains_as_eagerly_and_its_chunks_change_no_bit(spec: Experiment) -> None:
    trainer = Trainer(spec, CARD)
    kernel = one_kernel(trainer)  # has been held against the eager engine
    state, losses = kernel.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 50)
    carried, parts = trainer.state, []
    for first in range(0, 50, 7):
        carried, part = kernel.run(carried, trainer.step_inputs, trainer.seeds, first, min(7, 50 - first))
        parts.append(part)
    assert torch.cat(parts).equal(losses)
    assert all(state[name].equal(carried[name]) for name in state)


def test_a_replica_is_the_single_run_with_its_seed() -> None:
    population, alone = Trainer(magnitude(replicas=1_000), CARD), Trainer(magnitude(seed=777), CARD)
    losses, own = (
        one_kernel(trainer).run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 200)[1]
        for trainer in (population, alone)
    )
    assert own[:, 0].equal(losses[:, 777])
