"""Who is let in."""

from __future__ import annotations

import hmac
import secrets

from aiohttp.typedefs import Handler
from aiohttp.web import Request, Response, StreamResponse, middleware

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""Names of this machine for itself, also at the near end of a tunnel."""
_SECRET = secrets.token_urlsafe(32)


class Guard:
    """Lets a request in, or says in a sentence why not.

    With a token, a browser has to bring it once behind the address, and then has a cookie that lasts as long as the
    server. Without one, the name under which this server was called must be the machine's own: a page of another site
    whose name leads here (DNS rebinding) is turned away. A websocket is opened by pages of this server only.
    """

    def __init__(self, token: str | None) -> None:
        self._token = token

    @middleware
    async def admit(self, request: Request, handler: Handler) -> StreamResponse:
        """Handle the request if it may come in."""
        if self._token is not None and _same(request.query.get("token"), self._token):
            return _with_cookie(request)
        if told := self._refusal(request):
            return Response(text=told + "\n", status=403)
        return await handler(request)

    def _refusal(self, request: Request) -> str:
        if self._token is None and _name(request.host) not in LOOPBACK:
            return "The dashboard is served to this machine alone; call it localhost."
        if self._token is not None and not _same(request.cookies.get(_cookie(request)), _SECRET):
            return "This needs the token: open the address with ?token= and the token behind it."
        upgrades = "Upgrade" in request.headers
        if upgrades and request.headers.get("Origin", "").partition("://")[2] != request.host:
            return "Another site has asked for this."
        return ""


def _with_cookie(request: Request) -> Response:
    """Give the browser its cookie, and the page an address without the token, which then is in no history."""
    answer = Response(status=303, headers={"Location": "./"})
    answer.set_cookie(_cookie(request), _SECRET, httponly=True, samesite="Lax")
    return answer


def _cookie(request: Request) -> str:
    """Its name; browsers keep the cookies of all ports of a machine together."""
    _, _, port = request.host.removeprefix("[").rpartition(":")
    return f"periodic-tui-{port if port.isdigit() else 'web'}"


def _name(host: str) -> str:
    """A host without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _same(given: str | None, expected: str) -> bool:
    """Whether they are equal, in a time that tells nothing."""
    return given is not None and hmac.compare_digest(given.encode(errors="replace"), expected.encode(errors="replace"))
