"""Work that takes long, as a generator that stops between slices of some milliseconds: whoever does it can give way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")
Slices = Generator[None, None, Result]

_SLICE = 0.002
"""Seconds for which work in another thread is waited for at once."""


class Ending(Generic[Result]):
    """Goes through work, a slice for each turn of a loop, and keeps what it comes to."""

    result: Result
    """There once the loop has ended."""

    def __init__(self, work: Slices[Result]) -> None:
        self._work = work

    def __iter__(self) -> Iterator[None]:
        self.result = yield from self._work


def finished(work: Slices[Result], check: Callable[[], None] = lambda: None) -> Result:
    """All of it at once; `check` is called between two slices and may raise."""
    ending = Ending(work)
    for _ in ending:
        check()
    return ending.result


def aside(act: Callable[[], Result]) -> Slices[Result]:
    """What cannot be cut, since it is one call of a library: in a thread of its own, which is waited for in slices.
    It may only read, and should take no more than some tenths of a second: nothing can stop it."""
    future: Future[Result] = Future()
    thread = threading.Thread(target=_act, args=(act, future), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_SLICE)
        yield
    return future.result()


def _act(act: Callable[[], Result], future: Future[Result]) -> None:
    try:
        future.set_result(act())
    except BaseException as failure:  # it is raised where it is waited for
        future.set_exception(failure)
