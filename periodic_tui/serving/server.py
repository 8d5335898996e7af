"""The server's life: from the first address to ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from aiohttp.web import AppRunner, TCPSite

from periodic_tui.engine.errors import Refused
from periodic_tui.serving.site import Site

LOCALHOST = "127.0.0.1"


def serve(site: Callable[[], Site], host: str, port: int, announce: Callable[[int], None]) -> None:
    """Serve until a signal says to end, then end every visitor's dashboard.

    Args:
        site: makes what is served, in the event loop.
        host: the address that is listened at.
        port: its port; 0 for any that is free.
        announce: told the port once visitors can come.

    Raises Refused where the address cannot be listened at.
    """
    asyncio.run(_served(site, host, port, announce))


async def _served(make: Callable[[], Site], host: str, port: int, announce: Callable[[int], None]) -> None:
    site = make()
    runner = AppRunner(site.application, access_log=None, shutdown_timeout=1.0)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        announce(runner.addresses[0][1])
        await ended.wait()
        await site.end()
    finally:
        await runner.cleanup()


async def _listen(runner: AppRunner, host: str, port: int) -> None:
    try:
        await TCPSite(runner, host, port).start()
    except OSError as problem:
        raise Refused(f"cannot listen at {host}, port {port}: {problem.strerror}") from None
