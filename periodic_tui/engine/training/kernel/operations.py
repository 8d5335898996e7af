"""What value an operation of torch makes of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.formulas import FILLED, FOLDS, FORMULAS, PROMOTING, Formula, formula
from periodic_tui.engine.training.kernel.values import Chosen, Constant, Counted, Folded, Joined, Pointwise, Value, View

Kind = tuple[torch.dtype, tuple[int, ...], tuple[int, ...]]
"""Dtype, shape and strides of a value."""
_Make = Callable[[str, str, Kind, list[Any], dict[str, Any]], Value]


def is_simple(operation: Any) -> bool:
    """Whether an operation of torch's need not be spelled out: one that a kernel can do, or that only looks at what is
    there."""
    name = name_of(operation)
    looks = name == "_unsafe_view" or any(each.alias_info for each in operation._schema.returns)
    return looks or name in _MAKE or name in FORMULAS


def name_of(operation: Any) -> str:
    """What torch calls it, whatever its arguments are."""
    return str(operation._schema.name).partition("::")[2]


def made(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    """The value, called `own`, that the operation of that name makes. `arguments` and `options` are torch's, tensors
    among the former as views. Raises Unavailable where no kernel is written for it."""
    return _MAKE.get(name, _pointwise)(name, own, kind, arguments, options)


def _steady(operands: Sequence[object]) -> bool:
    return all(each.value.steady for each in operands if isinstance(each, View))


def _worked_out(own: str, kind: Kind, found: Formula, operands: Sequence[Any]) -> Pointwise:
    return Pointwise(own, *kind, _steady(operands), found, kind[0], tuple(operands))


def _pointwise(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    found = formula(name)
    if "alpha" in options:
        found = Formula(found.text.replace("{1}", "times({1}, {2})"), found.cost + 1)
        arguments = [*arguments, options["alpha"]]
    if not all(isinstance(each, View | bool | int | float) for each in arguments):
        raise Unavailable(f"no kernel is written for this {name}")
    works_in = torch.result_type(*map(_like, arguments)) if len(arguments) == 2 and name in PROMOTING else kind[0]
    if len(arguments) == 1 and name in PROMOTING:
        works_in = arguments[0].value.dtype
    return Pointwise(own, *kind, _steady(arguments), found, works_in, tuple(arguments))


def _like(operand: Any) -> Any:
    """Something that torch promotes as it does the operand."""
    if not isinstance(operand, View):
        return operand
    return torch.empty(operand.shape, dtype=operand.value.dtype, device="meta")


def _power(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    base, exponent = arguments
    texts = {1: "{0}", 2: "{0} * {0}", 3: "{0} * {0} * {0}", -1: "1 / {0}", 0.5: "sqrt({0})"}
    if isinstance(exponent, View) or exponent not in texts:
        return _pointwise(name, own, kind, arguments, options)
    return _worked_out(own, kind, Formula(texts[exponent], 1), [base])


def _divided(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    texts = {None: "{0} / {1}", "floor": "quotient({0}, {1})", "trunc": "towards_zero({0} / {1})"}
    return _worked_out(own, kind, Formula(texts[options.get("rounding_mode")], formula(name).cost), arguments)


def _clamped(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    limits = dict(zip(("min", "max"), arguments[1:], strict=False)) | options
    text, operands = "{0}", arguments[:1]
    for limit, function in (("min", "larger"), ("max", "smaller")):
        if limits.get(limit) is not None:
            text = f"{function}({text}, {{{len(operands)}}})"
            operands.append(limits[limit])
    return _worked_out(own, kind, Formula(text, 2), operands)


def _folded(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    view, *rest = arguments
    if name == "linalg_vector_norm" and rest and rest.pop(0) != 2:
        raise Unavailable("no kernel is written for this norm")
    wanted = rest[0] if rest and rest[0] not in (None, []) else list(range(len(view.shape)))
    dims = sorted(dim % max(1, len(view.shape)) for dim in ([wanted] if isinstance(wanted, int) else wanted))
    if any(view.shape[dim] > 1 for dim in dims):
        return Folded(own, *kind, view.value.steady, FOLDS[name], view, tuple(dims))
    if len(kind[1]) < len(view.shape):
        view = _without(view, dims)
    only = Formula(FOLDS[name].last.format(f"({FOLDS[name].each})", 1), 1)
    return Pointwise(own, *kind, view.value.steady, only, view.value.dtype, (view,))


def _without(view: View, dims: list[int]) -> View:
    """The view without dimensions that have one element."""
    kept = [dim for dim in range(len(view.shape)) if dim not in dims]
    shape, strides = ([of[dim] for dim in kept] for of in (view.shape, view.strides))
    return View(view.value, tuple(shape), tuple(strides), view.offset)


def _filled(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    return Constant(own, *kind, True, (FILLED.get(name, arguments[-1]),))


def _arange(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    first, _, step = arguments if len(arguments) == 3 else (arguments[0] if len(arguments) == 2 else 0, None, 1)
    if kind[0] != torch.int64:
        raise Unavailable("no kernel is written for this arange")
    return Counted(own, *kind, True, first, step)


def _joined(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    parts, dim = arguments[0], (arguments[1] if len(arguments) > 1 else 0) % max(1, len(kind[1]))
    pieces, start = [], 0
    for part in parts if name == "cat" else [_with(part, dim) for part in parts]:
        if part.value.dtype != kind[0]:
            raise Unavailable(f"no kernel is written for a {name} of several types")
        if part.size:
            pieces.append((part, start * kind[2][dim]))
            start += part.shape[dim]
    return Joined(own, *kind, _steady([part for part, _ in pieces]), tuple(pieces))


def _with(view: View, dim: int) -> View:
    """The view with one more dimension, of one element."""
    shape, strides = ([*of[:dim], 1, *of[dim:]] for of in (view.shape, view.strides))
    return View(view.value, tuple(shape), tuple(strides), view.offset)


def _indexed(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    table, places = arguments
    numbers = [(dim, each) for dim, each in enumerate(places) if each is not None]
    if len(numbers) != 1 or numbers[0][1].value.dtype != torch.int64:
        raise Unavailable("no kernel is written for this way of indexing")
    dim, chosen = numbers[0]
    return Chosen(own, *kind, _steady([table, chosen]), table, chosen, dim, False)


def _gathered(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    table, dim, numbers = arguments
    return Chosen(own, *kind, _steady([table, numbers]), table, numbers, dim % len(table.shape), True)


_MAKE: dict[str, _Make] = {
    **dict.fromkeys(FOLDS, _folded),
    **dict.fromkeys((*FILLED, "full", "full_like", "new_full", "scalar_tensor"), _filled),
    "arange": _arange,
    "cat": _joined,
    "clamp": _clamped,
    "div": _divided,
    "gather": _gathered,
    "index": _indexed,
    "pow": _power,
    "stack": _joined,
}
