"""The directory of compiled steps. It holds native code: it is the user's alone, and hashes are checked before loading.

Whatever the file system refuses is raised as Unavailable, so that training goes on eagerly.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from pydantic import BaseModel, Field

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.files import read_regular

_MANIFEST, _SCRATCH = "step.json", "building-"
_LARGEST_MANIFEST, _LARGEST_LIBRARY = 1 << 12, 1 << 28
"""Bytes of the largest files that can have been written here; more is not read."""
_ENTRIES = 64
"""Compiled steps that are stored; the oldest go first."""


class Damaged(Unavailable):
    """A compiled step was not what had been built, and has been removed: it can be built again."""


class _Manifest(BaseModel):
    """What a build has written: a hash of each library by its name, and how many seconds it took."""

    sha256: dict[str, str] = Field(min_length=1)
    seconds: float

    @classmethod
    def of(cls, entry: Path) -> _Manifest:
        """The manifest of a compiled step. Raises OSError or ValueError."""
        return cls.model_validate_json(read_regular(entry / _MANIFEST, _LARGEST_MANIFEST))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise Unavailable(f"the cache cannot be used: {problem.filename}: {problem.strerror}") from None


@_translated()
def cache_folder() -> Path:
    """The directory of compiled steps, made if need be. Raises Unavailable where it is not this user's alone."""
    if not hasattr(os, "getuid"):
        raise Unavailable(f"no compiled steps are stored on {sys.platform}")
    try:
        folder = platformdirs.user_cache_path("periodic-tui") / "engine"
    except RuntimeError:
        folder = Path("~")
    if not folder.is_absolute():
        raise Unavailable("there is no home directory for the cache")
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _private(folder)


def _private(folder: Path) -> Path:
    """That folder, made if need be. Raises Unavailable where it is not this user's alone."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    if reason := _exposed(folder):
        raise Unavailable(reason)
    return folder


def _exposed(path: Path) -> str | None:
    """Why somebody else may have written what is there; None if it is the user's own, and closed to others."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.getuid():
        return f"{path} does not belong to this user"
    if stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077:
        return f"{path} is open to others; expected mode 700"
    return f"{path} can be written by others" if status.st_mode & 0o022 else None


@_translated()
def find(key: str) -> Path | None:
    """The folder of the libraries that were built for that key; None if there is none.

    Raises Damaged after removing what is not whole or cannot be trusted, and Unavailable.
    """
    entry = cache_folder() / key
    if not os.path.lexists(entry):
        return None
    if reason := _damage(entry):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
        raise Damaged(f"a compiled step was removed: {reason}")
    return entry


def _damage(entry: Path) -> str | None:
    """Why those libraries are not to be loaded; None if they are what was built."""
    libraries = sorted(entry.glob("*.so"))
    try:
        for path in (entry, entry / _MANIFEST, *libraries):
            if reason := _exposed(path):
                return reason
        if _Manifest.of(entry).sha256 == {path.name: _hash(path) for path in libraries}:
            return None
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        pass  # not what was built, either
    return f"{entry} is not what was built"


def build_seconds() -> float | None:
    """How long the newest compiled step took to build; None if there is none."""
    with suppress(Unavailable):
        for entry in reversed(_entries()):
            with suppress(OSError, ValueError):
                return _Manifest.of(entry).seconds
    return None


def _entries() -> list[Path]:
    """The folders of compiled steps, the oldest first. Raises Unavailable."""
    with _translated():
        folders = [path for path in cache_folder().iterdir() if (path / _MANIFEST).exists()]
        return sorted(folders, key=lambda path: path.stat().st_mtime)


@_translated()
def usage() -> tuple[int, int]:
    """How many compiled steps are stored, and their bytes. Raises Unavailable."""
    entries = _entries()
    return len(entries), sum(file.lstat().st_size for entry in entries for file in entry.iterdir())


def store(key: str, built: Sequence[Path], seconds: float) -> None:
    """Store the libraries `built`, which took `seconds`, under that key. Of two builders of one key, the first wins.

    Raises OSError or Unavailable.
    """
    with _scratch() as folder:
        entry = Path(folder)
        for library in built:
            shutil.copyfile(library, entry / library.name)
            (entry / library.name).chmod(0o700)
        manifest = _Manifest(sha256={library.name: _hash(library) for library in built}, seconds=seconds)
        (entry / _MANIFEST).write_text(manifest.model_dump_json())
        (entry / _MANIFEST).chmod(0o600)
        with suppress(OSError):  # there already
            entry.rename(cache_folder() / key)
    with suppress(Unavailable):
        for old in _entries()[:-_ENTRIES]:
            shutil.rmtree(old, ignore_errors=True)


@_translated()
def compiler_folder() -> Path:
    """Where torch's compiler stores what it needs again: what the processor can do. Raises Unavailable."""
    return _private(cache_folder() / "inductor")


@contextmanager
def alone(key: str) -> Iterator[None]:
    """While no other process of this machine builds the step of that key: it waits for one that does."""
    import fcntl

    with (compiler_folder() / "keys").open("a") as locks:
        fcntl.lockf(locks, fcntl.LOCK_EX, 1, int(key[:15], 16))
        yield


@contextmanager
def building() -> Iterator[Path]:
    """A folder to build a step in. What builds have left is removed afterwards, unless another one is under way, of
    whose files the compiler may be reading one."""
    import fcntl  # not there on Windows, where nothing is built

    with (compiler_folder() / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with _scratch() as folder:
            yield Path(folder)
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_leftovers()


def _scratch() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix=_SCRATCH, dir=cache_folder(), ignore_cleanup_errors=True)


def _remove_leftovers() -> None:
    """Remove what the compiler wrote for one step only, and folders of builds that were killed."""
    for path in compiler_folder().rglob("*"):
        if path.is_file() and (".wrapper" in path.name or ".kernel" in path.name):
            path.unlink(missing_ok=True)
    for folder in cache_folder().glob(f"{_SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _hash(path: Path) -> str:
    return hashlib.sha256(read_regular(path, _LARGEST_LIBRARY)).hexdigest()
