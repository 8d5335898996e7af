"""The CUDA engine, as far as a machine without a GPU can tell.

Its buffers are proved with a capture that does the work again; that the step can be captured, on torch's meta device,
where a copy from the host or a look at a number is an error.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.on_cuda import captured as checked_graph
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.steppers.cuda_graph import BLOCK, CudaGraph, Work
from periodic_tui.engine.training.steppers.verify import disagreement
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, ln, magnitude, sine

CPU, META = torch.device("cpu"), torch.device("meta")
DATA_SET = experiment(
    target={"kind": "sine", "noise": 0.1},
    domain={"train": [[-2.0, -1.0], [0.0, 1.0]], "points": 40},
    model={"kind": "mlp", "hidden": [4], "dropout": 0.25},
    optimizer={"kind": "sgd", "lr": 1e-2, "momentum": 0.9},
    training={"batch_size": 7, "dtype": "float64", "replicas": 3},
)
SKEWED = experiment(
    target={"kind": "magnitude", "noise": 0.1},
    domain={"distribution": "normal", "scale": [1.0, 0.1]},
    model={"kind": "mlp", "hidden": [3], "activation": {"kind": "snake", "learn": True}},
    optimizer={"kind": "adamw", "lr": 1e-2, "weight_decay": 0.1},
    training={"clip_gradient": 0.5},
)
EXPERIMENTS = {
    "sine": sine(replicas=2),
    "ln": ln(),
    "magnitude": magnitude(replicas=3),
    "data": DATA_SET,
    "skewed": SKEWED,
}


def again(work: Work) -> Work:
    """In place of a capture: the work is done once, as before a capture, and then whenever it is asked for."""
    work()
    return work


def in_chunks(graph: Stepper, trainer: Trainer, chunk: int, expected: State, losses: Tensor) -> bool:
    """Whether a hundred steps taken in chunks come to this state with these losses, to the bit."""
    state, found = trainer.state, []
    for first in range(0, 100, chunk):
        state, part = graph.run(state, trainer.step_inputs, trainer.seeds, first, min(chunk, 100 - first))
        found.append(part)
    return same(expected, state) and torch.cat(found).equal(losses)


@pytest.mark.gpu
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_on_a_gpu_the_chunks_change_no_bit(name: str) -> None:
    trainer = Trainer(EXPERIMENTS[name], torch.device("cuda", 0))
    graph = checked_graph(trainer)
    expected, losses = graph.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 100)
    for chunk in (1, 31, 33):
        assert in_chunks(graph, trainer, chunk, expected, losses), chunk


def trained(spec: Experiment) -> tuple[Trainer, CudaGraph]:
    trainer = Trainer(spec, CPU)
    return trainer, CudaGraph(trainer.training_step, CPU, again)


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_numbers_are_those_of_the_eager_engine_whatever_the_chunk(name: str) -> None:
    trainer, graph = trained(EXPERIMENTS[name])
    expected, losses = trainer.eager().run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 100)
    for chunk in (1, 31, 32, 33, 100):
        assert in_chunks(graph, trainer, chunk, expected, losses), chunk
    assert (
        finished(disagreement(trainer.eager(), graph, trainer.state, trainer.step_inputs, trainer.seeds, BLOCK + 1))
        is None
    )


def test_a_rate_that_changes_needs_no_new_capture() -> None:
    trainer, graph = trained(magnitude())
    captures: list[Work] = []

    def counted(work: Work) -> Work:
        captures.append(work)
        return again(work)

    graph = CudaGraph(trainer.training_step, CPU, counted)
    first, _ = graph.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 33)
    faster = trainer.step_inputs | {"lr": trainer.step_inputs["lr"] * 10}
    found, losses = graph.run(first, faster, trainer.seeds, 33, 33)
    expected, other = trainer.eager().run(first, faster, trainer.seeds, 33, 33)
    unchanged, _ = trainer.eager().run(first, trainer.step_inputs, trainer.seeds, 33, 33)
    assert same(found, expected)
    assert losses.equal(other)
    assert not same(found, unchanged)
    assert len(captures) == 2, "one of a block, one of a single step"


def test_what_is_given_and_returned_is_left_alone() -> None:
    trainer, graph = trained(ln())
    before = {name: value.clone() for name, value in trainer.state.items()}
    first, losses = graph.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 33)
    kept, kept_losses = {name: value.clone() for name, value in first.items()}, losses.clone()
    graph.run(first, trainer.step_inputs, trainer.seeds + 5, 33, 40)
    assert same(trainer.state, before)
    assert same(first, kept)
    assert losses.equal(kept_losses)


def test_tensors_of_another_shape_are_not_taken() -> None:
    trainer, graph = trained(DATA_SET)
    half = {"data_x": trainer.step_inputs["data_x"][:20], "data_y": trainer.step_inputs["data_y"][:20]}
    step_inputs = trainer.step_inputs | half | {"count": torch.full((3,), 20)}
    assert graph.accepts(trainer.state, step_inputs), "nothing has been captured yet"
    graph.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 2)
    assert graph.accepts(trainer.state, trainer.step_inputs)
    assert not graph.accepts(trainer.state, step_inputs)
    with pytest.raises(ValueError, match="tensors of other shapes"):
        graph.run(trainer.state, step_inputs, trainer.seeds, 2, 2)


def test_a_replica_that_overflows_stays_at_its_last_good_step() -> None:
    trainer, graph = trained(sine(replicas=2))
    step_inputs = trainer.step_inputs | {"lr": torch.tensor([[1e36], [1e-4]])}
    expected, _ = trainer.eager().run(trainer.state, step_inputs, trainer.seeds, 0, 40)
    found, _ = graph.run(trainer.state, step_inputs, trainer.seeds, 0, 40)
    assert found["alive"].tolist() == [[False], [True]]
    assert same(found, expected)


class OnDevice(TorchDispatchMode):
    """Fails where anything but the device has a part: a tensor of the host, a number that the host looks at."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch annotates no dispatch mode

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **kwargs or {})
        for tensor in tree_leaves((args, kwargs, result)):
            if isinstance(tensor, Tensor) and tensor.device != META:
                raise RuntimeError(f"{func} has a part of the {tensor.device}")
        return result


