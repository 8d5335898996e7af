"""`runs`: the recordings that there are."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click

from periodic_tui.cli.command import command, fail
from periodic_tui.cli.recording import library
from periodic_tui.cli.say import columns, say
from periodic_tui.engine.errors import Refused
from periodic_tui.printable import printable

if TYPE_CHECKING:
    from periodic_tui.engine.recording.library import Entry


@command("runs")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list of objects.")
@click.option("--delete", "unwanted", metavar="RUN", help="Delete a recording; asks first.")
def runs(as_json: bool, unwanted: str | None) -> int:
    """List the recordings, newest first: name, preset or script, steps, verdict, date, size."""
    if unwanted is not None:
        return _delete(unwanted)
    entries = library().runs()
    if as_json:
        say(*json.dumps([fields(each) for each in entries], indent=2).split("\n"))
    elif entries:
        say(*lines(entries))
    else:
        say("there are no recordings", err=True)
    return 0


def fields(entry: Entry) -> dict[str, Any]:
    """A recording as a JSON object."""
    about, status = entry.about, entry.status
    return {
        "name": entry.name,
        "path": str(entry.folder),
        "preset": None if about.script else about.name,
        "script": about.script or None,
        "title": about.title,
        "steps": status.step,
        "verdict": status.verdict or None,
        "loss": status.loss,
        "created": _date(about.created, "%Y-%m-%dT%H:%M:%S%z"),
        "bytes": entry.bytes,
        "being_written": entry.being_written,
        "ended": status.ended or None,
    }


def lines(entries: list[Entry]) -> list[str]:
    """The recordings as a table."""
    return list(columns([_row(each) for each in entries]))


def _row(entry: Entry) -> tuple[str, ...]:
    about, status = entry.about, entry.status
    return (
        entry.name,
        f"{about.name} (script)" if about.script else about.name,
        f"{status.step:,} steps",
        status.verdict or "-",
        _date(about.created, "%Y-%m-%d %H:%M"),
        megabytes(entry.bytes),
        "being written" if entry.being_written else status.ended or "broken off",
    )


def megabytes(size: int) -> str:
    """A size to be read by people."""
    return f"{size / 1e6:.1f} MB"


def _date(seconds: float, form: str) -> str:
    try:
        return time.strftime(form, time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return "-"


def _delete(text: str) -> int:
    from periodic_tui.engine.recording.library import delete, size_of

    recording = library().find(text)
    folder, status = recording.folder, recording.status
    if recording.being_written:
        raise Refused(f"{folder.name} is being written")
    asked = f"Delete {printable(folder.name)} ({status.step:,} steps, {megabytes(size_of(folder))})?"
    try:
        wanted = click.confirm(asked, err=True)
    except click.Abort:
        return fail("", "nothing was deleted: nobody said yes")
    if not wanted:
        return 0
    try:
        delete(folder)
    except OSError as problem:
        raise Refused(f"{folder.name} cannot be deleted: {problem.strerror}") from None
    if folder.exists():
        say(f"{folder} stays: something else lies in it", err=True)
    return 0
