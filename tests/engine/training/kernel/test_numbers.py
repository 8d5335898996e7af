"""Kernels against the eager engine: their numbers, on this machine."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.kernel.stepper import OneKernel
from periodic_tui.engine.training.steppers.verify import disagreement
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.trial import trials
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, magnitude, sine
from tests.engine.programs import CHAIN, RANDOM_FEATURES, with_program
from tests.engine.training.kernel.host import host

TOO_LARGE = {
    *("clock-siren", "clock-gelu", "clock-snake"),
    *("snake-extrapolation", "snake-interpolation", "snake-decay", "snake-coefficients", "snake-features"),
    "snake-learned",
}
NOISY = experiment(
    target={"kind": "magnitude", "noise": 0.1},
    domain={"distribution": "normal", "scale": [1.0, 0.1]},
    model={"kind": "mlp", "hidden": [3], "activation": {"kind": "snake", "learn": True}, "dropout": 0.25},
    optimizer={"kind": "adamw", "lr": 1e-2, "weight_decay": 0.1, "amsgrad": True},
    training={"clip_gradient": 0.5, "replicas": 3, "schedule": {"kind": "cosine", "T_max": 10}},
)
EVERY_ACTIVATION = experiment(
    target={"kind": "sine"},
    model={"kind": "mlp", "hidden": [3] * len(activations), "activation": list(activations)},
    init={"weights": {"kind": "normal", "std": 1.0}},
    optimizer={"kind": "sgd", "lr": 1e-3, "momentum": 0.9, "nesterov": True},
    training={"loss": "huber", "dtype": "float64", "batch_size": 5},
)
DATA_SET = experiment(
    target={"kind": "sine", "noise": 0.1},
    domain={"train": [[-2.0, -1.0], [0.0, 1.0]], "points": 40},
    model={"kind": "mlp", "hidden": [4]},
    optimizer={"kind": "sgd", "lr": 1e-2, "momentum": 0.9},
    training={"batch_size": 7, "dtype": "float64", "replicas": 3},
)
EPOCHS = experiment(
    target={"kind": "sine"},
    domain={"points": 40},
    model={"kind": "mlp", "hidden": [4]},
    training={"batch_size": 7, "sampling": "epochs", "replicas": 3, "loss": "mae"},
)
INTERVALS = sine(replicas=2).model_copy(
    update={"domain": sine().domain.model_copy(update={"train": ((-9.0, -7.0), (1.0, 2.0))})}
)


def built(spec: Experiment, folder: Path, lanes: int = 1) -> tuple[Trainer, OneKernel]:
    trainer = Trainer(spec, torch.device("cpu"))
    return trainer, OneKernel(trainer.training_step, trainer.state, trainer.step_inputs, host(folder, lanes))


def difference(trainer: Trainer, kernel: OneKernel) -> str | None:
    return finished(disagreement(trainer.eager(), kernel, trainer.state, trainer.step_inputs, trainer.seeds))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_preset_that_fits_trains_as_eagerly(name: str, tmp_path: Path) -> None:
    spec = load(name, [("training.replicas", 2)])[1]
    if name in TOO_LARGE:
        with pytest.raises(Unavailable, match="too large for one kernel"):
            built(spec, tmp_path)
    else:
        assert difference(*built(spec, tmp_path)) is None


@pytest.mark.parametrize("spec", [NOISY, EVERY_ACTIVATION, DATA_SET, EPOCHS, INTERVALS])
def test_whatever_a_preset_can_say_trains_as_eagerly(spec: Experiment, tmp_path: Path) -> None:
    assert difference(*built(spec, tmp_path)) is None


@pytest.mark.parametrize("source", [CHAIN, RANDOM_FEATURES])
def test_a_network_of_the_users_own_trains_as_eagerly(source: str, tmp_path: Path) -> None:
    assert difference(*built(with_program(tmp_path, source), tmp_path)) is None


@pytest.mark.parametrize("spec", [sine(replicas=2), NOISY, load("ln-collapse")[1]], ids=["sine", "noisy", "128 lanes"])
def test_lanes_wait_for_each_other(spec: Experiment, tmp_path: Path) -> None:
    trainer = Trainer(spec, torch.device("cpu"))
    machine = host(tmp_path, lanes=0)
    kernel = OneKernel(trainer.training_step, trainer.state, trainer.step_inputs, machine)
    assert difference(trainer, kernel) is None
    state, losses = kernel.run(trainer.state, trainer.step_inputs, trainer.seeds, 5, 3)
    machine.backwards = True
    other, other_losses = kernel.run(trainer.state, trainer.step_inputs, trainer.seeds, 5, 3)
    assert losses.equal(other_losses)
    assert all(state[name].equal(other[name]) for name in state)


def test_chunks_change_no_bit(tmp_path: Path) -> None:
    trainer, kernel = built(magnitude(replicas=2), tmp_path)

    def losses(chunk: int) -> Tensor:
        state, parts = trainer.state, []
        for first in range(0, 200, chunk):
            state, part = kernel.run(state, trainer.step_inputs, trainer.seeds, first, min(chunk, 200 - first))
            parts.append(part)
        return torch.cat(parts)

    whole = losses(200)
    assert whole.unique().numel() > 390
    assert losses(1).equal(whole)
    assert losses(7).equal(whole)


def test_a_replica_is_the_single_run_with_its_seed(tmp_path: Path) -> None:
    trainer, kernel = built(magnitude(replicas=4), tmp_path)
    _, losses = kernel.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 100)
    alone, single = built(magnitude(seed=2), tmp_path)
    _, own_losses = single.run(alone.state, alone.step_inputs, alone.seeds, 0, 100)
    assert own_losses[:, 0].equal(losses[:, 2])


def test_a_replica_that_diverges_stops_alone(tmp_path: Path) -> None:
    trainer, kernel = built(magnitude(replicas=2), tmp_path)
    state = trainer.state | {"parameters": trainer.state["parameters"].clone()}
    state["parameters"][1] = torch.inf
    after, losses = kernel.run(state, trainer.step_inputs, trainer.seeds, 0, 5)
    assert after["alive"].flatten().tolist() == [True, False]
    assert losses[:, 0].isfinite().all()
    assert after["parameters"][1].isinf().all()
    assert not after["parameters"][0].equal(state["parameters"][0])


def test_the_given_state_stays_as_it_was(tmp_path: Path) -> None:
    trainer, kernel = built(sine(replicas=2), tmp_path)
    before = trainer.state["parameters"].clone()
    kernel.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 3)
    assert trainer.state["parameters"].equal(before)


def test_a_trial_of_some_replicas_is_the_kernels_too(tmp_path: Path) -> None:
    trainer, kernel = built(magnitude(replicas=3), tmp_path)
    eager = finished(trials(trainer, np.array([0, 2]), (1.0, 0.5), 20))
    trainer.stepper = kernel
    for mine, other in zip(finished(trials(trainer, np.array([0, 2]), (1.0, 0.5), 20)), eager, strict=True):
        assert len(mine) == 2
        torch.testing.assert_close(mine, other)
    assert not kernel.accepts(trainer.state, trainer.step_inputs | {"lr": trainer.step_inputs["lr"][:2]})


def test_other_shapes_are_not_taken(tmp_path: Path) -> None:
    trainer, kernel = built(sine(replicas=2), tmp_path)
    assert kernel.accepts(trainer.state, trainer.step_inputs)
    wider = trainer.step_inputs | {"starts": trainer.step_inputs["starts"].repeat(1, 2)}
    assert not kernel.accepts(trainer.state, wider)
    with pytest.raises(ValueError, match="other shapes"):
        kernel.run(trainer.state, wider, trainer.seeds, 0, 1)
