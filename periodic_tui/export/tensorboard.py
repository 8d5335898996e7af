"""Losses, frequency and events as an event file for TensorBoard, written by the package of that name."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.recording.timeline import Timeline
from periodic_tui.export.curves import Bin, curves_of, events_of
from periodic_tui.export.files import mark_of
from periodic_tui.export.newest import Say, newest_picture

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary

FILE = "events.out.tfevents.periodic-tui"
TAGS = {"batch loss": "loss/batch", "probe loss": "loss/probe", "omega": "omega"}
"""Of the curves; what a script has logged goes by its own name."""


def event_file(recording: Recording, folder: Path, say: Say) -> dict[Path, bytes]:
    """The event file in that folder: at every step that begins a bin the mean of each curve, as `loss/batch`, and its
    extremes, as `loss/batch/low` and `loss/batch/high`; what happened as text. Raises Refused without the package, and
    where the folder holds the events of others, with which TensorBoard would mix them."""
    _check(folder)
    steps: dict[int, list[Summary.Value]] = {}
    for what, bins in curves_of(newest_picture(recording, say)).items():
        for step, each in _by_step(bins).items():
            steps.setdefault(step, []).extend(_scalars(TAGS.get(what) or what.replace(" ", "/", 1), each))
    for step, texts in _texts(events_of(recording)).items():
        steps.setdefault(step, []).append(_text(texts))
    return {folder / FILE: _records(recording, steps)}


def _check(folder: Path) -> None:
    try:
        import tensorboard.compat.proto.event_pb2  # noqa: F401
    except ImportError:
        raise Refused("--to tensorboard needs the extra: pip install 'periodic-tui[tensorboard]'") from None
    others = folder.glob("*tfevents*") if folder.is_dir() else ()
    if any(path.name != FILE for path in others):
        raise Refused(f"{folder}: holds other event files, with which TensorBoard would mix these; --out names another")


def _by_step(bins: Iterable[Bin]) -> dict[int, Bin]:
    """One bin for each first step: where a command placed the parameters anew, the one that training went on from."""
    return {each.first: each for each in bins}


def _texts(lines: Iterable[Line]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line in lines:
        found.setdefault(line.step, []).append(line.text)
    return found


def _scalars(tag: str, each: Bin) -> list[Summary.Value]:
    from tensorboard.compat.proto.summary_pb2 import Summary

    values = {tag: each.middle, f"{tag}/low": each.low, f"{tag}/high": each.high}
    return [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]


def _text(texts: list[str]) -> Summary.Value:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text.metadata import create_summary_metadata

    tensor = TensorProto(dtype=DT_STRING, string_val=["\n\n".join(texts).encode()])
    metadata = create_summary_metadata(display_name="events", description="")
    return Summary.Value(tag="events", tensor=tensor, metadata=metadata)


def _records(recording: Recording, steps: dict[int, list[Summary.Value]]) -> bytes:
    """One event for each step, the steps ascending."""
    from tensorboard.compat.proto.event_pb2 import Event, SourceMetadata
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    data, when = io.BytesIO(), _clock(recording)
    writer = RecordWriter(data)
    metadata = SourceMetadata(writer=mark_of(recording))
    first = Event(wall_time=when(0), file_version="brain.Event:2", source_metadata=metadata)
    writer.write(first.SerializeToString())
    for step in sorted(steps):
        writer.write(Event(wall_time=when(step), step=step, summary=Summary(value=steps[step])).SerializeToString())
    return data.getvalue()


def _clock(recording: Recording) -> Callable[[int], float]:
    """When a step was taken, in seconds since 1970: between those of the pictures around it."""
    pictures = recording.pictures()
    held = [pictures[place] for place in Timeline(pictures).held]
    steps, times = [each.step for each in held], [recording.taken(each) for each in held]
    return lambda step: float(np.interp(step, steps, times))
