"""Run a program in a real pseudo-terminal and look at its screen as a person would."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.pty.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
Predicate = Callable[[list[str]], bool]
HIDDEN_FROM_CHILDREN = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI")
IDENTITY = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


PATIENCE = 60.0
"""Seconds within which anything must have happened, on a busy machine too."""


class Terminal:
    """A context manager: `command` runs in a pseudo-terminal of its own until the block ends.

    The terminal answers the usual queries (cursor position, device attributes, modes), so a program that paces
    itself by them runs at full speed. `env` is laid over this process's environment; `cwd` is the repository.
    """

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        late: float = 0.0,
    ) -> None:
        """`late`: seconds until the terminal answers a query."""
        self.command = list(command)
        self._late = late
        self.emulator = Emulator(columns, rows, self._answer_late if late else self._answer)
        self.env = {k: v for k, v in os.environ.items() if k not in HIDDEN_FROM_CHILDREN} | IDENTITY | dict(env or {})
        self.cwd = cwd
        self._changed = threading.Condition()
        self._raw = bytearray()
        self._read_at = 0.0
        self._closed = False

    def __enter__(self) -> "Terminal":
        self.master, slave = pty.openpty()
        self._set_size(self.emulator.columns, self.emulator.lines)
        self._attributes = termios.tcgetattr(self.master)
        self.started = time.perf_counter()
        """The moment just before the program was started, by `time.perf_counter`."""
        self.process = subprocess.Popen(
            self.command, env=self.env, cwd=self.cwd, pass_fds=(slave,), preexec_fn=lambda: os.login_tty(slave)
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None or self._reader.is_alive():  # children may outlive the program
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(1.0)
        os.close(self.master)

    @property
    def raw_bytes(self) -> bytes:
        """Everything the program wrote so far."""
        with self._changed:
            return bytes(self._raw)

    def screen(self) -> list[str]:
        """The rows of the screen, each as wide as the terminal."""
        with self._changed:
            return list(self.emulator.display)

    def send(self, keys: str | bytes) -> float:
        """Type; returns when, by `time.perf_counter`."""
        sent = time.perf_counter()
        self._answer(keys)
        return sent

    def report(self, text: str, mode: int) -> None:
        """Send what the terminal reports by itself while a mode is set: nothing of it comes after what it answers to a
        query that followed the end of the mode."""
        with self._changed:
            if self.emulator.is_set(mode):
                self._answer(text)

    def wait_for(self, wanted: str | Predicate, seconds: float = PATIENCE) -> float:
        """Wait until the screen shows a text or satisfies a predicate over its rows.

        Returns the moment, by `time.perf_counter`, at which the deciding bytes were read.
        Raises AssertionError with the screen's last state when the time is over or the program has ended.
        """
        predicate = wanted if callable(wanted) else lambda rows: any(wanted in row for row in rows)
        deadline = time.perf_counter() + seconds
        with self._changed:
            while not predicate(self.emulator.display):
                left = deadline - time.perf_counter()
                if self._closed or left <= 0:
                    raise AssertionError(self._report(wanted, "the program ended" if self._closed else f"{seconds} s"))
                self._changed.wait(left)
            return self._read_at

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size; the kernel tells the program by SIGWINCH."""
        with self._changed:
            self.emulator.resize(rows, columns)
        self._set_size(columns, rows)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.process.pid, number)

    def wait_quiet(self, quiet: float, seconds: float = PATIENCE) -> None:
        """Wait until the program has written nothing for so many seconds. Raises AssertionError if it never does."""
        deadline = time.perf_counter() + seconds
        with self._changed:
            while self._changed.wait(quiet):
                if time.perf_counter() > deadline:
                    raise AssertionError(self._report(f"{quiet} s without a byte", f"{seconds} s"))

    def wait_exit(self, seconds: float = PATIENCE) -> int:
        """Wait for the end, read what was still under way, and return the exit code (−N after signal N)."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(self._report("the end", f"{seconds} s")) from None
        self._reader.join(10.0)
        return code

    def unrestored(self) -> list[str]:
        """In words, what differs from the terminal that the program was given; empty after a clean end."""
        with self._changed:
            problems = self.emulator.unrestored()
        if termios.tcgetattr(self.master) != self._attributes:
            problems.append("the line's attributes (termios) differ")
        return problems

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _answer(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.master, data) :]

    def _answer_late(self, text: str) -> None:
        threading.Timer(self._late, self._answer_if_there, [text]).start()

    def _answer_if_there(self, text: str) -> None:
        with suppress(OSError):
            self._answer(text)

    def _read(self) -> None:
        while data := self._next_bytes():
            with self._changed:
                self._read_at = time.perf_counter()
                self._raw += data
                self.emulator.feed(data)
                self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next_bytes(self) -> bytes:
        """Linux reports the end of a pseudo-terminal as an error."""
        try:
            return os.read(self.master, 1 << 16)
        except OSError:
            return b""

    def _report(self, wanted: object, limit: str) -> str:
        rows = "\n".join(row.rstrip() for row in self.emulator.display)
        return f"{wanted!r} did not come ({limit}); the screen:\n{rows}"
