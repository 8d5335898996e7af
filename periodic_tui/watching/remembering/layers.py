"""How each layer of a watched network has fared over the looks: its figures, their trends, and which units are dead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.watching.findings import LayerLook, Look

TREND = 32
"""Looks of a trend."""
HARDLY = 0.01
"""A unit that is active on less than this share of a batch is silent there."""
SHOWN, SURE = 100, 512
"""Values of a unit, of one look after the other, over which it has to be silent to be shown as dead, and for its death
to be told; and two looks."""
WIDE, AGAIN = 64, 16
"""Of a layer of more units than that no single death is told, but those of a share of 1/64; and from then on those of
1/16."""
RECENT = 8
"""A layer that did not run in so many looks is no longer told of."""


class Deaths(NamedTuple):
    """Units of one layer that were found dead at a look, and had not been told of."""

    layer: str
    units: tuple[int, ...]
    dead: int
    """Of the layer in all."""
    of: int
    """Units that the layer has."""
    since: int
    """Step of the look from which on the first of them has been silent."""

    @property
    def text(self) -> str:
        """In a sentence."""
        if len(self.units) == 1:
            who = f"unit {self.units[0]} of layer {self.layer} died"
        else:
            who = f"{len(self.units):,} units of layer {self.layer} died"
        return f"{who}: silent from step {self.since:,} on; {self.dead:,} of its {self.of:,} units are dead"


@dataclass(eq=False)
class Course:
    """One layer over the looks at which it ran."""

    look: LayerLook
    """The newest."""
    trend: Floats
    """`[4, TREND]`: share of dead units, share of values at an end, gradient, update over weight; NaN where there is
    none, and before the first look."""
    silent: Floats
    """`[units]`: values seen since the unit was last active."""
    since: Floats
    """`[units]`: step of the first of these looks."""
    at: int = 0
    """Number of the look."""
    looks: int = 0
    told: int = 0
    """Dead units that were told of."""

    @property
    def dead(self) -> Mask:
        """`[units]`; none before there have been two looks."""
        return self.silent_for(SHOWN)

    def silent_for(self, values: int) -> Mask:
        """`[units]`: whether each was silent over so many values, and two looks."""
        found: Mask = (self.silent >= values) & (self.looks > 1)
        return found

    @property
    def judged(self) -> bool:
        """Whether enough was seen to say of a unit that it is dead."""
        return self.looks > 1 and bool(self.silent.size)


class Layers:
    """The layers in the order in which they first ran. Of bounded size: what runs no longer is forgotten."""

    def __init__(self) -> None:
        self._courses: dict[str, Course] = {}
        self._looks = 0
        self.died: tuple[Deaths, ...] = ()
        """What is new of the last look."""

    @property
    def courses(self) -> list[Course]:
        """Those that have run lately."""
        return list(self._courses.values())

    def dead(self, name: str) -> Mask:
        """`[units]` of a layer; empty where it has no units."""
        course = self._courses.get(name)
        return course.dead if course else np.zeros(0, bool)

    def saw(self, look: Look) -> None:
        """A step was looked at."""
        self._looks += 1
        for layer in look.layers:
            self._saw(layer, look.step)
        for name in [name for name, course in self._courses.items() if course.at <= self._looks - RECENT]:
            del self._courses[name]
        told = (self._deaths(course) for course in self._courses.values() if course.at == self._looks)
        self.died = tuple(each for each in told if each)

    def _saw(self, layer: LayerLook, step: int) -> None:
        course = self._courses.get(layer.name)
        units = len(layer.active)
        if course is None or len(course.silent) != units or course.look.kind != layer.kind:
            trend = np.full((4, TREND), np.nan)
            course = self._courses[layer.name] = Course(layer, trend, np.zeros(units), np.zeros(units))
        course.look, course.at, course.looks = layer, self._looks, course.looks + 1
        if units:
            begins = course.silent == 0
            values = max(math.prod(layer.output.shape or (units,)) / units, 1.0)
            course.silent = np.where(layer.active < HARDLY, course.silent + values, 0.0)
            course.since = np.where(begins, step, course.since)
        course.trend[:, :-1] = course.trend[:, 1:]
        course.trend[:, -1] = figures(course)

    def _deaths(self, course: Course) -> Deaths | None:
        """Units that have died, where they are enough to be worth a line."""
        dead = course.silent_for(SURE)
        count, units = int(dead.sum()), len(dead)
        course.told = min(course.told, count)
        news = count - course.told
        few = units // (AGAIN if course.told else WIDE)
        if news <= 0 or (news < few and count < units):
            return None
        newest = np.flatnonzero(dead)[np.argsort(course.since[dead], kind="stable")][-news:]
        course.told = count
        since = int(course.since[newest].min())
        return Deaths(course.look.name, tuple(np.sort(newest).tolist()), count, units, since)


def figures(course: Course) -> tuple[float, float, float, float]:
    """The layer's newest figures, as in its trend."""
    layer = course.look
    dead = float(course.dead.mean()) if course.judged else math.nan
    saturated = float(layer.ends.mean()) if layer.ends.size else math.nan
    update = layer.update / layer.weight if layer.weight > 0 else math.nan
    return dead, saturated, layer.gradient, update
