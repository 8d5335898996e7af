"""A script in a process of its own that watches it, as whoever starts it sees that."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.recording import lock

if TYPE_CHECKING:
    from periodic_tui.watching.script.programs import Kind

CHILD = Path(__file__).with_name("child.py")
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


@dataclass(frozen=True)
class Program:
    """What is to be run."""

    kind: Kind
    target: str
    """A path, or the name of a module."""
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """As it would be typed behind `python`."""
        return shlex.join([*["-m"] * (self.kind == "module"), self.target, *self.arguments])

    @property
    def name(self) -> str:
        """By which people know it."""
        return self.target if self.kind == "module" else os.path.basename(os.path.abspath(self.target))


How = Literal["finished", "failed", "interrupted", "killed"]


@dataclass(frozen=True)
class Ended:
    """How a program has ended."""

    code: int
    """As shells have it: 128 + N after signal N."""
    how: How

    @classmethod
    def of(cls, code: int) -> Ended:
        """As the system tells it: −N after signal N."""
        if code < 0:
            return cls(128 - code, "interrupted" if code == -signal.SIGINT else "killed")
        return cls(code, "finished" if code == 0 else "failed")


class Process:
    """A program that runs, and its recording."""

    def __init__(
        self,
        program: Program,
        folder: Path,
        most: int,
        output: int | None = None,
        begin: Callable[[], object] | None = None,
    ) -> None:
        """Start it.

        Args:
            folder: of the recording, which is there already.
            most: bytes of its pictures.
            output: the descriptor to which it prints, in a session of its own without a terminal; None: it has the
                terminal, the descriptors and the group that this process has.
            begin: called in the new process before all else.
        """
        self.folder = folder
        into = "captured" if output is not None else "shown"
        own = [str(CHILD), str(folder), str(most), into, program.kind, program.target]
        self._group = output is not None
        self._popen = subprocess.Popen(
            [sys.executable, *interpreter_flags(), *own, *program.arguments],
            stdin=None if output is None else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            close_fds=output is not None,
            start_new_session=output is not None,
            preexec_fn=begin,
        )
        with suppress(OSError):
            lock.give(folder, self._popen.pid)

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._popen.pid

    def poll(self) -> Ended | None:
        """How it has ended; None while it runs."""
        code = self._popen.poll()
        return None if code is None else Ended.of(code)

    def ended_within(self, seconds: float) -> Ended | None:
        """How it has ended by then; None where it still runs."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """To it, and to whatever it has started where it has a session of its own."""
        if self.poll() is None:
            with suppress(OSError):
                os.killpg(self.pid, number) if self._group else os.kill(self.pid, number)

    def wait(self) -> Ended:
        """Wait for its end, and pass on every signal that this process alone gets. Within `held`."""
        while (ended := self.poll()) is None:
            told = signal.sigtimedwait(_watched(), 1.0)
            if told and told.si_signo != signal.SIGCHLD and not _from_terminal(told):
                self.send_signal(told.si_signo)
        return ended


def _watched() -> set[signal.Signals]:
    return {signal.Signals[name] for name in (*_FORWARDED, "SIGCHLD")}


def _from_terminal(told: signal.struct_siginfo) -> bool:
    """Whether it is a key of the terminal, which reaches the whole group. The end of a terminal need not."""
    return told.si_code > 0 and told.si_signo in (signal.SIGINT, signal.SIGQUIT)


@contextmanager
def held() -> Iterator[Callable[[], object]]:
    """Signals wait for `Process.wait`; gives what lets them go in the new process. Before any thread begins."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _watched())
    try:
        yield lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interpreter_flags(words: Sequence[str] | None = None) -> list[str]:
    """The options that stand before what an interpreter is to run, as this one was given them: `words` are its own."""
    flags: list[str] = []
    left = iter(sys.orig_argv[1:] if words is None else words)
    for word in left:
        own = _up_to_program(word)
        flags += [own] if len(own) > 1 else []
        if own != word:
            break
        if _TAKES_A_WORD.fullmatch(word):
            flags.append(next(left))
    return flags


_TAKES_A_WORD = re.compile(r"--check-hash-based-pycs|-[^-WX]*[WX]")
_NAMES_A_PROGRAM = re.compile(r"-[^-WXmc]*(?=[mc])")


def _up_to_program(word: str) -> str:
    """A word as far as it is of options; `-Im` names a program behind its m, as does `script.py`."""
    if not word.startswith("-"):
        return ""
    found = _NAMES_A_PROGRAM.match(word)
    return found[0] if found else word
