"""Training loops that are watched in this process, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from periodic_tui.engine.snapshot import Event, Script, Snapshot
from periodic_tui.watching.findings import LayerLook, Look, OptimizerLook
from periodic_tui.watching.hooks.hooks import Hooks
from periodic_tui.watching.watcher import Watcher

EVERY_STEP, NEVER = 1e9, 1e-9
"""A share of the time that lets every step be looked at."""


class Kept:
    """In the place of a recorder: keeps what it is handed."""

    def __init__(self) -> None:
        self.about = SimpleNamespace(name="loop")
        self.events: list[Event] = []
        self.pictures: list[Snapshot] = []
        self.ended = ""
        self.wants_picture = True

    def event(self, event: Event) -> None:
        self.events.append(event)

    def picture(self, snapshot: Snapshot) -> None:
        self.pictures.append(snapshot)

    def status(self, step: int, seconds: float | None = None) -> None: ...

    def remember(self) -> None: ...

    def close(self, ended: str, wait: float = 0.0) -> None:
        self.ended = ended


class Watched:
    """What was seen."""

    def __init__(self, share: float, keep: bool = True) -> None:
        self.recorder: Any = Kept()
        self.recorder.wants_picture = keep
        self.watcher = Watcher(cast(Any, self.recorder), Script("loop"))
        self.hooks = Hooks(self.watcher, share)
        if share == EVERY_STEP:
            when = self.hooks._when
            when.is_idle, when.looks_at = lambda step: False, lambda step: True  # type: ignore[method-assign]
        self.looks: list[Look] = []
        self.losses: dict[int, float] = {}
        saw, lost = self.watcher.saw, self.watcher.lost

        def seeing(look: Look) -> None:
            self.looks.append(look)
            saw(look)

        def losing(losses: Sequence[tuple[int, float]]) -> None:
            self.losses.update(losses)
            lost(losses)

        if keep:
            self.watcher.saw, self.watcher.lost = seeing, losing  # type: ignore[method-assign]

    @property
    def look(self) -> Look:
        """The last one."""
        return self.looks[-1]

    def layer(self, name: str) -> LayerLook:
        """Of the last look."""
        return next(layer for layer in self.look.layers if layer.name == name)

    @property
    def names(self) -> list[str]:
        """Of the layers of the last look."""
        return [layer.name for layer in self.look.layers]

    @property
    def optimizer(self) -> OptimizerLook:
        """The only one of the last look."""
        (optimizer,) = self.look.optimizers
        return optimizer

    @property
    def events(self) -> list[str]:
        """All that happened."""
        return [event.text for event in self.recorder.events]


@contextmanager
def watched(share: float = EVERY_STEP, keep: bool = True) -> Iterator[Watched]:
    """Watch what runs in this block; what goes wrong in watching fails the test. `keep`: all that is seen."""
    seen = Watched(share, keep)
    seen.hooks.install()
    try:
        yield seen
    finally:
        seen.hooks.remove()
    assert not seen.watcher.broken, seen.watcher.broken
