"""What of a step is worked out once and kept, where, and when: everything else is worked out wherever it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from periodic_tui.engine.training.kernel.positions import Position
from periodic_tui.engine.training.kernel.values import (
    Chosen,
    Constant,
    Counted,
    Folded,
    Input,
    Joined,
    Pointwise,
    Value,
    View,
)

_DEAR, _STEADY_DEAR = 2, 3
"""Instructions from which a value is kept that would be worked out again and again: within a step, and at each."""


@dataclass(eq=False)
class Task:
    """One loop over the elements of a value, or of a part of it, or over an output that goes back into the state."""

    name: str
    size: int
    """How many elements."""
    steady: bool
    """Whether it is done once, before the steps."""
    value: Value | None = None
    """What is worked out; None: a copy."""
    source: View | None = None
    """What is copied."""
    into: tuple[Value, int] | None = None
    """Of which the copy becomes a part, from that place on."""
    reads: set[tuple[Value, Position]] = field(default_factory=set)
    """Elements of values that are kept; the loop's variable is `i`, that of a fold `k`."""
    works_out: list[tuple[Value, Position]] = field(default_factory=list)
    """Elements of values that are not kept, what they are made of before them."""
    level: int = 0
    """When: what it reads is of lower levels, or of the same lane."""

    @property
    def own(self) -> Position:
        """Where in the value the element is that is worked out."""
        return Position.of("i", self.size)

    @property
    def rounds(self) -> int:
        """How many numbers it looks at."""
        return self.size * (self.value.count if isinstance(self.value, Folded) else 1)


@dataclass(eq=False)
class Plan:
    """A step as tasks, and the memory that they share."""

    tasks: list[Task]
    kept: dict[Value, list[Task]]
    """Values that are worked out by tasks of their own."""
    offsets: dict[Value, int] = field(default_factory=dict)
    """Bytes from the start of a replica's memory, of those values that other lanes read."""
    memory: int = 0
    """Bytes of it."""

    def forwards(self, task: Task, value: Value, position: Position) -> bool:
        """Whether the lane that works on the task has worked out that element just before."""
        if value.size == 1:
            return True
        (maker, *others) = self.kept[value]
        same = (maker.steady, maker.level, maker.size) == (task.steady, task.level, task.size)
        return not others and same and position == task.own and not isinstance(value, Joined)


def plan_of(values: Sequence[Value], outputs: Sequence[View]) -> Plan:
    """The plan of a step of these values, in an order in which they can be worked out. Its outputs, but for the last,
    go back into the states of the same number."""
    tasks = [Task(f"to_{index}", _size(output), False, source=output) for index, output in enumerate(outputs)]
    return _Planner(values, tasks).plan


def _size(view: View) -> int:
    size = 1
    for each in view.shape:
        size *= each
    return size


Use = tuple[Task, Position]


