"""What is no longer used is gone at once, without the garbage collector: it holds memory, on a GPU too."""

import gc
from collections.abc import Callable, Iterator
from weakref import ref

import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.session import Session
from periodic_tui.engine.training.steppers.cuda_graph import CudaGraph, Work
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import sine

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def trainer() -> Trainer:
    made = Trainer(sine(), CPU)
    made.advance(3)
    return made


def graph() -> CudaGraph:
    def captured(work: Work) -> Work:
        work()
        return lambda: None

    own = trainer()
    made = CudaGraph(own.training_step, CPU, captured)
    made.run(own.state, own.step_inputs, own.seeds, 0, 40)
    return made


@pytest.mark.parametrize("make", [trainer, graph])
def test_a_trainer_and_its_graphs_are_gone(make: Callable[[], object]) -> None:
    made = make()
    left = ref(made)
    del made
    assert left() is None


@pytest.mark.parametrize(
    "words", ["inject", "reinitialize:4", "set:training.batch_size=33", "engine:eager", "remedy:widen-range"]
)
def test_an_old_run_is_gone_once_another_is_loaded(words: str) -> None:
    session = Session(lambda name: (name, sine()), "sine-31", sine(), device="cpu")
    session.open()
    session.advance(3)
    session.apply(parse(words))
    session.advance(3)
    session.snapshot()
    left: list[Callable[[], object]] = [ref(session.current), ref(session.current.trainer)]
    session.load("another")
    assert [each() for each in left] == [None, None]
