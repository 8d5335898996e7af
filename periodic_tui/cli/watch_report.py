"""What `watch` says of a script in the end, read from its recording."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from periodic_tui.cli.command import NAME, abandon
from periodic_tui.cli.recording import run_of
from periodic_tui.cli.report import json_line
from periodic_tui.cli.say import say
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.layout import JOURNAL
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Recording, Status
from periodic_tui.engine.snapshot import Script, Snapshot, Verdict
from periodic_tui.export.newest import newest_picture
from periodic_tui.watching.script.process import Ended
from periodic_tui.watching.verdicts.untrained import ENDED, NO_TORCH, untrained

_PATIENCE = 5.0
"""Seconds that a last picture may take to be written."""


def completed(folder: Path, ended: Ended) -> None:
    """A picture in a recording that has none: the script never imported torch, or ended before the first one."""
    try:
        recording = Recording(folder)
        if recording.pictures() or recording.being_written:
            return
        verdict = untrained(ENDED if (folder / JOURNAL).exists() else NO_TORCH)
        script = Script(recording.about.script, code=None if ended.how == "killed" else ended.code)
        told = Recorder.of(recording)
        told.begin()
        told.picture(Snapshot(preset=recording.about.name, state="finished", verdict=verdict, script=script))
        told.close(ended.how, _PATIENCE)
    except Refused:  # it has been deleted, by the script perhaps
        return


def summary_of(folder: Path, ended: Ended, kept: bool) -> dict[str, Any]:
    """The summary's fields; `kept`: whether the recording stays."""
    about, status, picture, why = _read(folder)
    script = picture.script or Script()
    return {
        "script": about.script,
        "steps": picture.step,
        "seconds": status.seconds,
        "loss": picture.loss,
        "verdict": None if why else verdict_fields(picture.verdict),
        "causes": [verdict_fields(cause) for cause in picture.causes],
        "layers": list(_layers(picture)),
        "optimizers": script.optimizers,
        "models": script.models,
        "unseen": (*script.unseen, *why),
        "exit_code": ended.code,
        "status": ended.how,
        "recording": str(folder) if kept else None,
    }


def _read(folder: Path) -> tuple[About, Status, Snapshot, tuple[str, ...]]:
    """What the recording tells, as far as it can be read; and why it cannot."""
    about, status = About(), Status()
    try:
        recording = Recording(folder)
        about, status = recording.about, recording.status
        return about, status, newest_picture(recording, lambda line: None), ()
    except Refused as reason:
        return about, status, Snapshot(step=status.step), (str(reason),)


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """The summary's fields of one cause."""
    return {"code": verdict.code, "text": verdict.text, "figures": verdict.figures}


def _layers(picture: Snapshot) -> Iterator[dict[str, Any]]:
    """The summary's fields of each layer."""
    network = picture.network
    for number, (name, kind, shape) in enumerate(zip(network.names, network.kinds, network.shapes, strict=True)):
        fields: dict[str, Any] = {"name": name, "kind": kind, "shape": shape}
        for figure in ("dead", "saturated", "gradient", "update"):
            fields[figure] = float(getattr(network, figure)[number])
        place = network.units[number]
        seen = picture.layers[place] if 0 <= place < len(picture.layers) else None
        yield fields | {"units": seen and seen.units, "dead_units": seen and list(seen.dead)}


def print_summary(summary: dict[str, Any], as_json: bool) -> None:
    """As the last JSON line on stdout, or in a few lines on stderr; nowhere where nobody reads it."""
    stream = sys.stdout if as_json else sys.stderr
    lines = [json_line({"event": "summary", **summary})] if as_json else summary_lines(summary)
    try:
        say(*lines, err=not as_json)
        stream.flush()
    except OSError:
        abandon(stream)


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """The summary for people."""
    done = f"after {summary['steps']:,} steps in {summary['seconds']:.1f} s" if summary["steps"] else "without a step"
    lines = [f"{summary['script']}: {summary['status']} {done}, exit code {summary['exit_code']}"]
    if summary["loss"] is not None and np.isfinite(summary["loss"]):
        lines[0] += f", loss {summary['loss']:.6g}"
    for cause in summary["causes"] or ([summary["verdict"]] if summary["verdict"] else []):
        lines.append("{code}: {text}".format(**cause))
    lines += [f"not seen: {reason}" for reason in summary["unseen"]]
    if summary["recording"]:
        lines.append(f"{NAME} replay {run_of(Path(summary['recording']))}")
    return lines
