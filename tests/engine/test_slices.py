"""Work in slices, and what cannot be cut."""

import threading

import pytest

from periodic_tui.engine.errors import Preempted
from periodic_tui.engine.slices import Slices, aside, finished


def counting(to: int) -> Slices[str]:
    for _ in range(to):
        yield
    return "done"


def test_there_is_a_look_after_every_slice() -> None:
    looks: list[None] = []
    assert finished(counting(3), lambda: looks.append(None)) == "done"
    assert len(looks) == 3


def test_a_look_may_end_the_work_for_good() -> None:
    def check() -> None:
        raise Preempted

    work = counting(3)
    with pytest.raises(Preempted):
        finished(work, check)
    assert list(work) == []


def test_one_call_is_waited_for_in_slices() -> None:
    go = threading.Event()
    work = aside(lambda: go.wait(20))
    next(work)
    next(work)
    go.set()
    assert finished(work) is True


def test_a_failure_in_another_thread_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        finished(aside(lambda: 1 // 0))
