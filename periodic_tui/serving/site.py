"""The pages of the server, and how many visitors it has."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from pathlib import Path
from string import Template

from aiohttp.web import (
    Application,
    HTTPNotFound,
    HTTPServiceUnavailable,
    Request,
    Response,
    StreamResponse,
    WebSocketResponse,
    get,
    static,
)
from textual_serve.download_manager import DownloadManager

from periodic_tui.serving.guard import Guard
from periodic_tui.serving.visitor import Visitor

SOON = 4.0
"""Seconds that a visitor waits for a place: one who loads the page again has only just left his own."""
HEARTBEAT = 15.0
"""Seconds between two signs of life that a browser has to answer."""
FAREWELL = 1.0
"""Seconds that it has to answer a farewell in."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Nothing comes from elsewhere, and no other page shows this one within itself."""


class Site:
    """A page with a terminal, the websocket behind it, and the files that dashboards hand over."""

    def __init__(self, words: Sequence[str], title: str, token: str | None, sessions: int) -> None:
        """`words`: the command line of a visitor's dashboard; `sessions`: how many there may be at once."""
        self._words, self._sessions = words, sessions
        self._places, self._downloads = asyncio.Semaphore(sessions), DownloadManager()
        self._open: set[WebSocketResponse] = set()
        own = Path(str(files(__package__).joinpath("page")))
        self._page = Template((own / "index.html").read_text()).substitute(title=html.escape(title))
        self.application = Application(middlewares=[Guard(token).admit])
        self.application.on_response_prepare.append(_with_headers)
        theirs = Path(str(files("textual_serve").joinpath("static")))
        self.application.add_routes([get("/", self.page), static("/page", own), static("/static", theirs)])
        self.application.add_routes([get("/ws", self.talk), get("/download/{key}", self.file)])

    async def page(self, request: Request) -> Response:
        """The page, or a sentence where all places are taken."""
        async with self._place():
            return Response(text=self._page, content_type="text/html")

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._places.acquire(), SOON)
        except TimeoutError:
            many = "The only session is" if self._sessions == 1 else f"All {self._sessions} sessions are"
            raise HTTPServiceUnavailable(text=f"{many} taken; come back when somebody has left.\n") from None
        try:
            yield
        finally:
            self._places.release()

    async def talk(self, request: Request) -> StreamResponse:
        """A visit, from the first byte until the visitor or the dashboard has gone."""
        async with self._place():
            websocket = WebSocketResponse(heartbeat=HEARTBEAT, timeout=FAREWELL)
            await websocket.prepare(request)
            visitor = Visitor(self._words, websocket, self._downloads)
            self._open.add(websocket)
            try:
                await visitor.start(_size(request, "width", 80), _size(request, "height", 24))
                async for message in websocket:
                    with suppress(ValueError, TypeError):
                        await visitor.take(json.loads(message.data))
            finally:
                await visitor.stop()
                self._open.discard(websocket)
        return websocket

    async def file(self, request: Request) -> StreamResponse:
        """A file that a dashboard hands over, once."""
        key = request.match_info["key"]
        try:
            about = await self._downloads.get_download_metadata(key)
        except KeyError:
            raise HTTPNotFound(text="There is no such file.\n") from None
        name = re.sub(r"[^\w.-]+", "-", about.file_name, flags=re.ASCII)
        answer = StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
        answer.content_type = "application/octet-stream"
        await answer.prepare(request)
        async for chunk in self._downloads.download(key):
            await answer.write(chunk)
        await answer.write_eof()
        return answer

    async def end(self) -> None:
        """Send every visitor away; done when all dashboards have ended."""
        await asyncio.gather(*(websocket.close() for websocket in self._open))
        for _ in range(self._sessions):
            await self._places.acquire()


def _size(request: Request, name: str, otherwise: int) -> int:
    """Columns or rows that the page asks for."""
    text = request.query.get(name, "")
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else otherwise


async def _with_headers(request: Request, response: StreamResponse) -> None:
    response.headers.update(HEADERS)
