"""`watch`: a script of the user's own, run unchanged, seen and judged."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from periodic_tui import __version__
from periodic_tui.cli.command import NAME, command
from periodic_tui.cli.config import config_option
from periodic_tui.cli.dashboard import shown
from periodic_tui.cli.options import GLYPHS
from periodic_tui.cli.recording import check_record, library, new_or_empty, record_options, run_of
from periodic_tui.cli.say import say
from periodic_tui.engine.errors import Refused
from periodic_tui.ui.terminal.line import has_terminal
from periodic_tui.watching.script.process import Process, Program, held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from periodic_tui.presets.builtin import Listed
    from periodic_tui.ui.past.playback import Playback

_LONGEST = 2_000
"""Characters of a command line that are recorded, at most."""
_GRACE = 2.0
"""Seconds in which a script may end after a signal that ended the dashboard, and was passed on to it."""
_SOURCES = ("", ".py", ".pyw")
"""Ends of the names of scripts."""


@command("watch", allow_interspersed_args=False)
@click.argument("script")
@click.argument("arguments", metavar="[ARGS]...", nargs=-1, type=click.UNPROCESSED)
@config_option
@click.option("-m", "as_module", is_flag=True, help="SCRIPT is the name of a module, as for `python -m`.")
@click.option("--headless", is_flag=True, help="Without a screen: the script has the terminal, a summary comes last.")
@click.option("--json", "as_json", is_flag=True, help="The summary as a JSON line on stdout; with --headless.")
@click.option("--name", metavar="NAME", help="What the run is called; by default as the script.")
@GLYPHS
@record_options
def watch(
    script: str,
    arguments: tuple[str, ...],
    as_module: bool,
    headless: bool,
    as_json: bool,
    name: str | None,
    glyphs: str,
    record: str | None,
    no_record: bool,
) -> int:
    """Run your own PyTorch SCRIPT, unchanged, and see and judge its training. What follows SCRIPT is the script's."""
    if as_json and not headless:
        raise click.UsageError("--json goes with --headless")
    program = program_of(script, arguments, as_module)
    if headless:
        return _headless(program, name or program.name, record, no_record, as_json)
    if not has_terminal():
        raise Refused("the dashboard needs a terminal; --headless watches without one")
    return _on_screen(program, name or program.name, record, no_record, glyphs)


def program_of(target: str, arguments: tuple[str, ...], as_module: bool) -> Program:
    """What is to be run. Raises Refused."""
    if as_module:
        _check_module(target)
        return Program("module", target, arguments)
    path = Path(target)
    if not path.exists():
        raise Refused(f"{target}: no such file")
    if path.is_dir() or zipfile.is_zipfile(path):
        if path.is_dir() and not (path / "__main__.py").exists():
            raise Refused(f"{target}: holds no __main__.py")
        return Program("folder", target, arguments)
    if path.suffix not in _SOURCES:
        raise Refused(f"{target}: expected a Python script, or -m and the name of a module")
    if not os.access(path, os.R_OK):
        raise Refused(f"{target}: cannot be read")
    return Program("file", target, arguments)


def _check_module(name: str) -> None:
    from importlib.machinery import PathFinder
    from importlib.util import find_spec

    first = name.partition(".")[0]
    if not first or not (PathFinder.find_spec(first, [os.getcwd()]) or find_spec(first)):
        raise Refused(f"-m {name}: there is no such module")


def _headless(program: Program, name: str, record: str | None, no_record: bool, as_json: bool) -> int:
    """The script has all that this process has; what it leaves is told in the end."""
    with held() as let_go, recording_of(program, name, record, no_record) as folder:
        process = Process(program, folder, _most(), begin=let_go)
        from periodic_tui.cli.watch_report import completed, print_summary, summary_of

        ended = process.wait()
        completed(folder, ended)
        print_summary(summary_of(folder, ended, kept=not no_record), as_json)
    return ended.code


def _on_screen(program: Program, name: str, record: str | None, no_record: bool, glyphs: str) -> int:
    """The dashboard on the recording that the script writes. Where the script has ended with it, the summary is left on
    the shell, and its exit code is the command's."""
    from periodic_tui.cli.watch_report import completed, print_summary, summary_of
    from periodic_tui.engine.recording.output import opened
    from periodic_tui.ui.screens.opening import Opening

    with recording_of(program, name, record, no_record) as folder:
        output = opened(folder)
        try:
            process = Process(program, folder, _most(), output)
        finally:
            os.close(output)

        def open_session() -> tuple[Playback, Sequence[Listed]]:
            from periodic_tui.ui.past.playback import Playback

            return Playback(folder, child=process), ()

        code = shown(Opening(name, "", f"{program.command} begins.", "waiting for it"), open_session, glyphs, process)
        ended = process.ended_within(_GRACE if code else 0.0)
        if ended is None:
            say(f"{name} goes on; `{NAME} replay {run_of(folder)}` finds it again", err=True)
            return code
        completed(folder, ended)
        if not code:
            print_summary(summary_of(folder, ended, kept=not no_record), as_json=False)
    return code or ended.code


def _most() -> int:
    from periodic_tui.engine.recording.bounds import most

    return most()


@contextmanager
def recording_of(program: Program, name: str, record: str | None, no_record: bool) -> Iterator[Path]:
    """The folder of a new recording of that program: one of the user's, `record`, or one that is deleted in the end,
    unless it is still being written. Raises Refused or UsageError."""
    from periodic_tui.engine.recording.lock import is_written

    check_record(record, no_record)
    temporary = tempfile.mkdtemp(prefix=f"{NAME}-") if no_record else None
    folder = Path(temporary) / "run" if temporary else _place(name, record)
    try:
        _begin(folder, program, name)
        yield folder
    finally:
        if temporary and not is_written(folder):
            shutil.rmtree(temporary, ignore_errors=True)


def _place(name: str, record: str | None) -> Path:
    if record is not None:
        return new_or_empty(record)
    from periodic_tui.engine.recording.place import room

    kept = library()
    room(kept)()
    return kept.new(name)


def _begin(folder: Path, program: Program, name: str) -> None:
    from periodic_tui.engine.recording.recording import About
    from periodic_tui.engine.recording.writer import begin

    about = About(name, created=time.time(), version=__version__, script=program.command[:_LONGEST])
    try:
        begin(folder, about)
    except OSError as problem:
        raise Refused(f"{folder}: cannot be recorded into: {problem.strerror or problem}") from None
