"""What is said of a training loop that runs in this process, with looks at steps that a clock of the tests' chooses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import torch

from periodic_tui.engine.snapshot import Script, Verdict
from periodic_tui.watching.hooks.hooks import Hooks
from periodic_tui.watching.verdicts.judge import judge
from periodic_tui.watching.watcher import Watcher

_SHARE = 0.05
"""By a clock that goes on by a second each time that it is asked, a look at some steps in a hundred."""


def judged(loop: Callable[[], object]) -> tuple[Verdict, ...]:
    """All that is said at the end."""
    recorder: Any = SimpleNamespace(
        wants_picture=False, status=lambda *_: None, event=lambda event: events.append(event)
    )
    events: list[Any] = []
    watcher = Watcher(recorder, Script("loop"))
    ticks = count()
    hooks = Hooks(watcher, _SHARE, lambda: float(next(ticks)))
    torch.manual_seed(0)
    hooks.install()
    try:
        loop()
    finally:
        hooks.remove()
    watcher._remember()
    assert not watcher.broken, watcher.broken
    return judge(watcher.memory)
