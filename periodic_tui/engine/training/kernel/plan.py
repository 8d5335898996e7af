"""What of a step is worked out once and kept, when, and where: all else is worked out again wherever it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.positions import Position
from periodic_tui.engine.training.kernel.values import (
    Chosen,
    Constant,
    Counted,
    Folded,
    Input,
    Joined,
    Place,
    Pointwise,
    Value,
    View,
)

_DEAR, _STEADY_DEAR = 2, 3
"""Instructions from which a value is kept that would be worked out several times within a step, or at every one."""
_ALWAYS = range(-1, 1 << 30)
"""Levels of what is in memory all the time."""


@dataclass(eq=False)
class Task:
    """One loop: over the elements of a value, which it works out, or of a view, which it copies."""

    size: int
    """Elements; that of the loop's present round is number `i`."""
    steady: bool
    """Whether it is done once, before the steps."""
    value: Value | None = None
    """What is worked out, or of what the copy becomes a part; None: the copy is an output."""
    source: View | None = None
    """What is copied."""
    start: int = 0
    """Where in the value the copy begins, or which of the outputs it is."""
    needs: list[Place] = field(default_factory=list)
    """Elements that nobody keeps, in an order in which they can be worked out."""
    reads: list[Place] = field(default_factory=list)
    """Elements that are kept."""
    level: int = 0
    """What it reads is of lower levels, or has been worked out by the same lane."""

    @property
    def own(self) -> Position:
        return Position.of("i", self.size)

    @property
    def rounds(self) -> int:
        """How many numbers it looks at."""
        return self.size * (self.value.count if isinstance(self.value, Folded) else 1)


Kept = dict[Value, list[Task]]
"""Values, with the tasks that work them out; all else is worked out where it is used."""


@dataclass(eq=False)
class Plan:
    """A step as tasks, and the memory that the lanes of a replica share."""

    tasks: list[Task]
    """In an order in which they can be done."""
    kept: Kept
    offsets: dict[Value, int]
    """Where in the memory the values lie that lanes read of each other, in bytes."""
    memory: int
    """Bytes."""


def plan_of(values: Sequence[Value], outputs: Sequence[View]) -> Plan:
    """The plan of a step of these values, in an order in which they can be worked out. The outputs, but for the last,
    go back into the first of the inputs."""
    copies = [Task(view.size, False, source=view, start=index) for index, view in enumerate(outputs)]
    kept = _Uses(values, copies).kept
    tasks = [*(task for value in values for task in kept.get(value, ())), *copies]
    _set_levels(tasks, kept)
    _check_copies(copies)
    return Plan(tasks, kept, *_memory(_lives(values, tasks, kept)))


class _Uses:
    """Who uses which elements of a value: from the outputs back to the inputs."""

    def __init__(self, values: Sequence[Value], copies: Sequence[Task]) -> None:
        self.kept: Kept = {}
        self._uses: dict[Value, dict[tuple[Task, Position], None]] = defaultdict(dict)
        self._costs: dict[Value, int] = {}
        self._tables = {value.table.value for value in values if isinstance(value, Chosen)}
        for value in values:
            self._costs[value] = self._cost(value)
        for task in copies:
            self._copied(task)
        for value in reversed(values):
            self._decide(value)

    def _cost(self, value: Value) -> int:
        """Instructions for one element where all that it is made of is worked out, too; 0: the compiler knows it."""
        if isinstance(value, Pointwise):
            inner = [self._costs[view.value] for view in value.views]
            return value.formula.cost + sum(inner) if any(inner) else 0
        known = isinstance(value, Counted) or (isinstance(value, Constant) and len(value.numbers) == 1)
        return 0 if known else 1

    def _decide(self, value: Value) -> None:
        """Keep a value, or let its users work it out."""
        uses, is_made = self._uses[value], not isinstance(value, Input | Counted | Constant)
        if uses and is_made and not self._is_kept(value):
            for task, position in uses:
                task.needs.insert(0, (value, position))
                self._worked_out(task, value, position)
            return
        for task, position in uses:
            task.reads.append((value, position))
        if uses and is_made:
            self.kept[value] = self._tasks(value)

    def _is_kept(self, value: Value) -> bool:
        if isinstance(value, Folded | Joined) or value in self._tables:
            return True
        uses, cost = self._uses[value], self._costs[value]
        if value.size == 1:
            return cost > 0
        if value.steady and not all(task.steady for task, _ in uses):
            return cost >= _STEADY_DEAR
        return cost >= _DEAR and sum(task.rounds for task, _ in uses) > value.size

    def _tasks(self, value: Value) -> list[Task]:
        if isinstance(value, Joined):
            parts = [Task(view.size, value.steady, value, view, start) for view, start in value.pieces]
            for part in parts:
                self._copied(part)
            return parts
        task = Task(value.size, value.steady, value)
        self._worked_out(task, value, task.own)
        return [task]

    def _copied(self, task: Task) -> None:
        assert task.source
        value, position = task.source.element(task.own)
        self._uses[value][task, position] = None

    def _worked_out(self, task: Task, value: Value, position: Position) -> None:
        for operand, where in value.operands(position):
            self._uses[operand][task, where] = None
        if isinstance(value, Chosen):
            self._uses[value.table.value][task, value.element(position, "?")[1]] = None


