"""Writing files so that each is the old one or the new one, never half, whenever the power goes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, data: bytes, durable: bool = True) -> None:
    """Put a file in the place of another, or of none; `durable`: it is on the disk on return. Raises OSError, and
    leaves nothing half behind."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(temporary, flags, 0o600)
        try:
            _write(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def append(descriptor: int, data: bytes) -> None:
    """Write a whole line to a file opened with O_APPEND. Raises OSError."""
    _write(descriptor, data)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
