"""One visitor: a dashboard in a process of its own, and its line to a browser."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from periodic_tui.serving import TOKEN

TERMINAL = {
    "TEXTUAL_DRIVER": "periodic_tui.ui.terminal.browser:BrowserDriver",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
}
"""What a dashboard speaks to this server by, and what the page has: wherever the server itself was started."""
PATIENCE = 3.0
"""Seconds that a dashboard has to end in once it was asked to."""
COLUMNS, ROWS = (20, 500), (5, 200)
"""The smallest and largest screens that a browser may ask for."""


class Visitor(AppService):
    """The dashboard of one visitor. It is started without a shell, in a group of processes that is killed where it
    does not end by itself."""

    def __init__(self, words: Sequence[str], websocket: web.WebSocketResponse, downloads: DownloadManager) -> None:
        """`words`: the dashboard's command line."""
        self._words, self._websocket = words, websocket
        send, say, close = websocket.send_bytes, websocket.send_str, websocket.close
        super().__init__("", write_bytes=send, write_str=say, close=close, download_manager=downloads)  # type: ignore[arg-type]

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(_within(width, COLUMNS), _within(height, ROWS))
        environment.pop(TOKEN, None)
        paths = [str(Path(__file__).parents[2]), *filter(None, [environment.get("PYTHONPATH")])]
        return environment | TERMINAL | {"PYTHONPATH": os.pathsep.join(paths)}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        self._process = await asyncio.create_subprocess_exec(
            *self._words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True
        )
        self._stdin = self._process.stdin
        return self._process

    async def set_terminal_size(self, width: int, height: int) -> None:
        await super().set_terminal_size(_within(width, COLUMNS), _within(height, ROWS))

    async def run(self) -> None:
        """Carry what the dashboard says to the browser until it has ended; then the page is told."""
        await super().run()
        await self.remote_close()

    async def on_data(self, payload: bytes) -> None:
        """A browser that has gone hears nothing more, and the dashboard is read to its end."""
        with suppress(ConnectionError):
            await super().on_data(payload)

    async def take(self, envelope: object) -> None:
        """Do what the page asks for, if it is anything that a page asks for."""
        match envelope:
            case ["stdin", str(keys)]:
                await self.send_bytes(keys.encode(errors="replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(width, height)
            case ["ping", str(data)]:
                await self._websocket.send_json(["pong", data])
            case ["blur"]:
                await self.blur()
            case ["focus"]:
                await self.focus()

    async def stop(self) -> None:
        """End the dashboard, by force where it does not listen."""
        with suppress(TimeoutError):
            await asyncio.wait_for(super().stop(), PATIENCE)
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


def _within(size: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(size, bounds[1]))