class Referee(TorchFunctionMode):
    """Fails on work that could not be captured, `capture` being its stand-in for a capture."""

    capturing = False

    def capture(self, work: Work) -> Work:
        work()
        self.capturing = True
        with OnDevice():
            work()
        self.capturing = False
        return work

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if self.capturing and func in {Tensor.new_tensor, torch.tensor, torch.as_tensor, torch.from_numpy}:
            raise RuntimeError(f"{func} copies from the host")
        return func(*args, **kwargs or {})


PRESETS = {name: load(name, [])[1] for name in BUILT_IN}
ACTIVATIONS = {
    kind: experiment(target="log", model={"kind": "mlp", "hidden": [3], "activation": kind}) for kind in activations
}
EVERY = PRESETS | EXPERIMENTS | ACTIVATIONS


@pytest.mark.parametrize("spec", EVERY.values(), ids=EVERY)
def test_a_step_can_be_captured(spec: Experiment) -> None:
    assert isinstance(spec.optimizer, ElementWise)
    trainer = Trainer(spec, CPU)
    state, step_inputs = (
        {name: value.to(META) for name, value in part.items()} for part in (trainer.state, trainer.step_inputs)
    )
    with Referee() as referee:
        graph = CudaGraph(trainer.training_step, META, referee.capture)
        state, losses = graph.run(state, step_inputs, trainer.seeds.to(META), 0, 1)
    assert losses.device == state["parameters"].device == META


@pytest.mark.parametrize(
    "work",
    [
        lambda there: there.new_tensor([1.0, 2.0]),
        lambda there: there + torch.zeros(2),
        lambda there: there + torch.zeros(()),
        lambda there: there[torch.tensor([0])],
        lambda there: float(there.sum()),
        lambda there: there[there > 0],
    ],
)
def test_what_could_not_be_captured_is_found(work: Callable[[Tensor], Tensor]) -> None:
    there = torch.zeros(2, device=META)
    with Referee() as referee, pytest.raises((RuntimeError, NotImplementedError)):
        referee.capture(lambda: (referee.capturing and work(there), None)[1])
