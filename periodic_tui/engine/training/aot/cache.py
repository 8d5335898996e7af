"""Where compiled steps are kept: native code, so a directory of the user alone, and a hash checked before loading."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from periodic_tui.engine.errors import Unavailable

_MANIFEST = "step.json"
_KEPT = 64
"""Compiled steps that are kept; the oldest go first."""
_ABANDONED = 3600.0
"""Seconds after which what a killed build left behind is removed."""


def cache_folder() -> Path:
    """The directory of compiled steps, made if need be. Raises Unavailable where it is not this user's alone."""
    folder = platformdirs.user_cache_path("periodic-tui") / "engine"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(folder)
    except OSError as problem:
        raise Unavailable(f"the cache {folder} cannot be used: {problem.strerror}") from None
    return folder


def _check_private(path: Path) -> None:
    """Raises Unavailable unless the path is this user's, no link, and closed to everybody else's writing."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.getuid():
        raise Unavailable(f"{path} does not belong to this user")
    if path.is_dir() and status.st_mode & 0o077:
        raise Unavailable(f"{path} is open to others; expected mode 700")
    if status.st_mode & 0o022:
        raise Unavailable(f"{path} can be written by others")


def find(key: str) -> Path | None:
    """The folder of libraries kept under that key; None if there is none.

    Raises Unavailable where they cannot be trusted.
    """
    entry = cache_folder() / key
    if not entry.exists():
        return None
    libraries = sorted(entry.glob("*.so"))
    for path in (entry, entry / _MANIFEST, *libraries):
        if not path.exists():
            raise Unavailable(f"{path} is missing; delete {entry}")
        _check_private(path)
    built = json.loads((entry / _MANIFEST).read_text()).get("sha256")
    if not built or built != {path.name: _hash(path) for path in libraries}:
        raise Unavailable(f"{entry} is not what was built; delete it")
    return entry


def build_seconds() -> float | None:
    """How long the newest compiled step took to build; None if there is none."""
    with suppress(Unavailable):
        for entry in reversed(entries()):
            with suppress(OSError, ValueError):
                return float(json.loads((entry / _MANIFEST).read_text())["seconds"])
    return None


def entries() -> list[Path]:
    """What is kept, the oldest first. Raises Unavailable."""
    folders = [path for path in cache_folder().iterdir() if (path / _MANIFEST).exists()]
    return sorted(folders, key=lambda path: path.stat().st_mtime)


def keep(key: str, built: Sequence[Path], seconds: float) -> None:
    """Keep the libraries `built`, which took `seconds`, under that key. Of two builders of one key, the first wins."""
    folder = cache_folder()
    with scratch(folder) as entry:
        for library in built:
            shutil.copyfile(library, entry / library.name)
            (entry / library.name).chmod(0o700)
        manifest = {"sha256": {library.name: _hash(library) for library in built}, "seconds": seconds}
        (entry / _MANIFEST).write_text(json.dumps(manifest))
        with suppress(OSError):  # there already
            entry.rename(folder / key)
    for old in entries()[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def compiler_folder() -> Path:
    """Where torch's compiler keeps what it needs again: what the processor can do."""
    folder = cache_folder() / "inductor"
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_private(folder)
    return folder


@contextmanager
def building() -> Iterator[None]:
    """While a step is built. What torch's compiler wrote for it goes afterwards, unless another build is under way,
    of whose files the compiler may be reading one."""
    import fcntl  # not there on Windows, where nothing is built

    with (compiler_folder() / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_leftovers()


def _remove_leftovers() -> None:
    """Remove what builds wrote for one step only."""
    for path in compiler_folder().rglob("*"):
        if path.is_file() and (".wrapper" in path.name or ".kernel" in path.name):
            path.unlink(missing_ok=True)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A directory inside the cache that is gone afterwards (unless it was renamed)."""
    for left in folder.glob("building-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
