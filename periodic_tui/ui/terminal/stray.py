"""What is written to standard output and error while the screen is on, by Python, by native code, by whatever was
forked: it never touches the screen."""

from __future__ import annotations

import io
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from periodic_tui.ui.printed import lines_of

STREAMS = (1, 2)
KEPT = 16 << 10
"""Bytes that are remembered, the newest ones."""
ROOM = 1 << 20
"""Bytes that a pipe takes before whoever writes has to wait for our thread, which may be waiting for them."""
AT_ONCE = 1 << 16


class Stray:
    """Catches what is written to the standard streams. What does not lead to a terminal goes where it led, too."""

    def __init__(self) -> None:
        self.on_news: Callable[[], object] = lambda: None
        """Called whenever something has come, from a thread of its own."""
        self.count = 0
        """Lines that have come."""
        self._kept = b""
        self._whole = True
        self._originals: dict[int, int] = {}
        self._pipes: dict[int, int] = {}

    def lines(self) -> tuple[str, ...]:
        """The newest lines, printable, as a terminal would show them."""
        return lines_of(self._kept, cut=not self._whole)

    def original(self, stream: int) -> TextIO:
        """Where a stream led before."""
        return open(self._originals.get(stream, stream), "w", encoding="utf-8", errors="replace", closefd=False)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch; in the end everything leads where it led before."""
        streams = [each for each in (sys.stdout, sys.stderr) if isinstance(each, io.TextIOWrapper)]
        buffered = [each.line_buffering for each in streams]
        _flush(streams)
        for stream in STREAMS:
            self._lead_aside(stream)
        bell, ringer = os.pipe()
        thread = threading.Thread(target=self._listen, args=(bell,), name="stray-output", daemon=True)
        thread.start()
        for each in streams:
            each.reconfigure(line_buffering=True)
        try:
            yield
        finally:
            _flush(streams)
            for each, before in zip(streams, buffered, strict=True):
                each.reconfigure(line_buffering=before)
            for stream, descriptor in self._originals.items():
                os.dup2(descriptor, stream)
            os.write(ringer, b"!")
            thread.join()
            self._close(bell, ringer)

    def _lead_aside(self, stream: int) -> None:
        with suppress(OSError):  # it may be closed
            self._originals[stream] = os.dup(stream)
            reads, writes = os.pipe()
            with suppress(OSError, AttributeError):
                fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, ROOM)
            os.set_blocking(reads, False)
            os.dup2(writes, stream)
            os.close(writes)
            self._pipes[reads] = stream

    def _listen(self, bell: int) -> None:
        """The thread's body. When it is told to end, it takes what has come until then."""
        open_ones, ready = set(self._pipes), list[int]()
        while bell not in ready:
            ready = select.select([*open_ones, bell], [], [])[0]
            for pipe in tuple(open_ones):
                while data := _read(pipe):
                    self._take(data, self._originals[self._pipes[pipe]])
                if data == b"":
                    open_ones.remove(pipe)

    def _take(self, data: bytes, original: int) -> None:
        if not os.isatty(original):
            with suppress(OSError):
                os.write(original, data)
        self._whole &= len(self._kept) + len(data) <= KEPT
        self._kept = (self._kept + data)[-KEPT:]
        self.count += data.count(b"\n")
        self.on_news()

    def _close(self, *others: int) -> None:
        for descriptor in (*self._originals.values(), *self._pipes, *others):
            os.close(descriptor)
        self._originals.clear()
        self._pipes.clear()


def _read(pipe: int) -> bytes | None:
    """What has come; None where nothing has, and nothing at all where nobody can write any more."""
    with suppress(BlockingIOError):
        return os.read(pipe, AT_ONCE)
    return None


def _flush(streams: list[io.TextIOWrapper]) -> None:
    for each in streams:
        with suppress(OSError, ValueError):
            each.flush()
