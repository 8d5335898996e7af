"""Compiled kernels on disk, in the directory of compiled steps, which is closed to everybody else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.files import read_regular
from periodic_tui.engine.training.aot.cache import cache_folder

_ENTRIES = 256
"""Kernels that are kept; the oldest go first."""
_LARGEST = 1 << 24
"""Bytes of the largest file that can have been written here; more is not read."""
_DIGEST = 32
"""Bytes before the code that tell whether it is whole."""


def cached_code(key: str, build: Callable[[], bytes]) -> bytes:
    """The code that was built for that key, or else is built now and kept, where the disk allows it."""
    with suppress(OSError, ValueError, Unavailable):
        content = read_regular(cache_folder() / "kernels" / key, _LARGEST)
        digest, code = content[:_DIGEST], content[_DIGEST:]
        if hashlib.sha256(code).digest() == digest:
            return code
    code = build()
    with suppress(OSError, ValueError, Unavailable):
        _keep(key, hashlib.sha256(code).digest() + code)
    return code


def _keep(key: str, content: bytes) -> None:
    folder = cache_folder() / "kernels"
    folder.mkdir(mode=0o700, exist_ok=True)
    new = folder / f"{key}.{os.getpid()}"
    new.write_bytes(content)
    new.replace(folder / key)
    for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-_ENTRIES]:
        old.unlink(missing_ok=True)
