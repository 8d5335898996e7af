"""A real browser without a window, asked by its debugging protocol."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

PATIENCE = 90.0
"""Seconds within which anything must have happened, on a busy machine too."""
MOMENT = 0.1
"""Seconds between two looks."""
FOUND = shutil.which("chromium") or shutil.which("google-chrome")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--no-first-run", "--disable-dev-shm-usage"),
    *("--remote-debugging-port=0", "--window-size=1280,800"),
)

SELECTED = """(() => {
  const terminal = document.querySelector(".xterm");
  if (!terminal) return "";
  const copy = new ClipboardEvent("copy", {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
  terminal.dispatchEvent(copy);
  return copy.clipboardData.getData("text/plain");
})()"""
"""What a user would copy: a terminal draws on a canvas, and only itself knows its text."""


class Page:
    """One tab."""

    def __init__(self, line: ClientWebSocketResponse) -> None:
        self._line, self._numbers = line, count(1)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something; returns its answer."""
        number = next(self._numbers)
        await self._line.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = json.loads((await self._line.receive(PATIENCE)).data)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    async def value(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def screen(self) -> str:
        """The text on the terminal, selected with the mouse as by a user (with shift, past the program that runs in
        it), and that of the page."""
        await self.call("Page.bringToFront")
        across, down = await self.value("[innerWidth - 2, innerHeight - 2]")
        for kind, x, y in (("Pressed", 1, 1), ("Moved", across, down), ("Released", across, down)):
            mouse = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "modifiers": 8}
            await self.call("Input.dispatchMouseEvent", type=f"mouse{kind}", **mouse)
        return f"{await self.value(SELECTED)}\n{await self.value('document.body.innerText')}"

    async def wait_for(self, wanted: str | Callable[[str], bool]) -> str:
        """The text once it holds what is wanted. Raises AssertionError with the last one."""
        holds = wanted if callable(wanted) else lambda text: wanted in text
        text = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not holds(text := await self.screen()):
                    await asyncio.sleep(MOMENT)
        assert holds(text), text
        return text

    async def press(self, key: str) -> None:
        """Type a character, as one who looks at this tab."""
        await self.call("Page.bringToFront")
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, **({"text": key} if kind == "keyDown" else {})
            )


class Chromium:
    """The browser, with a profile of its own; a context manager that ends it."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of the profile."""
        self._folder = folder

    async def __aenter__(self) -> Chromium:
        assert FOUND
        words = [FOUND, *OPTIONS, f"--user-data-dir={self._folder}", "about:blank"]
        nowhere = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            *words, stdout=nowhere, stderr=nowhere, start_new_session=True, env=os.environ | {"HOME": str(self._folder)}
        )
        self._asks = ClientSession()
        told = self._folder / "DevToolsActivePort"
        async with asyncio.timeout(PATIENCE):
            while not (told.exists() and told.read_text().count("\n")):
                await asyncio.sleep(MOMENT)
        self._address = f"http://127.0.0.1:{told.read_text().split()[0]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._asks.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        await self._process.wait()

    async def open(self, address: str) -> Page:
        """A new tab."""
        async with self._asks.put(f"{self._address}/json/new?{address}") as answer:
            about = await answer.json()
        return Page(await self._asks.ws_connect(about["webSocketDebuggerUrl"], max_msg_size=0))
