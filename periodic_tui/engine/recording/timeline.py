"""The pictures of a recording in the order in which they were taken, and where its events lie among them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored

Course = Sequence[int]
"""Ascending places of pictures between which training never went back."""


class Timeline:
    """Knows the pictures by their names alone; a place is the number of one, from 0 on.

    `went_back`: training did, or may have. Otherwise a smaller step after a larger one is a run that was cut short, and
    has gone on from its last checkpoint to the same steps again.
    """

    def __init__(self, stored: Sequence[Stored] = (), went_back: bool = True) -> None:
        self.stored = tuple(stored)
        everything = range(len(stored))
        self.courses = _courses(self.stored) if went_back else [everything] * bool(stored)
        self.held = _held(self.stored) if went_back else list(everything)
        """Places of the pictures from which the newest one follows, ascending."""

    @property
    def last(self) -> int:
        """The newest step; 0 where there are no pictures."""
        return max((each.step for each in self.stored), default=0)

    def place_of(self, stored: Stored) -> int:
        """The place of a picture; where it is gone, of the one after it."""
        return bisect_left(self.stored, stored.number, key=lambda each: each.number)

    def before(self, step: int) -> int:
        """The place of the last picture before a step of the present's own past; the first one where none is."""
        earlier = [place for place in self.held if self.stored[place].step < step]
        return max(earlier, default=self.held[0] if self.held else 0)

    def places(self, lines: Sequence[Line]) -> list[tuple[int, Line]]:
        """Each line of a journal with the place of the first picture after it; those that only tell that training went
        back are left out. Where lines and pictures know of more courses than the other, the last ones belong together.
        """
        told: list[list[Line]] = [[]]
        for line in lines:
            if line.kind == "back":
                told.append([])
            else:
                told[-1].append(line)
        courses = list(zip(reversed(self.courses), reversed(told), strict=False))
        return [(self._after(line.step, course), line) for course, lines in reversed(courses) for line in lines]

    def _after(self, step: int, course: Course) -> int:
        return course[min(bisect_left(course, step, key=lambda place: self.stored[place].step), len(course) - 1)]


def _courses(stored: Sequence[Stored]) -> list[Course]:
    starts = [place for place, (one, other) in enumerate(pairwise(stored), 1) if other.step < one.step]
    ends = [0, *starts, len(stored)]
    return [range(first, end) for first, end in pairwise(ends) if end > first]


def _held(stored: Sequence[Stored]) -> list[int]:
    least, held = float("inf"), list[int]()
    for place in range(len(stored) - 1, -1, -1):
        if stored[place].step <= least:
            least = stored[place].step
            held.append(place)
    return held[::-1]
