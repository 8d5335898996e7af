"""The real server in a process of its own, and a visitor without a browser."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.pty.emulator import Emulator
from tests.pty.terminal import PATIENCE, ROOT

MOMENT = 0.05
"""Seconds between two looks."""


class Served:
    """`periodic-tui serve` on a free port; a context manager that kills it and whatever it started."""

    def __init__(self, *options: str, **environment: str) -> None:
        self._words = [sys.executable, "-m", "periodic_tui", "serve", "--port", "0", *options]
        self._environment = os.environ | environment

    def __enter__(self) -> Served:
        self.process = subprocess.Popen(
            self._words, cwd=ROOT, env=self._environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self.process.stdout
        self.announced = self.process.stdout.readline()
        found = re.search(r":(\d+)/", self.announced)
        assert found, self.announced + self.process.stdout.read()
        self.host = f"127.0.0.1:{found[1]}"
        self.address = f"http://{self.host}/"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        dashboards = self.dashboards()
        self.process.kill()
        self.process.wait()
        for number in dashboards:
            with suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)

    def dashboards(self) -> list[int]:
        """The processes that it has started, and that run."""
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return []
        return [int(number) for number in listed.split() if runs(int(number))]

    def ended(self, number: int) -> tuple[int, str]:
        """End it by a signal; returns its exit code and all that it has said since."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def runs(number: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until_gone(*processes: int) -> None:
    """Wait until they have ended. Raises AssertionError if they do not."""
    deadline = time.monotonic() + PATIENCE
    while left := [number for number in processes if runs(number)]:
        assert time.monotonic() < deadline, left
        await asyncio.sleep(MOMENT)


class Visit:
    """What a page does: keys go out, and what comes in is drawn by a terminal."""

    def __init__(self, line: ClientWebSocketResponse) -> None:
        self._line = line
        self._terminal = Emulator(120, 40, lambda answer: None)
        self.files: list[str] = []
        """Keys of the files that the dashboard hands over."""

    async def send(self, *envelope: Any) -> None:
        await self._line.send_str(json.dumps(envelope))

    async def wait_for(self, wanted: str) -> None:
        """Draw until a text is on the screen, or a file is handed over that is called so. Raises AssertionError."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while wanted not in self.shown() and await self._draw():
                    pass
        assert wanted in self.shown(), self.shown()

    def shown(self) -> str:
        """The screen, and the files below it."""
        return "\n".join([*self._terminal.display, *(f"file {key}" for key in self.files)])

    async def _draw(self) -> bool:
        message = await self._line.receive()
        if message.type == WSMsgType.BINARY:
            self._terminal.feed(message.data)
        elif message.type == WSMsgType.TEXT:
            kind, *values = json.loads(message.data)
            self.files += values if kind == "deliver_file_start" else []
        return message.type in (WSMsgType.BINARY, WSMsgType.TEXT)
