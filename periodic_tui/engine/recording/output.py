"""What a script printed, as a file of its recording: others append to it, and only its end is kept."""

from __future__ import annotations

import os
from pathlib import Path

from periodic_tui.engine.recording.durable import write_all
from periodic_tui.engine.recording.layout import OUTPUT

MOST_OUTPUT = 16 << 20
"""Bytes from which on it is cut …"""
_KEPT = 8 << 20
"""… to the last so many."""


def opened(folder: Path) -> int:
    """The descriptor of a new file for what a script prints. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    return os.open(folder / OUTPUT, flags, 0o600)


def cut(path: Path) -> None:
    """Cut the file to its end where it has grown too large. Whoever has it open for appending goes on; what comes
    meanwhile is kept, but for the moment between two calls. Raises OSError."""
    try:
        if path.stat().st_size <= MOST_OUTPUT:
            return
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return
    try:
        end = _end_of(descriptor)
        os.ftruncate(descriptor, 0)
        write_all(descriptor, end)
    finally:
        os.close(descriptor)


def _end_of(descriptor: int) -> bytes:
    """The last whole lines, up to what is written while they are read."""
    at = os.fstat(descriptor).st_size - _KEPT
    end = bytearray()
    while len(end) < MOST_OUTPUT and (piece := os.pread(descriptor, 1 << 20, at + len(end))):
        end += piece
    return bytes(end[end.find(b"\n") + 1 :])
