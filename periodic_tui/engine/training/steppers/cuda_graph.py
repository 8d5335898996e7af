"""Steps on a CUDA device as replays of a graph: one launch for many steps, and the host never waits inside.

On a CUDA device this is the engine called `compiled`: whatever the device, that name is its fast engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from periodic_tui.engine.randomness import counter_for
from periodic_tui.engine.training.sampling import StepInputs, numbers_per_step
from periodic_tui.engine.training.step import State, TrainingStep
from periodic_tui.engine.training.steppers.base import StepperState

BLOCK = 32
"""Steps of the larger graph; what is left over is taken by a graph of one step."""

Work = Callable[[], None]
Capture = Callable[[Work, torch.device], Work]
"""Makes of work on tensors that stay where they are something that does the same work again."""


def captured(work: Work, device: torch.device) -> Work:
    """What `work` launches on the CUDA device, as one graph. The work is done once, to load its kernels."""
    with torch.cuda.device(device):
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            work()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            work()
    return graph.replay


class CudaGraph:
    """Runs graphs of the training step over tensors of its own.

    State and inputs are copied there before a call and the state is copied out after it, so rates and ranges may
    change without a new capture. A step is the same kernels in both graphs, however the steps are divided into calls.
    """

    name = "compiled"

    def __init__(self, step: TrainingStep, device: torch.device, capture: Capture) -> None:
        self.step, self.device = step, device
        self._capture = capture
        self._counter = counter_for(numbers_per_step(step.experiment), device)
        self._constants = _Constants()
        self._state: State = {}
        self._step_inputs: StepInputs = {}
        self._graphs: dict[int, Work] = {}
        """By their number of steps."""

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        if not (_alike(self._state, state) and _alike(self._step_inputs, step_inputs)):
            self._own(state, step_inputs, seeds)
        blocks, singles = divmod(count, BLOCK)
        lengths = [BLOCK] * blocks + [1] * singles
        for length in {*lengths} - self._graphs.keys():
            self._graphs[length] = self._graph(length)
        _fill(self._state, state)
        _fill(self._step_inputs, step_inputs)
        self._seeds.copy_(seeds)
        self._number.fill_(first)
        losses = []
        for length in lengths:
            self._graphs[length]()
            losses.append(self._losses[:length].clone())
        return {name: value.clone() for name, value in self._state.items()}, torch.cat(losses)

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return True

    def state_dict(self) -> StepperState:
        return ()

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        """Nothing is kept between steps."""

    def _own(self, state: State, step_inputs: StepInputs, seeds: Tensor) -> None:
        """Tensors like these, for graphs that are still to be captured."""
        self._state, self._step_inputs = (
            {name: value.clone() for name, value in part.items()} for part in (state, step_inputs)
        )
        self._seeds = seeds.clone()
        self._number = seeds.new_zeros(())
        self._losses = state["parameters"].new_zeros(BLOCK, len(seeds))
        self._graphs = {}

    def _graph(self, length: int) -> Work:
        with self._constants:
            return self._capture(lambda: self._take(length), self.device)

    def _take(self, length: int) -> None:
        """So many steps, from the own tensors into the own tensors."""
        state = self._state
        for index in range(length):
            state, loss = self.step(state, self._step_inputs, self._seeds, self._number, self._counter)
            self._losses[index] = loss
            self._number.add_(1)
        _fill(self._state, state)


class _Constants(TorchFunctionMode):
    """Makes each constant once and keeps it: a copy from the host cannot be captured."""

    def __init__(self) -> None:
        super().__init__()
        self._checkpoint: dict[tuple[object, ...], Tensor] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is not Tensor.new_tensor:
            return func(*args, **kwargs or {})
        like, values = args
        key = (repr(values), like.dtype)
        if key not in self._checkpoint:
            self._checkpoint[key] = func(like, values)
        return self._checkpoint[key]


def _alike(own: dict[str, Tensor], given: dict[str, Tensor]) -> bool:
    """Whether the given tensors fit into the own ones."""
    return own.keys() == given.keys() and all(
        own[name].shape == value.shape and own[name].dtype == value.dtype for name, value in given.items()
    )


def _fill(own: dict[str, Tensor], given: dict[str, Tensor]) -> None:
    for name, value in given.items():
        own[name].copy_(value)
