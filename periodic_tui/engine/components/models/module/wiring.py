"""How a network is put together, as one pass through it tells: its activations in their order, and the linear layers
before, between and behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from periodic_tui.engine.components.models.module.calls import Call, Calls
from periodic_tui.engine.components.models.module.spec import LAYERS, UNITS, Layer

_PASSING = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
"""Functions that hand on what they are given, at rest."""


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear layer at work."""

    weight: str
    bias: str
    """Empty: none."""
    given: int
    """Identity of its inputs."""


@dataclass(frozen=True)
class Wiring:
    """What was found."""

    layers: tuple[Layer, ...]
    numbers: tuple[int, ...]
    """Of the activations' calls, which are the layers' …"""
    count: int
    """… of how many."""
    chained: bool
    output: tuple[str, ...]
    last: str
    unseen: int
    """Calls that are no layers', and not the output's."""


class Pass(Calls):
    """Notes linear layers, too. What it has seen stays alive, so that identities tell tensors apart."""

    def __init__(self, own: Mapping[str, nn.Module], parameters: Mapping[str, Tensor]) -> None:
        super().__init__(own)
        self._names = {id(value): name for name, value in parameters.items()}
        self._same: dict[int, int] = {}
        """Identity of what was handed on, to that of what it was."""
        self._linear: dict[int, Linear] = {}
        """By the identity of its outputs."""
        self._seen: list[Any] = []

    def passed(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if name == "linear":
            self._note(result, *args, **kwargs)
        elif name in _PASSING and args:
            self._same[id(result)] = self.origin(args[0])
            self._seen.append((result, args))
        return result

    def copied(self, given: Tensor) -> Tensor:
        copy = given.clone()
        self._same[id(copy)] = self.origin(given)
        self._seen.append((copy, given))
        return copy

    def _note(self, result: Tensor, input: Tensor, weight: Tensor, bias: Tensor | None = None) -> None:
        self._seen.append((result, input))
        names = [self._names.get(id(each), "") for each in (weight, bias)]
        if names[0] and (bias is None or names[1]):
            self._linear[id(result)] = Linear(names[0], names[1], self.origin(input))

    def origin(self, tensor: Tensor) -> int:
        """Identity of what a tensor is, where it was only handed on."""
        return self._same.get(id(tensor), id(tensor))

    def linear(self, tensor: Tensor) -> Linear | None:
        """The linear layer that gave it."""
        return self._linear.get(self.origin(tensor))

    def wiring(self, x: Tensor, output: Tensor) -> Wiring:
        """All together, for inputs `[points, inputs]` and what the network made of them."""
        end = next((number for number, call in enumerate(self.calls) if call.result is output), None)
        last = None if end is None else self.calls[end]
        inner = [number for number, call in enumerate(self.calls) if _is_layer(call, len(x))][:LAYERS]
        if len(inner) > 1:  # a single unit that is the output is one to watch
            inner = [number for number in inner if number != end]
        chained, output_layer = self._chain([self.calls[number] for number in inner], x, output, last)
        return Wiring(
            layers=tuple(self._layer(self.calls[number]) for number in inner),
            numbers=tuple(inner),
            count=len(self.calls),
            chained=chained,
            output=output_layer,
            last=last.kind if last is not None and last.plain else "identity" if self.linear(output) else "",
            unseen=len({*range(len(self.calls))} - {*inner, end}),
        )

    def _layer(self, call: Call) -> Layer:
        linear, units = self.linear(call.given), call.given[0].numel()
        if linear is None or call.given.dim() != 2:
            return Layer(units=units, activation=call.kind, plain=call.plain)
        return Layer(units=units, activation=call.kind, plain=call.plain, weight=linear.weight, bias=linear.bias)

    def _chain(self, inner: list[Call], x: Tensor, output: Tensor, last: Call | None) -> tuple[bool, tuple[str, ...]]:
        """Whether it is a chain; the names of its last linear layer."""
        before = id(x)
        for call in inner:
            linear = self.linear(call.given)
            if linear is None or linear.given != before or call.given.dim() != 2:
                return False, ()
            before = self.origin(call.result)
        if inner and inner[-1] is last:
            return True, ()
        linear = self.linear(output if last is None else last.given)
        if linear is None or linear.given != before:
            return False, ()
        return True, tuple(filter(None, (linear.weight, linear.bias)))


def _is_layer(call: Call, points: int) -> bool:
    """Whether a call is that of a layer of units: a value of each for every point."""
    given, result = call.given, call.result
    tensors = isinstance(given, Tensor) and isinstance(result, Tensor) and given.is_floating_point()
    return (
        tensors
        and given.dim() > 0
        and len(given) == points
        and given.shape == result.shape
        and (0 < given[0].numel() <= UNITS)
    )


def own_activations(module: nn.Module, run: Callable[[Mapping[str, nn.Module]], Calls]) -> dict[str, nn.Module]:
    """Modules of the program's own, by their names, that are activations: without others inside, they bend each number
    that they are given by itself. `run` makes a pass on which these modules are noted."""
    small = {
        name: each
        for name, each in module.named_modules()
        if name and not list(each.children()) and not type(each).__module__.startswith("torch.")
    }
    found = {}
    for name, each in small.items():
        calls = run({name: each}).calls
        given = [call.given for call in calls if call.kind == type(each).__name__ and not call.plain]
        if given and _bends_each(each, given[0]):
            found[name] = each
    return found


def _bends_each(module: nn.Module, given: Any) -> bool:
    if not isinstance(given, Tensor) or not given.is_floating_point() or given.dim() < 2:
        return False
    try:
        return _is_apart(module, given) and not _is_straight(module, given)
    except Exception:  # of a module that takes other tensors only: no activation
        return False


def _is_apart(module: nn.Module, z: Tensor) -> bool:
    """Whether a number's value depends on no other number."""
    result, changed = module(z.clone()), z.clone()
    if not isinstance(result, Tensor) or result.shape != z.shape:
        return False
    changed[0] += 1.0
    changed[..., 0] -= 2.0
    moved = module(changed.clone()) != result
    moved[0], moved[..., 0] = False, False
    return not bool(moved.any())


def _is_straight(module: nn.Module, z: Tensor) -> bool:
    """Whether it is a line: straight through zero, and on either side."""
    zero, one, two = (module(factor * z) for factor in (0.0, 1.0, 2.0))
    size = 1e-4 * (1 + float(two.abs().max()))
    even = (one + module(-z) - 2 * zero).abs().max()
    return float(even) < size and float((two - 2 * one + zero).abs().max()) < size