class _Planner:
    """Goes from the outputs back to the inputs, and says of each value who uses which elements of it."""

    def __init__(self, values: Sequence[Value], outputs: list[Task]) -> None:
        self._values = values
        self._uses: dict[Value, set[Use]] = defaultdict(set)
        self._costs: dict[Value, int] = {}
        self._known = {value for value in values if isinstance(value, Constant) and len(value.numbers) == 1}
        """What the compiler works out."""
        self._tables = {value.table.value for value in values if isinstance(value, Chosen)}
        for value in values:
            self._costs[value] = self._cost(value)
        kept: dict[Value, list[Task]] = {}
        for task in outputs:
            assert task.source
            self._copy(task, task.source)
        for value in reversed(values):
            if self._is_kept(value):
                kept[value] = self._tasks(value)
            else:
                for task, position in self._uses[value]:
                    if not isinstance(value, Input | Counted | Constant):
                        task.works_out.insert(0, (value, position))
                    self._use(task, value, position)
        made = [task for value in values for task in kept.get(value, ())]
        self.plan = Plan([*made, *outputs], kept)
        self._level(made, outputs)
        self._place()

    def _cost(self, value: Value) -> int:
        """Instructions for one element, where what it is made of is not kept."""
        if isinstance(value, Pointwise):
            operands = {each.value for each in value.inputs if isinstance(each, View)}
            if all(each in self._known for each in operands):
                self._known.add(value)
                return 0
            return value.formula.cost + sum(self._costs[each] for each in operands)
        return 0 if isinstance(value, Counted | Constant) else 1

    def _is_kept(self, value: Value) -> bool:
        uses = self._uses[value]
        if not uses or isinstance(value, Input | Counted | Constant):
            return False
        if isinstance(value, Folded | Joined) or value in self._tables:
            return True
        if value.size == 1 and value not in self._known:
            return True
        if value.steady and not all(task.steady for task, _ in uses):
            return self._costs[value] >= _STEADY_DEAR
        return self._costs[value] >= _DEAR and sum(task.rounds for task, _ in uses) > value.size

    def _tasks(self, value: Value) -> list[Task]:
        """The tasks that work a value out."""
        if isinstance(value, Joined):
            parts = [
                Task(f"{value.name}_{index}", _size(view), value.steady, source=view, into=(value, start))
                for index, (view, start) in enumerate(value.pieces)
            ]
            for part in parts:
                assert part.source
                self._copy(part, part.source)
            return parts
        task = Task(value.name, value.size, value.steady, value)
        self._use(task, value, task.own)
        return [task]

    def _copy(self, task: Task, source: View) -> None:
        value, position = source_place(source, task.own)
        self._uses[value].add((task, position))

    def _use(self, task: Task, value: Value, position: Position) -> None:
        """The task works out that element."""
        for operand, where in value.operands(position):
            self._uses[operand].add((task, where))
        if isinstance(value, Chosen):
            self._uses[value.table.value].add((task, value.element(position, "?")[1]))

    def _level(self, made: list[Task], outputs: list[Task]) -> None:
        """Give each task the lowest level that it can have."""
        for value in self.plan.kept:
            for task, position in self._uses[value]:
                task.reads.add((value, position))
        for task in made:
            task.level = max((self._after(task, value, position) for value, position in task.reads), default=0)
        last = max((task.level for task in made if not task.steady), default=-1) + 1
        for task in outputs:
            task.level = last

    def _after(self, task: Task, value: Value, position: Position) -> int:
        """The lowest level at which the task can read that element."""
        makers = self.plan.kept[value]
        if value.steady and not task.steady:
            return 0
        level = max(maker.level for maker in makers)
        lone = value.size == 1 or (len(makers) == 1 and makers[0].size == task.size and position == task.own)
        return level if lone and not isinstance(value, Joined) else level + 1

    def _place(self) -> None:
        """Give memory to the values that other lanes read: the same to several that are needed at different times."""
        taken: list[tuple[int, int, range]] = []
        for value, levels in sorted(self._lives().items(), key=lambda each: (-_bytes(each[0]), each[0].name)):
            size = _bytes(value)
            offset = _gap(sorted(span[:2] for span in taken if _meet(span[2], levels)), size)
            taken.append((offset, offset + size, levels))
            self.plan.offsets[value] = offset
        self.plan.memory = -(-max((end for _, end, _ in taken), default=1) // 16) * 16

    def _lives(self) -> dict[Value, range]:
        """The levels at which each value is in memory."""
        always = range(-1, 1 << 30)
        own = [value for value in self._values if isinstance(value, Input) and value.each and value.size > 1]
        lives: dict[Value, range] = dict.fromkeys(own, always)
        for task in self.plan.tasks:
            for value, position in task.reads:
                if value.size == 1 or self.plan.forwards(task, value, position):
                    continue
                first = min(maker.level for maker in self.plan.kept[value])
                last = max(task.level, lives[value].stop - 1 if value in lives else first)
                lives[value] = always if value.steady else range(first, last + 1)
        return lives


def _bytes(value: Value) -> int:
    return value.size * value.dtype.itemsize


def _meet(a: range, b: range) -> bool:
    return a.start < b.stop and b.start < a.stop


def _gap(taken: Iterable[tuple[int, int]], size: int) -> int:
    """The first place, at a multiple of 16 bytes, where nothing lies."""
    place = 0
    for start, end in taken:
        if place + size <= start:
            break
        place = max(place, -(-end // 16) * 16)
    return place


def source_place(view: View, position: Position) -> tuple[Value, Position]:
    """Where in its value the element of a view lies that is at a place of the view's own order."""
    from periodic_tui.engine.training.kernel.positions import contiguous, coordinates

    return view.at(coordinates(position, view.shape, contiguous(view.shape)))

