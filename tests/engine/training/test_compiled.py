"""The compiled engine against the eager one, and what happens where it is refused."""

import threading

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.preemption import Flag
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.against_eager import checked
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers.base import Stepper, StepperState
from periodic_tui.engine.training.steppers.verify import disagreement
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.conftest import CompiledFor
from tests.engine.experiments import experiment, sine

NOISY = experiment(
    target={"kind": "magnitude", "noise": 0.1},
    domain={"distribution": "normal", "scale": [1.0, 0.1]},
    model={"kind": "mlp", "hidden": [3], "dropout": 0.25},
    optimizer={"kind": "adam", "lr": 1e-3},
    training={"replicas": 3, "seed": 5},
)
DATA_SET = experiment(
    target="sine",
    domain={"train": [[-2.0, -1.0], [0.0, 1.0]], "points": 40},
    model={"kind": "mlp", "hidden": [4]},
    optimizer={"kind": "sgd", "lr": 1e-2, "momentum": 0.9},
    training={"batch_size": 7, "dtype": "float64"},
)
INTERVALS = sine().model_copy(update={"domain": sine().domain.model_copy(update={"train": ((-9.0, -7.0), (1.0, 2.0))})})


def errors(expected: State, found: State) -> float:
    """Largest difference, relative to each tensor's largest value."""
    return max(
        float((found[name].double() - value.double()).abs().max() / value.double().abs().max().clamp_min(1e-30))
        for name, value in expected.items()
    )


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(INTERVALS, id="two intervals"),
        pytest.param(NOISY, id="noise, dropout, three replicas", marks=pytest.mark.slow),
        pytest.param(DATA_SET, id="float64 on a fixed data set", marks=pytest.mark.slow),
    ],
)
def test_compiled_steps_are_the_eager_ones(chosen: Experiment, compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(chosen)
    start = trainer.state, trainer.step_inputs, trainer.seeds
    expected, losses = trainer.stepper.run(*start, 3, 20)
    found, compiled_losses = compiled.run(*start, 3, 20)
    assert compiled.program.calls == 1
    assert compiled_losses.shape == losses.shape
    assert float(((compiled_losses - losses) / losses).abs().max()) < 1e-5
    assert errors(expected, found) < 1e-5


def test_losses_are_the_same_bits_whatever_the_chunk(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)

    def losses(chunk: int) -> Tensor:
        state, parts = trainer.state, []
        for first in range(0, 1000, chunk):
            state, part = compiled.run(state, trainer.step_inputs, trainer.seeds, first, min(chunk, 1000 - first))
            parts.append(part)
        return torch.cat(parts)

    whole = losses(1000)
    assert whole.unique().numel() > 900
    assert losses(1).equal(whole)
    assert losses(7).equal(whole)


def test_steps_give_way_to_a_command_that_waits_or_comes(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    start, flag = (trainer.state, trainer.step_inputs, trainer.seeds), Flag(1)
    state, losses = compiled.run_until(flag, *start, 3, 20)
    expected, first = compiled.run(*start, 3, 1)
    assert losses.equal(first)
    assert errors(expected, state) == 0
    flag.value = 0
    assert compiled.run_until(flag, *start, 3, 20)[1].equal(compiled.run(*start, 3, 20)[1])
    come = threading.Timer(0.05, setattr, (flag, "value", 1))
    come.start()
    assert len(compiled.run_until(flag, *start, 0, 1 << 26)[1]) < 1 << 26
    come.join()


def test_rate_range_and_seed_are_inputs(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    other = Trainer(sine(lr=1e-3, seed=9), torch.device("cpu"))
    step_inputs = trainer.step_inputs | {"lr": other.step_inputs["lr"], "lengths": trainer.step_inputs["lengths"] / 2}
    expected, _ = trainer.stepper.run(other.state, step_inputs, other.seeds, 0, 8)
    found, _ = compiled.run(other.state, step_inputs, other.seeds, 0, 8)
    assert errors(expected, found) < 1e-5
    unchanged, _ = compiled.run(other.state, trainer.step_inputs, other.seeds, 0, 8)
    assert errors(expected, unchanged) > 1e-3


def test_a_replica_that_overflows_stays_at_its_last_good_step(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    step_inputs = trainer.step_inputs | {"lr": trainer.step_inputs["lr"] * 1e40}
    expected, _ = trainer.stepper.run(trainer.state, step_inputs, trainer.seeds, 0, 30)
    found, _ = compiled.run(trainer.state, step_inputs, trainer.seeds, 0, 30)
    assert found["alive"].tolist() == expected["alive"].tolist() == [[False]]
    assert found["parameters"].isfinite().all()


def test_tensors_of_another_shape_are_refused(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    with pytest.raises(ValueError, match=r"lr is \[2, 1\]"):
        compiled.run(trainer.state, trainer.step_inputs | {"lr": torch.ones(2, 1)}, trainer.seeds, 0, 1)


def test_knobs_of_another_shape_go_to_another_stepper(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    trainer.stepper = compiled
    trainer.advance(3)
    assert trainer.stepper is compiled
    trainer.step_inputs = trainer.step_inputs | {
        name: trainer.step_inputs[name][:, :1] for name in ("starts", "lengths")
    }
    expected, _ = trainer.eager().run(trainer.state, trainer.step_inputs, trainer.seeds, 3, 3)
    trainer.advance(3)
    assert trainer.stepper is not compiled
    assert trainer.state["parameters"].equal(expected["parameters"])


class Faulty(Stepper):
    """A stepper whose parameters are off by a hundred-thousandth and some."""

    name = "faulty"

    def __init__(self, stepper: Stepper, factor: float) -> None:
        self.stepper, self.factor = stepper, factor

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        after, losses = self.stepper.run(state, step_inputs, seeds, first, count)
        return after | {"parameters": after["parameters"] * self.factor}, losses

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return self.stepper.accepts(state, step_inputs)

    def state_dict(self) -> StepperState:
        return self.stepper.state_dict()

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        self.stepper.load_state_dict(remembered)


def test_a_planted_fault_is_refused() -> None:
    trainer = Trainer(sine(), torch.device("cpu"))
    assert checked(Faulty(trainer.eager(), 1.0), trainer)
    with pytest.raises(Unavailable, match="the compiled step was refused: in step 0 parameters"):
        checked(Faulty(trainer.eager(), 1 + 1e-4), trainer)


def test_a_step_compiled_from_another_target_is_refused(compiled_for: CompiledFor) -> None:
    _, compiled = compiled_for(INTERVALS)
    target = INTERVALS.target.model_copy(update={"frequency": 30.0})
    trainer = Trainer(INTERVALS.model_copy(update={"target": target}), torch.device("cpu"))
    assert "differs from the eager engine's" in str(
        finished(disagreement(trainer.eager(), compiled, trainer.state, trainer.step_inputs, trainer.seeds))
    )


def test_the_compiled_engine_keeps_nothing(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    assert isinstance(compiled, Compiled)
    first = compiled.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 9)[1]
    compiled.load_state_dict()
    assert compiled.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 9)[1].equal(first)
