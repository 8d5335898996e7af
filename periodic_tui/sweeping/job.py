"""One cell's training as it is handed to a worker, and who hands it out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from threading import Event
from typing import Any, Literal, Protocol

from periodic_tui.sweeping.result import Ending

EngineName = Literal["eager", "compiled", "auto"]


@dataclass(frozen=True)
class Job:
    """All that decides what a cell comes to. It is plain data: a worker of another machine reads it as JSON."""

    experiment: dict[str, Any]
    """The resolved preset, without what only a screen reads."""
    commands: tuple[tuple[int, str], ...]
    """What `--at` says: steps and the words of commands, in the order given."""
    engine: EngineName
    """`auto`: compiled where the step can be, else eager."""
    code: str
    """The version of what trains (`code_version`)."""
    files: tuple[str, ...] = ()
    """Hashes of the files that the experiment names."""

    @cached_property
    def key(self) -> str:
        """The name under which its result is kept: jobs of one key come to the same."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]

    @property
    def seed(self) -> int:
        """Of the first replica."""
        return int(self.experiment["training"]["seed"])

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Job:
        """The job of that line."""
        fields = json.loads(line)
        commands = tuple((step, words) for step, words in fields["commands"])
        return cls(**fields | {"commands": commands, "files": tuple(fields["files"])})


Keep = Callable[[Job, Ending], object]
"""Called as soon as a job has ended, in whichever thread hears of it."""
Run = Generator[tuple[Job, Ending], None, None]
"""Jobs as they end."""


class Engine(Protocol):
    """Trains jobs, wherever that is."""

    def run(self, jobs: Sequence[Job], keep: Keep, stop: Event) -> Run:
        """Train them all; yields each as it ends. Ends early, and within a second, once `stop` is set. Whatever was
        started is gone when the iterator ends or is closed. Raises Refused where nothing can be trained."""
        ...
