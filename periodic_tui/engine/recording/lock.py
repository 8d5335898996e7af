"""Who writes a recording: a file with host, process and the time at which that began."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.engine.recording.layout import FORMAT, LOCK, STATUS

_SILENT = 60.0
"""Seconds without a sign of life after which a writer on another host counts as gone."""


def take(folder: Path) -> bool:
    """Be the one who writes; False where another one lives. Raises OSError."""
    if is_written(folder):
        return False
    give(folder, os.getpid())
    return is_mine(folder)


def give(folder: Path, pid: int) -> None:
    """Let that process of this host be the one who writes. Raises OSError."""
    holder = {"format": FORMAT, "host": socket.gethostname(), "pid": pid, "started": _started(pid)}
    replace_file(folder / LOCK, json.dumps(holder).encode() + b"\n")


def release(folder: Path) -> None:
    """Write it no longer."""
    if is_mine(folder):
        with suppress(OSError):
            (folder / LOCK).unlink()


def is_written(folder: Path) -> bool:
    """Whether some process, this one or another, writes it now."""
    holder = _holder(folder)
    if not holder:
        return False
    if holder.get("host") != socket.gethostname():
        return _heard_of(folder)
    pid = holder.get("pid")
    return isinstance(pid, int) and 0 < pid < 1 << 31 and lives(pid) and holder.get("started") == _started(pid)


def is_mine(folder: Path) -> bool:
    """Whether this process is the one who writes."""
    holder, pid = _holder(folder), os.getpid()
    mine = socket.gethostname(), pid, _started(pid)
    return (holder.get("host"), holder.get("pid"), holder.get("started")) == mine


def _holder(folder: Path) -> dict[str, Any]:
    try:
        holder = json.loads(read_regular(folder / LOCK, 4096, follow=False))
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _heard_of(folder: Path) -> bool:
    try:
        return time.time() - max((folder / name).stat().st_mtime for name in (LOCK, STATUS)) < _SILENT
    except OSError:
        return False


def lives(pid: int) -> bool:
    """Whether there is such a process on this host."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return _stat(pid)[:1] != ["Z"]  # it has ended, but whoever began it has not asked how


def _started(pid: int) -> str:
    """When a process of this host began, in clock ticks since it was booted; empty where that is not told."""
    words = _stat(pid)
    return words[19] if len(words) > 19 else ""


def _stat(pid: int) -> list[str]:
    """What Linux tells of a process from its state on; empty elsewhere."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