def _set_levels(tasks: Sequence[Task], kept: Kept) -> None:
    """Give each task the lowest level that it can have, and the outputs one behind all others."""
    for task in tasks:
        task.level = max((_level(task, place, kept) for place in task.reads), default=0)
    last = max((task.level for task in tasks if task.value and not task.steady), default=-1) + 1
    for task in tasks:
        if not task.value:
            task.level = last


def _level(task: Task, place: Place, kept: Kept) -> int:
    """The lowest level at which the task can read that element."""
    makers = kept.get(place[0], [])
    if not makers or (makers[0].steady and not task.steady):
        return 0
    return max(maker.level for maker in makers) + (0 if _is_at_hand(task, place, makers) else 1)


def _is_at_hand(task: Task, place: Place, makers: Sequence[Task]) -> bool:
    """Whether the lane that reads an element is the one that works it out, in the same round."""
    value, position = place
    if value.size == 1:  # which every lane works out for itself
        return True
    return not isinstance(value, Joined) and makers[0].size == task.size and position == task.own


def _check_copies(copies: Sequence[Task]) -> None:
    """Outputs go where the state is read from: each lane may read only what it then writes over."""
    for task in copies:
        for value, position in task.reads:
            if isinstance(value, Input) and not value.steady and value.size > 1 and position != task.own:
                raise Unavailable("no kernel is written for a state that moves within itself")


def _lives(values: Sequence[Value], tasks: Sequence[Task], kept: Kept) -> dict[Value, range]:
    """The levels during which a value must be in memory, of all that lanes read of each other."""
    own = [value for value in values if isinstance(value, Input) and value.each and value.size > 1]
    lives: dict[Value, range] = dict.fromkeys(own, _ALWAYS)
    for task in tasks:
        for value, position in task.reads:
            makers = kept.get(value, [])
            same = makers and (makers[0].level, makers[0].steady) == (task.level, task.steady)
            if not makers or value.size == 1 or (same and _is_at_hand(task, (value, position), makers)):
                continue
            first = min(maker.level for maker in makers)
            last = max(task.level, lives[value].stop - 1 if value in lives else first)
            lives[value] = _ALWAYS if value.steady else range(first, last + 1)
    return lives


def _memory(lives: dict[Value, range]) -> tuple[dict[Value, int], int]:
    """Places for all values, the same one for several that are needed at different times; and their end."""
    offsets: dict[Value, int] = {}
    for value in sorted(lives, key=lambda each: (-_bytes(each), each.name)):
        others = (each for each in offsets if _meet(lives[each], lives[value]))
        offsets[value] = _gap(sorted((offsets[each], offsets[each] + _bytes(each)) for each in others), _bytes(value))
    end = max((offset + _bytes(value) for value, offset in offsets.items()), default=1)
    return offsets, _rounded(end)


def _bytes(value: Value) -> int:
    return value.size * value.dtype.itemsize


def _rounded(size: int) -> int:
    """The next multiple of 16."""
    return -(-size // 16) * 16


def _meet(a: range, b: range) -> bool:
    return a.start < b.stop and b.start < a.stop


def _gap(taken: Iterable[tuple[int, int]], size: int) -> int:
    """The first place, at a multiple of 16, where so many bytes are free."""
    place = 0
    for start, end in taken:
        if place + size <= start:
            break
        place = max(place, _rounded(end))
    return place
