"""What a result depends on besides the experiment: the engine's own code, torch, and files that a preset names."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from periodic_tui import engine
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.presets.files import PATHS


@cache
def code_version() -> str:
    """A hash of the engine's sources and the version of torch. Raises Refused where they cannot be read."""
    folder = Path(engine.__file__).parent
    digest = hashlib.sha256(metadata.version("torch").encode())
    try:
        for path in sorted(path for kind in ("*.py", "*.cpp") for path in folder.rglob(kind)):
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    except OSError as failure:
        raise Refused(f"the program's sources cannot be read: {failure.strerror}") from None
    return digest.hexdigest()[:16]


def hashes_of(experiment: Experiment) -> tuple[str, ...]:
    """A hash of each file that the experiment names. Raises Refused where one cannot be read."""
    specs = [(getattr(experiment, table), keys) for table, keys in PATHS.items()]
    paths = [path for spec, keys in specs for key in keys if (path := getattr(spec, key, None))]
    return tuple(map(_hash_of, paths))


@cache
def _hash_of(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as failure:
        raise Refused(f"{path} cannot be read: {failure.strerror}") from None
