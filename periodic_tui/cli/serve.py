"""`serve`: the dashboard in a browser."""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec

import click

from periodic_tui.cli.command import NAME, command
from periodic_tui.cli.say import say
from periodic_tui.engine.errors import Refused
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.serving import TOKEN

TOKEN_LENGTH = 8
"""Characters that a token must have: it is all that keeps others out."""


@command("serve")
@click.argument("preset", default=BUILT_IN[0])
@click.option("--port", type=click.IntRange(0, 65535), default=8000, metavar="N", help="The port; 0: any free one.")
@click.option("--host", metavar="H", help="Listen at this address, in place of this machine's own loopback.")
@click.option("--token", envvar=TOKEN, show_envvar=True, metavar="T", help="What visitors from elsewhere need.")
@click.option("--sessions", type=click.IntRange(1, 99), default=4, metavar="N", help="Visitors at once at most.")
def serve(preset: str, port: int, host: str | None, token: str | None, sessions: int) -> int:
    """Show the dashboard in browsers, to each visitor one of his own, until ctrl-C; PRESET as for the dashboard."""
    _check(host, token)
    from periodic_tui.presets.files import load

    name, _ = load(preset, [])
    from periodic_tui.serving.server import LOCALHOST
    from periodic_tui.serving.server import serve as served
    from periodic_tui.serving.site import Site

    words = [sys.executable, "-P", "-m", "periodic_tui", "--glyphs", "braille", "--", preset]
    site = partial(Site, words, f"{NAME} {name}", token, sessions)
    served(site, host or LOCALHOST, port, partial(_announce, name, host, token))
    return 130


def _check(host: str | None, token: str | None) -> None:
    """Raises Refused."""
    if host is not None and token is None:
        raise Refused(f"--host {host} needs --token: whoever reaches that address has your dashboard")
    if token is not None and host is None:
        raise Refused("--token needs --host: without it this machine alone is served")
    if token is not None and len(token) < TOKEN_LENGTH:
        raise Refused(f"--token: expected at least {TOKEN_LENGTH} characters")
    if find_spec("textual_serve") is None:
        raise Refused(f"needs textual-serve: pip install '{NAME}[web]'")


def _announce(name: str, host: str | None, token: str | None, port: int) -> None:
    """Say where it is; not the token, which the terminal would remember."""
    where = f"[{host}]" if host and ":" in host else host or "localhost"
    behind = "?token= and the token behind it" if token else ""
    say(f"{NAME} serve: {name} at http://{where}:{port}/{behind}; ctrl-C ends it")
    sys.stdout.flush()
