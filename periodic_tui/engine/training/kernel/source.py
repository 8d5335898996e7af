"""A plan in C++: of CUDA, or, to try its numbers, of any compiler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

import torch

from periodic_tui.engine.training.kernel.formulas import C_TYPES, literal
from periodic_tui.engine.training.kernel.plan import Plan, Task
from periodic_tui.engine.training.kernel.positions import Coordinates, Position, contiguous, coordinates, place
from periodic_tui.engine.training.kernel.values import (
    Chosen,
    Constant,
    Counted,
    Folded,
    Input,
    Operand,
    Place,
    Pointwise,
    Value,
    View,
)

WARP = 32
"""Lanes that go on together."""
_PRELUDE, _KERNEL = (Path(__file__).with_name(name) for name in ("prelude.h", "kernel.h"))


def source_of(plan: Plan, states: Sequence[Input], inputs: Sequence[Input], lanes: int) -> str:
    """The program that so many `lanes` run on each replica. `states` go on from step to step, `inputs` stay; they are
    given in this order."""
    return _Writer(plan, states, inputs, lanes).program()


class _Scope:
    """Lines between two braces, and what has a name there.

    Variables are called v_… where they are an element of a value that is kept, s_… a single number that is given, t…
    anything else; a_… is a whole value in memory, and c_… a constant one.
    """

    def __init__(self, outer: _Scope | None = None, is_fold: bool = False) -> None:
        self.lines: list[str] = []
        self._names: dict[Place, str] = {}
        self._outer = outer
        self._is_fold = is_fold

    def for_(self, position: Position) -> _Scope:
        """Where to work out what lies there: outside of a fold if it does not go over it."""
        return self._outer if self._outer and self._is_fold and "k" not in str(position) else self

    def named(self, element: Place) -> str | None:
        return self._names.get(element) or (self._outer.named(element) if self._outer else None)

    def name(self, element: Place, name: str, text: str) -> str:
        """Make a variable of that name."""
        self.lines.append(f"const {element[0].c_type} {name} = {text};")
        self._names[element] = name
        return name


class _Writer:
    """Writes one program."""

    def __init__(self, plan: Plan, states: Sequence[Input], inputs: Sequence[Input], lanes: int) -> None:
        self._plan = plan
        self._states, self._inputs = states, inputs
        self._lanes = lanes
        self._numbers = count()
        self._constants: dict[Value, str] = {}

    def program(self) -> str:
        body = [
            *(_array(value, offset) for value, offset in self._plan.offsets.items()),
            *self._taken_over(),
            *self._levels(task for task in self._plan.tasks if task.steady),
            "meet();",
            "for (int done = 0; done < given.step_count; ++done) {",
            "  const whole number = given.first_step + done;",
            *_indented(self._levels(task for task in self._plan.tasks if not task.steady)),
            "  meet();",
            "}",
            *self._handed_back(),
        ]
        parts = [
            _PRELUDE.read_text(),
            f"#define LANES {self._lanes}",
            f"#define MEMORY {self._plan.memory}",
            *self._given(),
            _KERNEL.read_text(),
            *self._constants.values(),
            "DEVICE void replica_steps(const Given& given, unsigned replica, unsigned lane, char* memory) {",
            *_indented(body),
            "}",
        ]
        return "\n".join(parts) + "\n"

    def _given(self) -> list[str]:
        """The structure of all that is given."""
        loss = self._plan.tasks[-1].source
        assert loss
        tensors = [
            *(f"{each.c_type}* {each.name};" for each in self._states),
            *(f"const {each.c_type}* {each.name};" for each in self._inputs),
            f"{loss.value.c_type}* losses;",
        ]
        return ["struct Given {", *_indented([*tensors, "whole first_step;", "int step_count, replica_count;"]), "};"]

    def _taken_over(self) -> list[str]:
        """What each replica has of its own goes into its memory, and single numbers into variables."""
        lines = []
        for each in [*self._states, *self._inputs]:
            start = f"replica * {each.size}" if each.each else "0"
            if each.size == 1:
                lines.append(f"{each.c_type} s_{each.name} = given.{each.name}[{start}];")
            elif each.each:
                lines.append(f"EACH({each.size}) a_{each.name}[i] = given.{each.name}[{start} + i];")
        return [*lines, "meet();"]

    def _handed_back(self) -> list[str]:
        lines = []
        for each in self._states:
            start = f"given.{each.name}[replica * {each.size}"
            alone = f"if (lane == 0) {start}] = s_{each.name};"
            lines.append(alone if each.size == 1 else f"EACH({each.size}) {start} + i] = a_{each.name}[i];")
        return lines

    def _levels(self, tasks: Iterable[Task]) -> list[str]:
        """Level after level, in each first what every lane works out for itself; before the next one all meet."""
        levels: dict[int, dict[int, list[Task]]] = defaultdict(lambda: defaultdict(list))
        for task in tasks:
            levels[task.level][task.size].append(task)
        scope = _Scope()
        for level in sorted(levels):
            if level:
                scope.lines.append("meet();")
            alone = self._alone(levels[level].pop(1, []), scope)
            for size in sorted(levels[level]):
                scope.lines += self._loop(levels[level][size], scope)
            scope.lines += alone
        return scope.lines

    def _alone(self, tasks: list[Task], scope: _Scope) -> list[str]:
        """Work out single numbers; returns what stores them, once no loop needs what was there before."""
        together = self._together(1, tasks)
        return [line for task in tasks for line in self._done(task, scope, together)]

    def _loop(self, tasks: list[Task], outer: _Scope) -> list[str]:
        """Tasks of one level and size as one loop, or where an element is a fold of many lanes', one round."""
        size, scope = tasks[0].size, _Scope(outer)
        together = self._together(size, tasks)
        stores = [line for task in tasks for line in self._done(task, scope, together)]
        if together == 1:
            return [f"EACH({size}) {{", *_indented([*scope.lines, *stores]), "}"]
        number = f"lane / {together}"  # lanes beyond the last element do the same once more
        lane = f"const unsigned i = {number} < {size} ? {number} : {size - 1};"
        return ["{", *_indented([lane, *scope.lines, *stores]), "}"]

    def _together(self, size: int, tasks: list[Task]) -> int:
        """How many lanes share the folds of an element: a power of two, within a warp."""
        longest = max((task.value.count for task in tasks if isinstance(task.value, Folded)), default=1)
        most = min(WARP, self._lanes if size == 1 else self._lanes // size, longest)
        return 1 << (most.bit_length() - 1) if most > 1 else 1

    def _done(self, task: Task, scope: _Scope, together: int) -> list[str]:
        """Work out the task's element; returns what stores it where others see it."""
        if task.source:
            return self._copied(task, scope)
        value = task.value
        assert value
        name = f"v_{value.name}"
        if isinstance(value, Folded):
            text = self._folded(task, value, scope, together)
        else:
            self._work_out(task, scope)
            text = self._text(value, task.own, scope)
        scope.name((value, task.own), name, text)
        return [f"a_{value.name}[i] = {name};"] if value in self._plan.offsets else []

    def _copied(self, task: Task, scope: _Scope) -> list[str]:
        assert task.source
        self._work_out(task, scope)
        found = self._element(task.source.element(task.own), scope)
        if task.value:
            return self._joined(task, task.value, task.source, found, scope)
        if task.start == len(self._states):
            return [f"if (lane == 0) given.losses[(whole)done * given.replica_count + replica] = {found};"]
        name = self._states[task.start].name
        return [f"s_{name} = {found};"] if task.size == 1 else [f"a_{name}[i] = {found};"]

    def _joined(self, task: Task, value: Value, part: View, found: str, scope: _Scope) -> list[str]:
        if value.size == 1:
            scope.name((value, Position()), f"v_{value.name}", found)
            return []
        where = coordinates(task.own, part.shape, contiguous(part.shape))
        return [f"a_{value.name}[{place(where, value.strides, task.start)}] = {found};"]

    def _folded(self, task: Task, value: Folded, scope: _Scope, together: int) -> str:
        """A loop over the numbers that become one; the expression of what they come to."""
        fold, total = value.fold, f"v_{value.name}_total"
        kind = "int" if value.dtype == torch.bool else value.c_type
        inner = _Scope(scope, is_fold=True)
        self._work_out(task, inner)
        each = fold.each.format(self._element(value.operands(task.own)[0], inner))
        scope.lines += [
            f"{kind} {total} = {fold.name}().start({kind}());",
            f"SHARE({value.count}, {together}) {{",
            *_indented([*inner.lines, f"{total} = {fold.name}().join({total}, {kind}({each}));"]),
            "}",
        ]
        if together > 1:
            scope.lines.append(f"{total} = across<{together}, {fold.name}>({total}, lane);")
        return fold.last.format(total, f"{kind}({value.count})")

    def _work_out(self, task: Task, scope: _Scope) -> None:
        """All that the task needs and nobody keeps."""
        for value, position in task.needs:
            where = scope.for_(position)
            where.name((value, position), f"t{next(self._numbers)}", self._text(value, position, where))

    def _text(self, value: Value, position: Position, scope: _Scope) -> str:
        """An expression of what an element is made of."""
        if isinstance(value, Chosen):
            number, size = self._element(value.operands(position)[0], scope), value.table.shape[value.dim]
            name = f"t{next(self._numbers)}"
            scope.lines.append(f"const unsigned {name} = {number} < 0 ? {number} + {size} : {number};")
            return self._read(*value.element(position, name))
        assert isinstance(value, Pointwise)
        where = value.coordinates(position)
        return value.formula.text.format(*(self._operand(each, where, value.works_in, scope) for each in value.inputs))

    def _operand(self, operand: Operand, where: Coordinates, dtype: torch.dtype, scope: _Scope) -> str:
        if not isinstance(operand, View):
            return literal(operand, dtype)
        found = self._element(operand.at(where), scope)
        return found if operand.value.dtype == dtype else f"{C_TYPES[dtype]}({found})"

    def _element(self, element: Place, scope: _Scope) -> str:
        """An element that has been worked out, or is read now."""
        if known := scope.named(element):
            return known
        value, position = element
        if isinstance(value, Counted | Constant):
            return self._read(value, position)
        return scope.for_(position).name(element, f"t{next(self._numbers)}", self._read(value, position))

    def _read(self, value: Value, position: Position) -> str:
        """An element that is given, or kept, or known."""
        match value:
            case Counted():
                return f"(whole)({position * value.step + Position(constant=value.first)})"
            case Constant():
                return self._constant(value, position)
            case Input(name="number"):
                return "number"
            case Input(size=1):
                return f"s_{value.name}"
            case Input(each=False):
                return f"given.{value.name}[{position}]"
        return f"v_{value.name}" if value.size == 1 else f"a_{value.name}[{position}]"

    def _constant(self, value: Constant, position: Position) -> str:
        numbers = [literal(each, value.dtype) for each in value.numbers]
        if len(numbers) == 1:
            return numbers[0]
        self._constants[value] = f"CONSTANT {value.c_type} c_{value.name}[] = {{{', '.join(numbers)}}};"
        return f"c_{value.name}[{position}]"


def _array(value: Value, offset: int) -> str:
    return f"{value.c_type}* const a_{value.name} = ({value.c_type}*)(memory + {offset});"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
