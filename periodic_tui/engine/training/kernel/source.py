"""The kernel of a plan in C++: of CUDA, or, for a test of the numbers, of any compiler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import torch

from periodic_tui.engine.training.kernel.formulas import C_TYPES, literal
from periodic_tui.engine.training.kernel.plan import Plan, Task, source_place
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

WARP = 32
_PRELUDE = Path(__file__).with_name("prelude.h")
_KERNEL = Path(__file__).with_name("kernel.h")


def source_of(plan: Plan, states: list[Input], inputs: list[Input], lanes: int, together: int) -> str:
    """The whole program, of which `lanes` work on a replica, and on `together` replicas in one block. `states` go on from step to step, `inputs` stay."""
    return _Writer(plan, states, inputs, lanes, together).program


class _Scope:
    """Lines within braces, and what has a name there."""

    def __init__(self, outer: _Scope | None = None, is_fold: bool = False) -> None:
        self.is_fold = is_fold
        self.lines: list[str] = []
        self._names: dict[tuple[Value, Position], str] = {}
        self._outer = outer

    def of(self, position: Position) -> _Scope:
        """Where to work out an element that lies there: outside of a fold if that does not go over it."""
        return self._outer if self._outer and self.is_fold and "k" not in str(position) else self

    def named(self, place: tuple[Value, Position]) -> str | None:
        return self._names.get(place) or (self._outer.named(place) if self._outer else None)

    def name(self, place: tuple[Value, Position], name: str) -> str:
        self._names[place] = name
        return name


class _Writer:
    """Writes one program."""

    def __init__(self, plan: Plan, states: list[Input], inputs: list[Input], lanes: int, together: int) -> None:
        self._plan = plan
        self._states = states
        self._inputs = inputs
        self._lanes, self._replicas = lanes, together
        self._numbers = count()
        self._constants: dict[Value, str] = {}
        setup = self._tasks(task for task in plan.tasks if task.steady)
        step = self._tasks(task for task in plan.tasks if not task.steady)
        arrays = [_array(value, offset) for value, offset in plan.offsets.items()]
        body = [*arrays, *self._in(), *setup, "meet();", *self._loop(step), *self._out()]
        self.program = self._program(body)

    def _program(self, body: list[str]) -> str:
        parts = [
            _PRELUDE.read_text(),
            f"#define LANES {self._lanes}",
            f"#define REPLICAS {self._replicas}",
            f"#define MEMORY {self._plan.memory}",
            *self._constants.values(),
            "struct Given {",
            *(f"  {each.c_type}* {each.name};" for each in self._states),
            *(f"  const {each.c_type}* {each.name};" for each in self._inputs),
            f"  {self._loss_type}* losses;",
            "  whole first_step;",
            "  int step_count, replica_count;",
            "};",
            _KERNEL.read_text(),
            "DEVICE void replica_steps(const Given& given, const unsigned replica, const unsigned lane, char* memory) {",
            *_indented(body),
            "}",
        ]
        return "\n".join(parts) + "\n"

    @property
    def _loss_type(self) -> str:
        source = self._plan.tasks[-1].source
        assert source
        return source.value.c_type

    def _in(self) -> list[str]:
        """Take over what each replica has of its own, and what is one number."""
        lines = []
        for each in [*self._states, *self._inputs]:
            start = f"replica * {each.size}" if each.each else "0"
            if each.size == 1:
                constant = "" if each in self._states else "const "
                lines.append(f"{constant}{each.c_type} s_{each.name} = given.{each.name}[{start}];")
            elif each.each:
                lines.append(f"EACH({each.size}) a_{each.name}[i] = given.{each.name}[{start} + i];")
        return [*lines, "meet();"]

    def _out(self) -> list[str]:
        lines = []
        for state in self._states:
            given = f"given.{state.name}[replica * {state.size}"
            if state.size == 1:
                lines.append(f"if (lane == 0) {given}] = s_{state.name};")
            else:
                lines.append(f"EACH({state.size}) {given} + i] = a_{state.name}[i];")
        return lines

    def _loop(self, step: list[str]) -> list[str]:
        head = "for (int done = 0; done < given.step_count; ++done) {"
        return [head, *_indented(["const whole number = given.first_step + done;", *step, "meet();"]), "}"]

    def _tasks(self, tasks: Iterable[Task]) -> list[str]:
        """Level after level, of each level what every lane works out for itself before the loops."""
        levels: dict[int, dict[int, list[Task]]] = defaultdict(lambda: defaultdict(list))
        for task in tasks:
            levels[task.level][task.size].append(task)
        outer = _Scope()
        for level in sorted(levels):
            if level != min(levels):
                outer.lines.append("meet();")
            after: list[str] = []
            for size in sorted(levels[level]):
                lines, last = self._group(levels[level][size], outer)
                outer.lines += lines
                after += last
            outer.lines += after
        return outer.lines

    def _group(self, tasks: list[Task], outer: _Scope) -> tuple[list[str], list[str]]:
        """Tasks of one level and of one size in one loop; and what is to be written after all others have read."""
        size = tasks[0].size
        folds = [task.value.count for task in tasks if isinstance(task.value, Folded)]
        together = self._together(size, max(folds, default=1))
        scope = outer if size == 1 else _Scope(outer)
        start = len(scope.lines)
        after = [line for task in tasks for line in self._task(task, scope, together)]
        lines = scope.lines[start:]
        if size == 1:
            del scope.lines[start:]
            return lines, after
        lines += after
        if together == 1:
            return [f"EACH({size}) {{", *_indented(lines), "}"], []
        lane = f"const unsigned i = lane / {together} < {size} ? lane / {together} : {size - 1};"
        return ["{", *_indented([lane, *lines]), "}"], []

    def _together(self, size: int, numbers: int) -> int:
        """How many lanes work on one element: a power of two."""
        most = min(WARP, self._lanes // (1 if size == 1 else size), numbers)
        return 1 << (most.bit_length() - 1) if most > 1 else 1

    def _task(self, task: Task, scope: _Scope, together: int) -> list[str]:
        """Write what works out one element; returns what stores it."""
        if task.source:
            self._work_out(task, scope)
            found = self._element(*source_place(task.source, task.own), scope)
            if task.into:
                return self._piece(task, found, scope)
            return self._output(task, found)
        value = task.value
        assert value
        own = (value, task.own)
        if isinstance(value, Folded):
            self._fold(task, value, scope, together)
        else:
            self._work_out(task, scope)
            scope.lines.append(f"const {value.c_type} v_{value.name} = {self._worked_out(value, task.own, scope)};")
        scope.name(own, f"v_{value.name}")
        return [f"a_{value.name}[i] = v_{value.name};"] if value in self._plan.offsets else []

    def _piece(self, task: Task, found: str, scope: _Scope) -> list[str]:
        assert task.into and task.source
        value, start = task.into
        if value.size == 1:
            scope.lines.append(f"const {value.c_type} v_{value.name} = {found};")
            scope.name((value, Position()), f"v_{value.name}")
            return []
        lengths = task.source.shape
        from periodic_tui.engine.training.kernel.positions import contiguous, coordinates, place

        where = place(coordinates(task.own, lengths, contiguous(lengths)), value.strides, start)
        return [f"a_{value.name}[{where}] = {found};"]

    def _output(self, task: Task, found: str) -> list[str]:
        index = int(task.name.removeprefix("to_"))
        if index == len(self._states):
            return [f"if (lane == 0) given.losses[(whole)done * given.replica_count + replica] = {found};"]
        name = self._states[index].name
        return [f"s_{name} = {found};"] if task.size == 1 else [f"a_{name}[i] = {found};"]

    def _fold(self, task: Task, value: Folded, scope: _Scope, together: int) -> None:
        fold, c_type = value.fold, value.c_type
        kind = "int" if value.dtype == torch.bool else c_type
        total = f"v_{value.name}_total"
        inner = _Scope(scope, is_fold=True)
        self._work_out(task, inner)
        (place,) = value.operands(task.own)
        each = fold.each.format(self._element(*place, inner))
        scope.lines += [
            f"{kind} {total} = {fold.name}().start({kind}());",
            f"SHARE({value.count}, {together}) {{",
            *_indented([*inner.lines, f"{total} = {fold.name}().join({total}, {kind}({each}));"]),
            "}",
        ]
        if together > 1:
            scope.lines.append(f"{total} = across<{together}, {fold.name}>({total}, lane);")
        scope.lines.append(f"const {c_type} v_{value.name} = {fold.last.format(total, f'{kind}({value.count})')};")

    def _work_out(self, task: Task, scope: _Scope) -> None:
        """Write down all that a task needs and nobody keeps."""
        for value, position in task.works_out:
            where = scope.of(position)
            if not where.named((value, position)):
                self._name(where, value, position, self._worked_out(value, position, where))

    def _name(self, scope: _Scope, value: Value, position: Position, text: str) -> str:
        name = f"t{next(self._numbers)}"
        scope.lines.append(f"const {value.c_type} {name} = {text};")
        return scope.name((value, position), name)

    def _element(self, value: Value, position: Position, scope: _Scope) -> str:
        """An expression for one element of a value, worked out here if need be."""
        place = (value, position)
        if known := scope.named(place):
            return known
        if isinstance(value, Counted | Constant):
            return self._read(value, position)
        return self._name(scope.of(position), value, position, self._read(value, position))

    def _read(self, value: Value, position: Position) -> str:
        """An element that is somewhere: given, or kept, or known."""
        if isinstance(value, Input):
            return self._given(value, position)
        if isinstance(value, Counted):
            return f"(whole)({position * value.step + Position(constant=value.first)})"
        if isinstance(value, Constant):
            return self._constant(value, position)
        return f"v_{value.name}" if value.size == 1 else f"a_{value.name}[{position}]"

    def _given(self, value: Input, position: Position) -> str:
        if value.name == "number":
            return "number"
        if value.size == 1:
            return f"s_{value.name}"
        return f"a_{value.name}[{position}]" if value.each else f"given.{value.name}[{position}]"

    def _constant(self, value: Constant, position: Position) -> str:
        if len(value.numbers) == 1:
            return literal(value.numbers[0], value.dtype)
        numbers = ", ".join(literal(each, value.dtype) for each in value.numbers)
        self._constants[value] = f"CONSTANT {value.c_type} c_{value.name}[] = {{{numbers}}};"
        return f"c_{value.name}[{position}]"

    def _worked_out(self, value: Value, position: Position, scope: _Scope) -> str:
        """An expression of an element's operands."""
        where = value.coordinates(position)
        if isinstance(value, Pointwise):
            operands = [self._operand(each, where, value.works_in, scope) for each in value.inputs]
            return value.formula.text.format(*operands)
        assert isinstance(value, Chosen)
        ((numbers, place),) = value.operands(position)
        number, size = self._element(numbers, place, scope), value.table.shape[value.dim]
        name = f"t{next(self._numbers)}"
        scope.lines.append(f"const unsigned {name} = {number} < 0 ? {number} + {size} : {number};")
        return self._read(*value.element(position, name))

    def _operand(self, operand: View | int | float, where: tuple[Position, ...], dtype: torch.dtype, scope: _Scope) -> str:
        if not isinstance(operand, View):
            return literal(operand, dtype)
        found = self._element(*operand.at(where), scope)
        return found if operand.value.dtype == dtype else f"{C_TYPES[dtype]}({found})"


def _array(value: Value, offset: int) -> str:
    return f"{value.c_type}* const a_{value.name} = ({value.c_type}*)(memory + {offset});"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
