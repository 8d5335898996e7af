"""The server, asked by pages that are no browser's."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator

import pytest

pytest.importorskip("textual_serve", reason="the extra web is not installed")

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSServerHandshakeError

from periodic_tui.cli.command import run
from periodic_tui.cli.serve import serve
from tests.serving.served import Served, Visit, until_gone

TOKEN = "one-two-three"
ELSEWHERE = "http://elsewhere.example"


@pytest.fixture
def served() -> Iterator[Served]:
    with Served("--sessions", "2") as server:
        yield server


def asked(server: Served, scenario: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Run a scenario as somebody with a browser's habits: he keeps cookies, also of an address of numbers."""

    async def whole() -> None:
        async with ClientSession(server.address, cookie_jar=CookieJar(unsafe=True)) as session:
            await scenario(session)

    asyncio.run(whole())


async def visited(session: ClientSession, server: Served, origin: str = "") -> ClientWebSocketResponse:
    headers = {"Origin": origin or f"http://{server.host}"}
    return await session.ws_connect("/ws?width=120&height=40", headers=headers)


async def refused(session: ClientSession, server: Served, origin: str = "") -> int:
    """The status with which a websocket is not opened."""
    with pytest.raises(WSServerHandshakeError) as caught:
        await visited(session, server, origin)
    return caught.value.status


async def told(session: ClientSession, path: str = "/", **headers: str) -> tuple[int, str]:
    async with session.get(path, headers=headers) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 needs --token"),
        (["--token", TOKEN], "--token needs --host"),
        (["--host", "0.0.0.0", "--token", "short"], "at least 8 characters"),
        (["--host", "192.0.2.1", "--token", TOKEN], "cannot listen at 192.0.2.1, port 8000"),
        (["sine-3"], "sine-31"),
        (["--sessions", "0"], "--sessions"),
    ],
)
def test_what_cannot_be_served_is_said(words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(serve, words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == (2 if "--sessions" in words else 1)


def test_where_the_extra_is_missing_a_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("periodic_tui.cli.serve.find_spec", lambda name: None)
    assert run(serve, []) == 2
    assert capfd.readouterr().err == "periodic-tui serve: needs textual-serve: pip install 'periodic-tui[web]'\n"


def test_a_visitor_trains_and_takes_a_picture_and_leaves_nothing_behind(served: Served) -> None:
    async def scenario(session: ClientSession) -> None:
        line = await visited(session, served)
        visit = Visit(line)
        await visit.wait_for("training")
        for nonsense in (["stdin"], {"resize": 1}, ["resize", {"width": 10**9, "height": -1}], ["?"], [["stdin", "q"]]):
            await line.send_json(nonsense)
        await line.send_str("no JSON")
        await visit.send("resize", {"width": 120, "height": 40})
        await visit.send("stdin", "i")
        await visit.wait_for("solved")
        await visit.send("stdin", "e")
        await visit.wait_for("file ")
        async with session.get(f"/download/{visit.files[0]}") as answer:
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="sine-31-')
            picture = await answer.text()
        assert picture.startswith("<svg")
        assert "solved" in picture
        assert picture.rstrip().endswith("</svg>")
        assert await told(session, f"/download/{visit.files[0]}") == (404, "There is no such file.\n")
        dashboards = served.dashboards()
        assert len(dashboards) == 1
        await line.close()
        await until_gone(*dashboards)

    asked(served, scenario)


def test_there_are_as_many_visitors_as_there_may_be_each_with_a_session_of_his_own(served: Served) -> None:
    async def scenario(session: ClientSession) -> None:
        first, second = [await visited(session, served) for _ in range(2)]
        await Visit(second).wait_for("sine-31")
        assert len(served.dashboards()) == 2
        full = (503, "All 2 sessions are taken; come back when somebody has left.\n")
        assert await told(session) == full
        assert await refused(session, served) == 503
        await first.close()
        assert (await told(session))[0] == 200, "a place is free again"
        await Visit(await visited(session, served)).wait_for("sine-31")

    asked(served, scenario)


def test_only_its_own_pages_under_its_own_name_open_a_session(served: Served) -> None:
    async def scenario(session: ClientSession) -> None:
        port = served.host.partition(":")[2]
        assert (await told(session))[0] == 200
        assert (await told(session, Host=f"localhost:{port}"))[0] == 200
        assert (await told(session, Host="[::1]:9999"))[0] == 200, "the near end of a tunnel has a port of its own"
        for stranger in (f"elsewhere.example:{port}", "localhost.example", "127.0.0.1.example:80", ""):
            assert (await told(session, Host=stranger))[0] == 403
        for origin in (
            ELSEWHERE,
            "null",
            f"http://localhost:{port}",
            "http://127.0.0.1",
            f"http://{served.host}.example",
        ):
            assert await refused(session, served, origin) == 403
        assert served.dashboards() == []

    asked(served, scenario)


def test_who_has_not_the_token_sees_nothing() -> None:
    with Served("--host", "127.0.0.1", PERIODIC_TUI_TOKEN=TOKEN) as served:

        async def scenario(session: ClientSession) -> None:
            for path in (
                "/",
                "/?token=",
                "/?token=one-two-thre%C3%A9",
                "/static/js/textual.js",
                "/page/page.js",
                "/download/1",
            ):
                assert (await told(session, path))[0] == 403, path
            assert await refused(session, served) == 403
            status, page = await told(session, f"/?token={TOKEN}")
            assert (status, "textual-terminal" in page) == (200, True)
            assert TOKEN not in page
            assert await refused(session, served, ELSEWHERE) == 403
            await Visit(await visited(session, served)).wait_for("sine-31")
            (dashboard,) = served.dashboards()
            with open(f"/proc/{dashboard}/environ") as environment:
                assert TOKEN not in environment.read()

        asked(served, scenario)
        code, said = served.ended(signal.SIGINT)
        assert code == 130
        assert TOKEN not in served.announced + said


def test_an_interrupt_ends_every_session(served: Served) -> None:
    async def scenario(session: ClientSession) -> None:
        lines = [await visited(session, served) for _ in range(2)]
        await Visit(lines[0]).wait_for("sine-31")
        dashboards = served.dashboards()
        assert len(dashboards) == 2
        assert (await asyncio.to_thread(served.ended, signal.SIGINT))[0] == 130
        await until_gone(*dashboards)

    asked(served, scenario)


def test_sessions_end_with_a_server_that_is_killed(served: Served) -> None:
    async def scenario(session: ClientSession) -> None:
        await Visit(await visited(session, served)).wait_for("sine-31")
        dashboards = served.dashboards()
        assert dashboards
        served.process.kill()
        await until_gone(*dashboards)

    asked(served, scenario)
