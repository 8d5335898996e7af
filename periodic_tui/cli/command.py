"""What every command of the program has in common."""

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

import click

from periodic_tui import __version__
from periodic_tui.cli.listed import LISTED, Listing
from periodic_tui.cli.say import complain
from periodic_tui.engine.errors import Refused
from periodic_tui.presets.errors import PresetError

NAME = "periodic-tui"
CANNOT_WRITE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)
"""The disk is full, the file is as large as it may be, or the terminal is gone."""


_SETTINGS = {"help_option_names": ["-h", "--help"], "show_default": True}


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorator: a function that returns an exit code (or None for 0) becomes the command `name`; `settings` are of its
    context."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        with_version = click.version_option(__version__, prog_name=NAME)(function)
        kind = Listing if name in LISTED else click.Command
        return click.command(name, cls=kind, context_settings=_SETTINGS | settings)(with_version)

    return decorate


def run(command: click.Command, words: Sequence[str]) -> int:
    """Run one command on its words; returns the exit code. What goes wrong is said on stderr, a line a problem."""
    _open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _invoke(command, words) if _has_folder() else fail(f"{NAME}: the working directory is gone")
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        abandon(sys.stdout)
        return 0
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        return _cannot_write(error)
    except MemoryError:
        return fail(f"{NAME}: out of memory")
    except BaseException as failure:
        if not _by_interrupt(failure):
            raise
        return 130


def _by_interrupt(failure: BaseException | None) -> bool:
    """Whether it is an interruption or came of one: where a class was being made, Python raises another error."""
    while failure and not isinstance(failure, KeyboardInterrupt):
        failure = failure.__cause__
    return failure is not None


def _open_streams() -> None:
    """Nobody reads from or writes to a standard stream that was closed: let it lead nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # open to the end


def _has_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


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
    complain(*lines)
    return 2


def _cannot_write(error: OSError) -> int:
    abandon(sys.stdout)
    try:
        return fail(f"{NAME}: cannot write: {error.strerror}")
    except OSError:
        abandon(sys.stderr)
        return 2


def abandon(stream: TextIO) -> None:
    """Nobody reads: let Python's flush at exit go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
