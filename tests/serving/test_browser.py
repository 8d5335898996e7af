"""The dashboard in a real browser."""

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="the extra web is not installed")

from tests.serving.chromium import FOUND, Chromium
from tests.serving.served import Served, until_gone

pytestmark = pytest.mark.skipif(FOUND is None, reason="there is no Chromium here")


def test_two_visitors_train_beside_each_other_and_a_third_is_told(tmp_path: Path) -> None:
    async def scenario(server: Served) -> None:
        async with Chromium(tmp_path) as browser:
            one, two = [await browser.open(server.address) for _ in range(2)]
            await one.wait_for("training")
            await two.wait_for("training")
            await one.press("i")
            await one.wait_for("solved")
            assert "solved" not in await two.screen(), "each has a network of his own"
            third = await browser.open(server.address)
            await third.wait_for("All 2 sessions are taken; come back when somebody has left.")
            dashboards = server.dashboards()
            await one.press("q")
            await one.wait_for("The session has ended.")
            await two.call("Page.close")
            await until_gone(*dashboards)

    with Served("--sessions", "2") as server:
        asyncio.run(scenario(server))


def test_a_browser_without_the_token_is_shown_nothing(tmp_path: Path) -> None:
    async def scenario(server: Served) -> None:
        async with Chromium(tmp_path) as browser:
            page = await browser.open(server.address)
            await page.wait_for("This needs the token")
            await page.call("Page.navigate", url=f"{server.address}?token=one-two-three")
            await page.wait_for("what to watch")
            assert await page.value("location.search") == "", "the address that is remembered has no token"

    with Served("--host", "127.0.0.1", "--token", "one-two-three") as server:
        asyncio.run(scenario(server))
