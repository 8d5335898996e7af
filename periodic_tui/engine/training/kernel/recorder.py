"""A training step as values: it is run once, for one replica, and every operation is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.formulas import C_TYPES, COMPARISONS, FILLED, FOLDS, FORMULAS, OF_OWN_TYPE, Formula, formula
from periodic_tui.engine.training.kernel.spelled_out import spelled_out
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

_MOST_OPERATIONS = 4_000
"""A compiler takes too long for more."""
_LOOKS = ("_local_scalar_dense", "equal", "is_nonzero", "nonzero")
"""Operations by which a program looks at a number: what it does then is not the same at every step."""


class Recorder(TorchDispatchMode):
    """Writes down what torch does meanwhile. Raises Unavailable where no kernel could do it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[Value] = []
        """In an order in which they can be worked out."""
        self._by_storage: dict[int, Value] = {}
        self._seen: list[Tensor] = []
        """Keeps their storages alive, whose addresses tell them apart."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """torch asks, and would import its compiler for seconds."""
        return False

    def given(self, name: str, tensor: Tensor, steady: bool = True, each: bool = False) -> Input:
        """Make a tensor an input of that name."""
        value = Input(name, *_kind(tensor), steady, each)
        self._enter(value, tensor)
        return value

    def counted(self, tensor: Tensor) -> None:
        """Let it be known that a tensor counts from 0."""
        self._enter(Counted("counter", *_kind(tensor), True), tensor)

    def view(self, tensor: Tensor) -> View:
        """What a tensor is that has been seen, or else a constant."""
        storage = tensor.untyped_storage()._cdata
        if storage not in self._by_storage:
            whole = tensor.contiguous()
            numbers = tuple(whole.flatten().tolist())
            self._enter(Constant(self._name("constant"), *_kind(whole), True, numbers), tensor)
        value = self._by_storage[storage]
        if value.dtype != tensor.dtype:
            raise Unavailable("no kernel is written for numbers that are taken for others")
        return View(value, tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()))

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func._schema.name.partition("::")[2]
        if func._schema.is_mutable or name in _LOOKS:
            raise Unavailable(f"no kernel is written for {name}")
        simpler = spelled_out(func)
        if name not in _KNOWN and simpler:
            with self:
                return simpler(*args, **kwargs)
        arguments, result = [self._argument(each) for each in args], func(*args, **kwargs)
        for tensor in result if isinstance(result, tuple | list) else [result]:
            if tensor.untyped_storage()._cdata not in self._by_storage:
                self._enter(_READERS.get(name, _pointwise)(name, self._name(name), _kind(tensor), arguments, kwargs), tensor)
        return result

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, Tensor):
            return self.view(argument)
        if isinstance(argument, list | tuple):
            return [self._argument(each) for each in argument]
        return argument

    def _name(self, operation: str) -> str:
        if len(self.values) == _MOST_OPERATIONS:
            raise Unavailable(f"the step has more than {_MOST_OPERATIONS} operations")
        return f"{operation}_{len(self.values)}"

    def _enter(self, value: Value, tensor: Tensor) -> None:
        self._by_storage[tensor.untyped_storage()._cdata] = value
        self._seen.append(tensor)
        self.values.append(value)


def _kind(tensor: Tensor) -> Kind:
    shape, strides = tuple(tensor.shape), tuple(tensor.stride())
    filled = sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True)) + 1
    if tensor.numel() and filled != tensor.numel() or tensor.storage_offset():
        raise Unavailable("no kernel is written for tensors with gaps")
    if tensor.dtype not in C_TYPES:
        raise Unavailable(f"no kernel reckons with {tensor.dtype}")
    return tensor.dtype, shape, strides


Kind = tuple[torch.dtype, tuple[int, ...], tuple[int, ...]]
_Read = Callable[[str, str, Kind, list[Any], dict[str, Any]], Value]


def _is_steady(views: Sequence[object]) -> bool:
    return all(each.value.steady for each in views if isinstance(each, View))


def _pointwise(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    found = formula(name)
    if "alpha" in options:
        found = Formula(found.text.replace("{1}", "times({1}, {2})"), found.cost + 1)
        arguments = [*arguments, options["alpha"]]
    if any(isinstance(each, list) or isinstance(each, str) or each is None for each in arguments):
        raise Unavailable(f"no kernel is written for this {name}")
    works_in = kind[0]
    if name in COMPARISONS or name in OF_OWN_TYPE:
        works_in = torch.result_type(*(_example(each) for each in arguments))
    return Pointwise(own, *kind, _is_steady(arguments), found, works_in, tuple(arguments))


def _example(operand: View | float) -> Any:
    """Something that torch promotes like the operand."""
    return torch.empty(operand.shape, dtype=operand.value.dtype, device="meta") if isinstance(operand, View) else operand


def _power(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    base, exponent = arguments
    texts = {1: "{0}", 2: "{0} * {0}", 3: "{0} * {0} * {0}", -1: "1 / {0}", 0.5: "sqrt({0})"}
    if isinstance(exponent, View) or exponent not in texts:
        return _pointwise(name, own, kind, arguments, options)
    return Pointwise(own, *kind, _is_steady([base]), Formula(texts[exponent], 1), kind[0], (base,))


def _divided(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    texts = {None: "{0} / {1}", "floor": "quotient({0}, {1})", "trunc": "trunc({0} / {1})"}
    found = Formula(texts[options.get("rounding_mode")], formula(name).cost)
    return Pointwise(own, *kind, _is_steady(arguments), found, kind[0], tuple(arguments))


def _clamped(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    value, low, high = (*arguments, options.get("min"), options.get("max"))[:3] if len(arguments) < 3 else arguments
    text, inputs = "{0}", [value]
    for limit, function in ((low, "larger"), (high, "smaller")):
        if limit is not None:
            text = f"{function}({text}, {{{len(inputs)}}})"
            inputs.append(limit)
    return Pointwise(own, *kind, _is_steady(inputs), Formula(text, 2), kind[0], tuple(inputs))


def _folded(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    view, *rest = arguments
    if name == "linalg_vector_norm":
        order, *rest = rest or [2]
        if order != 2:
            raise Unavailable("no kernel is written for this norm")
    dims = rest[0] if rest and rest[0] not in (None, []) else range(len(view.shape))
    among = [dims] if isinstance(dims, int) else dims
    gone = tuple(sorted(dim % max(1, len(view.shape)) for dim in among))
    fold = FOLDS[name]
    if any(view.shape[dim] > 1 for dim in gone):
        return Folded(own, *kind, _is_steady([view]), fold, view, gone)
    if len(kind[1]) < len(view.shape):
        kept = [dim for dim in range(len(view.shape)) if dim not in gone]
        view = View(view.value, tuple(view.shape[d] for d in kept), tuple(view.strides[d] for d in kept), view.offset)
    only = Formula(fold.last.format(f"({fold.each})", 1), 1)
    return Pointwise(own, *kind, _is_steady([view]), only, view.value.dtype, (view,))


def _filled(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    return Constant(own, *kind, True, (FILLED[name],))


def _full(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    return Constant(own, *kind, True, (arguments[-1],))


def _arange(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    first, step = (arguments[0] if len(arguments) > 1 else 0), (arguments[2] if len(arguments) > 2 else 1)
    if kind[0] != torch.int64:
        raise Unavailable("no kernel is written for this arange")
    return Counted(own, *kind, True, first, step)


def _joined(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    parts, dim = arguments[0], (arguments[1] if len(arguments) > 1 else 0) % max(1, len(kind[1]))
    pieces, start = [], 0
    for part in parts:
        if name == "stack":
            one = (*part.shape[:dim], 1, *part.shape[dim:]), (*part.strides[:dim], 0, *part.strides[dim:])
            part = View(part.value, *one, part.offset)
        if part.value.dtype != kind[0]:
            raise Unavailable(f"no kernel is written for a {name} of several types")
        if 0 not in part.shape:
            pieces.append((part, start * kind[2][dim]))
        start += part.shape[dim]
    return Joined(own, *kind, _is_steady([each for each, _ in pieces]), tuple(pieces))


def _indexed(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    table, chosen = arguments
    if len(chosen) != 1 or chosen[0].value.dtype != torch.int64:
        raise Unavailable("no kernel is written for this way of indexing")
    return Chosen(own, *kind, _is_steady([table, *chosen]), table, chosen[0], 0, False)


def _gathered(name: str, own: str, kind: Kind, arguments: list[Any], options: dict[str, Any]) -> Value:
    table, dim, chosen = arguments
    return Chosen(own, *kind, _is_steady([table, chosen]), table, chosen, dim % len(table.shape), True)


_READERS: dict[str, _Read] = {
    **dict.fromkeys(FOLDS, _folded),
    **dict.fromkeys(FILLED, _filled),
    "arange": _arange,
    "cat": _joined,
    "clamp": _clamped,
    "div": _divided,
    "full": _full,
    "full_like": _full,
    "gather": _gathered,
    "index": _indexed,
    "new_full": _full,
    "pow": _power,
    "scalar_tensor": _full,
    "stack": _joined,
}
_VIEWS = "_unsafe_view alias as_strided detach diagonal expand lift_fresh permute select slice split split_with_sizes \
squeeze t transpose unbind unfold unsqueeze view".split()
"""Operations that only look at what is there; torch says where it lies."""
_KNOWN = {*_READERS, *_VIEWS, *FORMULAS}
