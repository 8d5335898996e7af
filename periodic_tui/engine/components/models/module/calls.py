"""Which activations a pass through somebody's network calls, and on what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from periodic_tui.engine.randomness import Stream

FUNCTIONS = {
    "celu": "celu",
    "cos": "cosine",
    "elu": "elu",
    "gelu": "gelu",
    "hardsigmoid": "hardsigmoid",
    "hardswish": "hardswish",
    "hardtanh": "hardtanh",
    "leaky_relu": "leaky-relu",
    "logsigmoid": "logsigmoid",
    "mish": "mish",
    "prelu": "prelu",
    "relu": "relu",
    "relu6": "relu6",
    "rrelu": "rrelu",
    "selu": "selu",
    "sigmoid": "sigmoid",
    "silu": "silu",
    "sin": "sine",
    "softplus": "softplus",
    "softshrink": "softshrink",
    "softsign": "softsign",
    "tanh": "tanh",
    "tanhshrink": "tanhshrink",
    "threshold": "threshold",
}
"""torch's functions that are activations, by their names; those in place have the same names with a `_`."""

DEFAULTS = {"elu": (1.0,), "celu": (1.0,), "leaky-relu": (0.01,), "gelu": ("none",), "softplus": (1, 20)}
"""The options with which they are what their names say."""


class Call(NamedTuple):
    """An activation at work."""

    kind: str
    plain: bool
    """Whether it is called without options: then it is what its name says."""
    given: Tensor
    result: Tensor
    slope: Tensor | None
    """The derivative of the result by what it was given, if it was asked for."""


class Calls(TorchFunctionMode):
    """Notes every activation that is called in this context: functions of torch's, and those of the modules `own`
    whole, whatever they call. With `slopes` their derivatives, too."""

    def __init__(self, own: Mapping[str, nn.Module], slopes: bool = False) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._own, self._slopes = own, slopes
        self._inside = 0
        self._given: Tensor | None = None
        """What the module of the program's own is given that is at work."""
        self._hooks: list[Any] = []

    def __enter__(self) -> Self:
        for module in self._own.values():
            self._hooks.append(module.register_forward_pre_hook(self._begins))
            self._hooks.append(module.register_forward_hook(self._ends))
        super().__enter__()  # type: ignore[no-untyped-call]  # of torch
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]  # of torch
        for hook in self._hooks:
            hook.remove()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        kind = None if self._inside else kind_of(func, args, kwargs)
        if kind is None:
            return self.passed(func, args, kwargs)
        given, options = (args[0], args[1:]) if args else (kwargs.pop("input"), ())
        before = self.copied(given) if _in_place(func, kwargs) else given
        slope = self._slope(kind, lambda z: func(z.clone(), *options, **kwargs), before)
        result = func(given, *options, **kwargs)
        self.calls.append(Call(kind, _is_plain(kind, (*options, *kwargs.values())), before, result, slope))
        return result

    def passed(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The result of any other function."""
        return func(*args, **kwargs)

    def copied(self, given: Tensor) -> Tensor:
        """What is about to be written over."""
        return given.clone()

    def _slope(self, kind: str, again: Callable[[Tensor], Tensor], given: Tensor) -> Tensor | None:
        if not self._slopes:
            return None
        if kind == "relu":
            return (given > 0).to(given.dtype)
        self._inside += 1
        result, pull, *_ = torch.func.vjp(again, given.detach())
        self._inside -= 1
        slope: Tensor = pull(torch.ones_like(result))[0]
        return slope

    def _begins(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        self._inside += 1
        if self._inside == 1:
            self._given = self.copied(args[0]) if args and isinstance(args[0], Tensor) else None

    def _ends(self, module: nn.Module, args: tuple[Any, ...], result: Any) -> None:
        if self._inside == 1 and self._given is not None:
            slope = self._slope("", lambda z: module.forward(z.clone()), self._given)
            self.calls.append(Call(type(module).__name__, False, self._given, result, slope))
        self._inside -= 1


def kind_of(func: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """The activation that this call is, None where it is none."""
    name = getattr(func, "__name__", "").removesuffix("_")
    if name in ("clamp", "clamp_min", "clip"):
        ends = dict(zip(("min", "max"), args[1:], strict=False)) | {k: v for k, v in kwargs.items() if k != "input"}
        return "relu" if ends.get("max") is None and ends.get("min") == 0 else None
    return FUNCTIONS.get(name)


def _is_plain(kind: str, options: tuple[Any, ...]) -> bool:
    given = [value for value in options if not isinstance(value, bool)]
    return kind == "relu" or all(not isinstance(value, Tensor) and value in DEFAULTS.get(kind, ()) for value in given)


def _in_place(func: Callable[..., Any], kwargs: Mapping[str, Any]) -> bool:
    return func.__name__.endswith("_") or bool(kwargs.get("inplace"))


class Drops(TorchFunctionMode):
    """Drops with random numbers of ours what dropout would drop with torch's."""

    def __init__(self, stream: Stream) -> None:
        """`stream`: of one network at one step."""
        super().__init__()
        self._stream, self._calls = stream, 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is not torch.nn.functional.dropout:
            return func(*args, **kwargs or {})
        return self._dropped(*args, **kwargs or {})

    def _dropped(self, input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        if not training or p == 0:
            return input
        stream, self._calls = self._stream.fold(self._calls), self._calls + 1
        draws = stream.uniform(input.numel(), input.dtype).reshape(input.shape)
        kept = input * (draws > p).to(input.dtype) * (1 / (1 - p) if p < 1 else 0.0)
        return input.copy_(kept) if inplace else kept


class DropCount(TorchFunctionMode):
    """Counts the random numbers that each call of dropout would draw, and drops nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is not torch.nn.functional.dropout:
            return func(*args, **kwargs or {})
        given: Tensor = (*args, *(kwargs or {}).values())[0]
        self.numbers.append(given.numel())
        return given
