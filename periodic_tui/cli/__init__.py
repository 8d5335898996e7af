"""The command line: the only reader of arguments and environment."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

COMMANDS = {
    "train": "train",
    "sweep": "sweep",
    "watch": "watch",
    "runs": "runs",
    "resume": "resume",
    "replay": "replay",
    "export": "export",
    "presets": "presets",
    "show": "presets",
    "check": "presets",
    "serve": "serve",
    "doctor": "doctor",
}
"""Subcommands and the modules that hold them, imported when they are wanted: the first frame waits for none."""


def subcommand(name: str) -> click.Command:
    """The subcommand of that name."""
    found: click.Command = getattr(import_module(f"periodic_tui.cli.{COMMANDS[name]}"), name)
    return found


def misspelled(word: str) -> str | None:
    """The subcommand (or option) that is meant by a first word which is nothing else: no option, file or preset, nor
    more like a preset."""
    from periodic_tui.engine.names import nearest
    from periodic_tui.presets.builtin import BUILT_IN

    if word.startswith("-") or word in COMMANDS or word in BUILT_IN or os.path.exists(word):
        return None
    near = nearest(word, [*COMMANDS, "--help", "--version", *BUILT_IN], alike=0.7)
    return None if near in BUILT_IN else near


def chosen(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command of these words, and its own. A first word that is no subcommand belongs to the dashboard."""
    if words and words[0] in COMMANDS:
        return subcommand(words[0]), words[1:]
    from periodic_tui.cli.dashboard import dashboard

    if {"-h", "--help"} & set(words):
        lines = (f"  {name:9}{subcommand(name).get_short_help_str(80)}" for name in COMMANDS)
        dashboard.epilog = "\b\nCommands:\n" + "\n".join(lines)
    return dashboard, words


def main() -> None:
    """Run the program and exit: 0 done, 2 bad input or no terminal, 130 interrupted, 1 a bug."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # whoever interrupts an import gets no traceback
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from periodic_tui.cli.command import NAME, fail, run

    words = sys.argv[1:]
    if words and (meant := misspelled(words[0])):
        sys.exit(fail(f"{NAME}: {words[0]}: no such command; did you mean {meant}?"))
    command, own = chosen(words)
    signal.signal(signal.SIGINT, handler)
    code = run(command, own)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nor does whoever interrupts the end
    sys.exit(code)
