"""How a CUDA graph is captured, on a torch.cuda that writes down what it is asked."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import pytest
import torch

from periodic_tui.engine.training.steppers.cuda_graph import Captures


class ScriptedCuda:
    """In place of torch.cuda: one current stream, graphs that replay nothing, captures that fail on demand."""

    def __init__(self) -> None:
        self.current: object = "the worker's stream"
        self.captures: list[dict[str, Any]] = []
        self.collecting: list[bool] = []
        self.fails = 0
        self.pools = 0

    def graph_pool_handle(self) -> int:
        self.pools += 1
        return self.pools

    @contextmanager
    def graph(self, graph: object, **options: Any) -> Iterator[None]:
        self.captures.append(options)
        self.collecting.append(gc.isenabled())
        self.current = options["stream"]
        yield
        if self.fails:
            self.fails -= 1
            raise RuntimeError("operation failed due to a previous error during capture")
        self.current = "the worker's stream"

    def set_stream(self, stream: object) -> None:
        self.current = stream.name if isinstance(stream, Stream) else stream


class Stream:
    def __init__(self, name: object = "another") -> None:
        self.name = name

    def wait_stream(self, other: object) -> None:
        pass


class Graph:
    def replay(self) -> None:
        pass


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> ScriptedCuda:
    cuda = ScriptedCuda()
    for name in ("graph_pool_handle", "graph", "set_stream"):
        monkeypatch.setattr(torch.cuda, name, getattr(cuda, name))
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "device", lambda device: nullcontext())
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: Stream(cuda.current))
    return cuda


CUDA = torch.device("cuda", 0)


def test_graphs_share_a_pool_and_no_other_thread_can_spoil_a_capture(cuda: ScriptedCuda) -> None:
    capture = Captures(CUDA)
    done: list[str] = []
    for name in "ab":
        capture(partial(done.append, name))()
    assert done == ["a", "a", "b", "b"], "once before the capture and once in it"
    assert [options["pool"] for options in cuda.captures] == [1, 1]
    assert {options["capture_error_mode"] for options in cuda.captures} == {"thread_local"}


@pytest.mark.parametrize("collecting", [True, False])
def test_no_garbage_is_collected_in_a_capture_and_its_state_comes_back(cuda: ScriptedCuda, collecting: bool) -> None:
    was = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        Captures(CUDA)(lambda: None)
        assert gc.isenabled() == collecting
    finally:
        gc.enable() if was else gc.disable()
    assert cuda.collecting == [False]


def test_garbage_is_gone_before_a_capture(cuda: ScriptedCuda) -> None:
    collected = []

    class Cycle:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            collected.append(len(cuda.captures))

    gc.disable()
    try:
        Cycle()
        Captures(CUDA)(lambda: None)
    finally:
        gc.enable()
    assert collected == [0]


def test_a_capture_that_fails_is_tried_once_more_in_a_pool_of_its_own(cuda: ScriptedCuda) -> None:
    cuda.fails = 1
    assert callable(Captures(CUDA)(lambda: None))
    assert [options["pool"] for options in cuda.captures] == [1, 2]


def test_a_capture_that_fails_again_leaves_everything_as_it_was(cuda: ScriptedCuda) -> None:
    cuda.fails = 2
    with pytest.raises(RuntimeError, match="during capture"):
        Captures(CUDA)(lambda: None)
    assert cuda.current == "the worker's stream"
    assert gc.isenabled()
    assert len(cuda.captures) == 2
