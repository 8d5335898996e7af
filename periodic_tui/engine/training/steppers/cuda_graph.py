"""Steps on a CUDA device as replays of a graph: one launch for many steps, and the host never waits inside.

On a CUDA device this is what the user calls the engine `compiled`: whatever the device, its fast one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from periodic_tui.engine.randomness import KeptStreams, Streams
from periodic_tui.engine.training.sampling import StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep, cloned
from periodic_tui.engine.training.steppers.base import Stepper

BLOCK = 32
"""Steps of the larger graph; what is left over is taken by a graph of one step."""

Work = Callable[[], None]
Capture = Callable[[Work], Work]
"""Makes of work on tensors that stay where they are something that does the same work again."""


class Captures:
    """Captures what work launches on one CUDA device as graphs, whose replays are never under way at once.

    They therefore share one pool of memory.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, work: Work) -> Work:
        """The work as one graph. Raises RuntimeError."""
        try:
            return self._captured(work)
        except RuntimeError:  # what another thread does can spoil a capture
            self._pool = torch.cuda.graph_pool_handle()
            return self._captured(work)

    def _captured(self, work: Work) -> Work:
        with torch.cuda.device(self._device), _without_collections():
            before, stream = torch.cuda.current_stream(), torch.cuda.Stream()
            stream.wait_stream(before)
            try:
                with torch.cuda.stream(stream):
                    work()  # once beforehand, to load its kernels
                before.wait_stream(stream)
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph, pool=self._pool, stream=stream, capture_error_mode="thread_local"):
                    work()
            finally:
                torch.cuda.set_stream(before)  # where the end of a capture fails, torch leaves its stream in use
            return graph.replay


@contextmanager
def _without_collections() -> Iterator[None]:
    """No garbage is collected meanwhile: an old graph that is destroyed during a capture makes it fail."""
    gc.collect()
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class CudaGraph(Stepper):
    """Runs graphs of the training step over tensors of its own.

    State and inputs are copied there before a call and the state is copied out after it, so rates and ranges may
    change without a new capture. A step is the same kernels in both graphs, however the steps are divided into calls.
    """

    name = "compiled"

    def __init__(self, step: TrainingStep, device: torch.device, capture: Capture, block: int = BLOCK) -> None:
        self.step = step
        self._capture, self._block = capture, block
        self._streams = KeptStreams(counter_of(step.experiment, device))
        self._constants = _Constants()
        self._state: State = {}
        self._step_inputs: StepInputs = {}
        self._graphs: dict[int, Work] = {}
        """By their number of steps."""

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        if not self._state:
            self._own(state, step_inputs, seeds)
        if not self.accepts(state, step_inputs):
            raise ValueError("the step was captured for tensors of other shapes")
        blocks, singles = divmod(count, self._block)
        lengths = [self._block] * blocks + [1] * singles
        for length in {*lengths} - self._graphs.keys():
            self._graphs[length] = self._graph(length)
        _fill(self._state, state)
        _fill(self._step_inputs, step_inputs)
        self._own_streams.keys.copy_(self._streams.of(seeds).keys)
        self._number.fill_(first)
        losses = []
        for length in lengths:
            self._graphs[length]()
            losses.append(self._losses[:length].clone())
        return cloned(self._state), torch.cat(losses)

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return not self._state or (_alike(self._state, state) and _alike(self._step_inputs, step_inputs))

    def _own(self, state: State, step_inputs: StepInputs, seeds: Tensor) -> None:
        """Tensors like these, for graphs that are still to be captured."""
        self._state, self._step_inputs = cloned(state), cloned(step_inputs)
        streams = self._streams.of(seeds)
        self._own_streams = Streams(streams.keys.clone(), streams.counter)
        self._number = seeds.new_zeros(())
        self._losses = state["parameters"].new_zeros(self._block, len(seeds))

    def _graph(self, length: int) -> Work:
        with self._constants:
            return self._capture(lambda: self._take(length))

    def _take(self, length: int) -> None:
        """So many steps, from the own tensors into the own tensors."""
        state = self._state
        for index in range(length):
            state, loss = self.step(state, self._step_inputs, self._own_streams, self._number)
            self._losses[index] = loss
            self._number.add_(1)
        _fill(self._state, state)


class _Constants(TorchFunctionMode):
    """Makes each constant once, before a capture: a copy from the host cannot be captured."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[tuple[object, ...], Tensor] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is not Tensor.new_tensor:
            return func(*args, **kwargs or {})
        like, values = args
        key = (repr(values), like.dtype)
        if key not in self._made:
            self._made[key] = func(like, values)
        return self._made[key]


def _alike(own: dict[str, Tensor], given: dict[str, Tensor]) -> bool:
    """Whether the given tensors fit into the own ones."""
    return own.keys() == given.keys() and all(
        own[name].shape == value.shape and own[name].dtype == value.dtype for name, value in given.items()
    )


def _fill(own: dict[str, Tensor], given: dict[str, Tensor]) -> None:
    for name, value in given.items():
        own[name].copy_(value)
