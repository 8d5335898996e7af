"""`from periodic_tui import watch`: watching a loop from within the script that has it."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from torch import nn
from torch.optim import Optimizer

from periodic_tui import __version__
from periodic_tui.engine.recording import place
from periodic_tui.engine.recording.bounds import most
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About
from periodic_tui.engine.snapshot import Script
from periodic_tui.printable import printable
from periodic_tui.watching.hooks import hooks
from periodic_tui.watching.watcher import Watcher

_LIVE = 0.5
"""Seconds between pictures, at most: somebody may follow."""
_INTERRUPTED = 130


class watch:
    """Watches the training within a `with` block, and records it: `periodic-tui replay` shows it, also meanwhile.

        with watch(model, optimizer, criterion, name="two moons"):
            for x, y in batches:
                ...
                watch.log(accuracy=accuracy)

    It changes nothing of the training. Where the whole script is watched already, by `periodic-tui watch`, it only says
    which model and optimizer are meant. Everything but the model may be left out.
    """

    def __init__(
        self,
        model: nn.Module | None = None,
        optimizer: Optimizer | None = None,
        criterion: nn.Module | Any = None,
        *,
        name: str = "",
    ) -> None:
        """
        Args:
            optimizer: the one whose steps count, where there are several.
            criterion: the loss, where it is a module of one's own that has parameters; others are found without.
            name: of the recording; otherwise the model's class.
        """
        self.name = name or (type(model).__name__ if model is not None else "loop")
        self.recording = ""
        """Folder of the recording; empty where there is none, or it is another one's."""
        self._named = model, optimizer, criterion
        self._watcher: Watcher | None = None

    def __enter__(self) -> watch:
        try:
            if not hooks.present():
                self._begin()
            for present in hooks.present():
                present.name(*self._named)
        except Exception as problem:
            _tell(f"nothing is watched: {type(problem).__name__}: {problem}")
        return self

    def _begin(self) -> None:
        library = place.library()
        folder = library.new(self.name)
        about = About(self.name, created=time.time(), version=__version__, script=self.name)
        recorder = Recorder(folder, about, most=most(), before=place.room(library), live=_LIVE)
        recorder.begin()
        self._watcher = Watcher(recorder, Script(self.name, captured=False))
        hooks.install(self._watcher)
        self.recording = str(folder)
        _tell(f"watching; `periodic-tui replay {folder.name}` shows it")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        try:
            watcher.close(0 if kind is None else _INTERRUPTED if kind is KeyboardInterrupt else 1)
            for text in watcher.recorder.news():
                _tell(text)
            _tell(watcher.causes[0].text)
        except Exception as problem:
            _tell(f"the end was not recorded: {type(problem).__name__}: {problem}")

    @staticmethod
    def log(**values: float) -> None:
        """Record values of the present step, by name: the loss pane shows them. Does nothing where nothing is
        watched."""
        for present in hooks.present():
            present.log(values)


def _tell(text: str) -> None:
    print(printable(f"periodic-tui: {text}"), file=sys.stderr)
