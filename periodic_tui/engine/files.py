"""Reading files of strangers: regular ones, up to a size."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_regular(path: Path, limit: int, follow: bool = True) -> bytes:
    """Bytes of a regular file; a pipe or a device could block or never end. `follow`: a symbolic link leads there.

    Raises OSError, or ValueError where it is not regular or larger than `limit` bytes.
    """
    with open(path, "rb", opener=_without_waiting if follow else _not_following) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("expected a regular file")
        data = b"" if status.st_size > limit else file.read(limit + 1)
    if max(status.st_size, len(data)) > limit:
        raise ValueError(f"larger than {limit:,} bytes")
    return data


def told(error: OSError) -> str:
    """Why a file cannot be read, in a few words."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "expected a regular file"
    return f"cannot be read: {error.strerror}"


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _not_following(path: str, flags: int) -> int:
    return _without_waiting(path, flags | getattr(os, "O_NOFOLLOW", 0))
