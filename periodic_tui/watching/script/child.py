"""The process in which a watched script runs: `python child.py FOLDER MOST OUTPUT KIND TARGET ARGS...`, started by
`process.py`.

The script finds everything as it is without us: next to nothing has been imported before, and its `__main__` is a
module of its own that lives to the end.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # whatever lies in this folder or in the script's does not pass for the standard library
    del sys.path[: 0 if sys.flags.safe_path else 1]
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
    import periodic_tui.watching  # noqa: F401  # whose parts are found from now on

    del sys.path[0]

import atexit
from contextlib import suppress

from periodic_tui.printable import printable
from periodic_tui.watching.script import programs
from periodic_tui.watching.script.after_import import AfterImport
from periodic_tui.watching.script.tracebacks import without_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType

    from periodic_tui.watching.watcher import Watcher

OWN_WORDS = 5
"""Of the command line: this file, FOLDER, MOST, OUTPUT and KIND."""
INTERRUPTED, NOTHING_TO_RUN = 130, 2
"""Exit codes."""
_LIVE = 0.5
"""Seconds between two pictures, at most: whoever follows looks as often."""


def main(folder: str, most: str, output: str, kind: programs.Kind, target: str, *arguments: str) -> None:
    """Run a program, watched. `output`: `captured` where what it prints goes into its recording."""
    own = [target, *arguments]
    sys.orig_argv[-len(own) - OWN_WORDS :] = ["-m", *own] if kind == "module" else own
    sys.argv[:] = own
    if output == "captured" and sys.stdout:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # as to a terminal
    watching = Watching(folder, int(most), output == "captured")
    try:
        script, code = programs.found(kind, target)
    except programs.Missing as reason:
        _tell(str(reason))
        sys.exit(NOTHING_TO_RUN)
    sys.modules["__main__"] = script
    atexit.register(watching.close)
    AfterImport("torch", watching.begin).stand_first()
    run(script, code, watching)


def run(script: ModuleType, code: Callable[[], CodeType], watching: Watching) -> None:
    """Let what the script raises end this process as it would end the script alone, told without frames of ours."""
    try:
        exec(code(), vars(script))
    except SystemExit as end:
        watching.code = exit_code(end.code)
        raise
    except BaseException as error:
        watching.code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
        tell, trace = sys.excepthook, without_ours(error)
        sys.excepthook = lambda kind, value, _: tell(kind, value.with_traceback(trace), trace)
        raise


def exit_code(told: object) -> int:
    """What the system gets to know of what `sys.exit` was told."""
    if told is None:
        return 0
    return told & 0xFF if isinstance(told, int) else 1


class Watching:
    """Begins when torch is there, and ends after everything that the script does at its end."""

    def __init__(self, folder: str, most: int, captured: bool) -> None:
        self.code = 0
        """Exit code, as far as it is known."""
        self._folder, self._most, self._captured = folder, most, captured
        self._process = os.getpid()
        self._watcher: Watcher | None = None

    def begin(self) -> None:
        """Take up the recording, and watch. What goes wrong in that is none of the script's business."""
        try:
            self._watcher = self._begun()
        except Exception as problem:
            _tell(f"nothing is seen: {type(problem).__name__}: {problem}")

    def _begun(self) -> Watcher:
        from pathlib import Path

        from periodic_tui.engine.recording import layout
        from periodic_tui.engine.recording.recorder import Recorder
        from periodic_tui.engine.recording.recording import Recording
        from periodic_tui.engine.snapshot import Script
        from periodic_tui.watching.hooks import hooks
        from periodic_tui.watching.watcher import Watcher

        recording = Recording(Path(self._folder))
        (recording.folder / layout.JOURNAL).touch(0o600)  # tells whoever finds nothing else that torch was there
        recorder = Recorder.of(recording, most=self._most, given=True, live=_LIVE)
        recorder.begin()
        watcher = Watcher(recorder, Script(recording.about.script, captured=self._captured))
        hooks.install(watcher)
        return watcher

    def close(self) -> None:
        """The script has ended; not where this is a process that it has forked."""
        if self._watcher is None or os.getpid() != self._process:
            return
        try:
            self._watcher.close(self.code)
            for news in self._watcher.recorder.news():
                _tell(news)
        except Exception as problem:
            _tell(f"nothing is seen: {type(problem).__name__}: {problem}")


def _tell(text: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # the script may have closed it
        print(printable(f"periodic-tui watch: {text}"), file=sys.stderr)


if __name__ == "__main__":
    sys.modules["periodic_tui.watching.script.child"] = sys.modules["__main__"]
    main(*sys.argv[1:])  # type: ignore[arg-type]
