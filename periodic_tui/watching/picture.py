"""What is remembered of somebody's training as one Snapshot. Pure: nothing is measured here, and nothing written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Event, Layer, Network, Script, Snapshot, State, Trained, Verdict
from periodic_tui.watching.remembering.layers import Course
from periodic_tui.watching.remembering.memory import Memory

MOST_UNITS = 4096
"""Of one layer that are shown."""


def picture(
    memory: Memory,
    causes: Sequence[Verdict],
    script: Script,
    *,
    name: str = "",
    step: int = 0,
    rate: float = 0.0,
    loss: float = math.nan,
    state: State = "training",
    events: Sequence[Event] = (),
    device: str = "",
) -> Snapshot:
    """One picture after so many steps.

    Args:
        causes: the verdicts, in order of precedence; the first is the one that is shown.
        name: the script's file, or the name of a loop of one's own.
        rate: steps a second.
        loss: of the last step.
        events: what happened, in the order of the steps.
    """
    courses = memory.layers.courses
    with_units = [course for course in courses if course.silent.size]
    found = tuple(replace(cause, step=step) for cause in causes)
    return Snapshot(
        run=1,
        preset=name,
        title=" + ".join(script.models),
        state=state,
        step=step,
        rate=rate,
        device=device,
        loss=loss,
        train_loss=loss,
        trained=_trained(memory),
        train_curve=memory.losses.curve(0),
        logged={name: history.curve(0) for name, history in memory.logged.items()},
        layers=tuple(map(_layer, with_units)),
        network=_network(courses, with_units),
        verdict=found[0] if found else Verdict(),
        causes=found,
        events=tuple(events),
        script=replace(script, unseen=script.unseen + tuple(map(_cut, filter(_is_wide, with_units)))),
    )


def _trained(memory: Memory) -> Trained:
    return Trained(batch=memory.last[-1].batch if memory.last else 0)


def _network(courses: Sequence[Course], with_units: Sequence[Course]) -> Network:
    """The table of the layers."""
    if not courses:
        return Network()
    trends = np.stack([course.trend for course in courses], axis=1)
    seen = np.isfinite(trends).any(axis=(0, 1)) | (np.arange(trends.shape[2]) == trends.shape[2] - 1)
    dead, saturated, gradient, update = trends[:, :, -1]
    numbers = {course.look.name: number for number, course in enumerate(with_units)}
    return Network(
        names=tuple(course.look.name for course in courses),
        kinds=tuple(course.look.kind for course in courses),
        shapes=tuple(_shape(course) for course in courses),
        dead=dead,
        saturated=saturated,
        gradient=gradient,
        update=update,
        trends=_narrow(trends[:, :, int(seen.argmax()) :], np.float32),
        units=tuple(numbers.get(course.look.name, -1) for course in courses),
    )


def _shape(course: Course) -> str:
    """Of the output for one sample; empty where that was not seen."""
    shape = course.look.output.shape
    return "×".join(map(str, shape[1:])) or "1" * bool(shape)


def _layer(course: Course) -> Layer:
    """The units of a layer."""
    layer, dead = course.look, np.flatnonzero(course.dead[:MOST_UNITS])
    pairs = tuple(pair for pair in layer.alike if max(pair) < MOST_UNITS)
    return Layer(
        name=layer.name,
        activity=_narrow(layer.active[:MOST_UNITS], np.float16),
        dead=tuple(dead.tolist()),
        duplicate=pairs,
        groups=grouped(pairs),
    )


def grouped(pairs: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Units that do the same, each in one group: who is a pair with one of them belongs to them."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if not group.isdisjoint(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return tuple(tuple(sorted(group)) for group in groups)


def _narrow(values: Floats, kind: type[np.floating[Any]]) -> Floats:
    """In a type that takes less room in a picture; digits beyond it would not be seen."""
    narrow: Floats = values.astype(kind)
    return narrow


def _is_wide(course: Course) -> bool:
    """Whether not all of its units are shown."""
    return len(course.silent) > MOST_UNITS or _is_thinned(course)


def _is_thinned(course: Course) -> bool:
    """Whether only some of its units were looked at: there are fewer than its output has along any dimension."""
    shape = course.look.output.shape[1:]
    return bool(shape) and len(course.silent) not in shape


def _cut(course: Course) -> str:
    if _is_thinned(course):
        return f"of the many units of {course.look.name} only {len(course.silent):,} are looked at, evenly spread"
    return f"of the {len(course.silent):,} units of {course.look.name} the first {MOST_UNITS:,} are shown"
