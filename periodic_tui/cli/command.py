"""What every command of the program has in common."""

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from periodic_tui import __version__
from periodic_tui.engine.errors import Refused
from periodic_tui.presets.errors import PresetError
from periodic_tui.printable import printable

NAME = "periodic-tui"


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorator: a function that returns an exit code (or None for 0) becomes the command `name`."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        with_version = click.version_option(__version__, prog_name=NAME)(function)
        return click.command(name, context_settings={"help_option_names": ["-h", "--help"]})(with_version)

    return decorate


def run(command: click.Command, words: Sequence[str]) -> int:
    """Run one command on its words; returns the exit code. What goes wrong is said on stderr, a line a problem."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _invoke(command, words)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _abandon_output()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _abandon_output()
        return fail(f"{NAME}: cannot write: {error.strerror}")
    except KeyboardInterrupt:
        return 130


def _invoke(command: click.Command, words: Sequence[str]) -> int:
    name = NAME if command.name == NAME else f"{NAME} {command.name}"
    try:
        with command.make_context(name, list(words)) as context:
            return command.invoke(context) or 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except PresetError as error:
        return fail(*error.lines)
    except Refused as reason:
        return fail(f"{name}: {reason}")
    except click.ClickException as error:
        return fail(f"{name}: {error.format_message()}", f"{name} --help shows what there is")


def fail(*lines: str) -> int:
    """Say what is wrong on stderr; returns the exit code of bad input."""
    for line in lines:
        click.echo(printable(line), err=True)
    return 2


def _abandon_output() -> None:
    """Nobody reads: let Python's flush at exit go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
