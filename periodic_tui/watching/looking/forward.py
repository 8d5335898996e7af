"""The forward pass of the step that is looked at, as modules and functions tell it."""

from __future__ import annotations

import math
import weakref
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from periodic_tui.watching.looking import activations, losses, vocabulary
from periodic_tui.watching.looking.layers import Run, is_layer
from periodic_tui.watching.looking.losses import Losses
from periodic_tui.watching.looking.origins import UNKNOWN, Origin, Origins
from periodic_tui.watching.looking.samples import Sample, first_tensor

_MOST_CALLS, _MOST_RUNS = 50_000, 4096


@dataclass(frozen=True)
class _Call:
    """What is known before a function runs."""

    given: tuple[Tensor, ...]
    origins: tuple[Origin, ...]
    input: Sample | None
    """Of an activation."""
    loss: losses.Loss | None
    options: Mapping[str, float]


class _Entered(NamedTuple):
    """A module that runs."""

    module: weakref.ref[nn.Module]
    input: Sample | None
    """Of a layer."""
    origin: Origin
    """Of its input."""
    loss: losses.Loss | None
    """That it is, if it gives a number and no other loss is in it."""
    before: int
    """Losses that there were."""


class Forward:
    """What has run so far in this step. Holds no tensor of the script and no module."""

    def __init__(self, criteria: Container[nn.Module] = ()) -> None:
        """`criteria`: modules that are losses, although they have parameters."""
        self._criteria = criteria
        self.runs: dict[Hashable, Run] = {}
        """In the order in which they first ran."""
        self.models: dict[int, weakref.ref[nn.Module]] = {}
        """Modules that no other one called, in the order in which they first ran."""
        self.losses = Losses()
        self.input: Sample | None = None
        """Of the first model that ran, the last time."""
        self.output: Sample | None = None
        """Of the last model that ran."""
        self.grows = True
        """Whether gradients are wanted of what runs now: what runs without them is no training."""
        self._origins = Origins()
        self._samples = WeakTensorKeyDictionary()
        self._stack: list[_Entered] = []
        self._calls = 0

    @property
    def is_too_long(self) -> bool:
        """Whether this is no step any more."""
        return self._calls > _MOST_CALLS or len(self.runs) > _MOST_RUNS

    def backward(self, outputs: Sequence[Any]) -> None:
        """Gradients of these are about to be computed."""
        self.losses.backward([loss for each in outputs for loss in self._origins.of(each).losses])
        self._stack.clear()

    # Modules.

    def entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is about to run."""
        self._calls += 1
        if not self.grows or self.is_too_long:
            return
        given = first_tensor(args)
        is_criterion = module in self._criteria or not _has_parameters(module)
        if not self._stack and not is_criterion:
            self.models.setdefault(id(module), weakref.ref(module))
            if given is not None and next(iter(self.models)) == id(module):
                self.input = self._sample(given)
        sample = self._sample(given, self._axis(given)) if given is not None and is_layer(module) else None
        loss = self._loss(type(module).__name__, losses.sides(args)) if is_criterion and not self._stack else None
        self._stack.append(_Entered(weakref.ref(module), sample, self._origins.of(given), loss, self.losses.count))

    def left(self, module: nn.Module, result: Any) -> None:
        """A module has run."""
        gave = first_tensor(result)
        entered = self._popped(module)
        if entered is None or gave is None:
            return
        if gave.ndim == 0 and entered.loss and entered.before == self.losses.count:
            self._origins.put(gave, Origin(losses=self.losses.keep(entered.loss, ())))
        elif is_layer(module) and not isinstance(module, nn.modules.loss._Loss):
            self._ran(module, entered.input, entered.origin, gave)
        if not self._stack and id(module) in self.models:
            self.output = self._sample(gave)

    def _popped(self, module: nn.Module) -> _Entered | None:
        """What was known when it was entered; what an exception has left above it is dropped."""
        while self._stack:
            entered = self._stack.pop()
            if entered.module() is module:
                return entered
        return None

    def _loss(self, name: str, sides: tuple[Tensor, Tensor] | None) -> losses.Loss | None:
        if sides is None:
            return None
        origin = self._origins.of(sides[0])
        return losses.loss_of(name, *sides, origin.kind, origin.layer)

    def _ran(self, module: nn.Module, sample: Sample | None, origin: Origin, gave: Tensor) -> None:
        function = activations.function_of(module)
        run = self._run_of(module, None if next(module.parameters(recurse=False), None) is not None else origin.layer)
        known = self._origins.of(gave)
        axis = known.axis if known is not UNKNOWN else _axis_of(gave)
        run.function, run.options = function, activations.options_of(module) if function else {}
        run.input, run.output = sample, self._sample(gave, axis)
        run.after, run.training = origin.layer, module.training
        run.probabilities = (function or known.kind) in activations.PROBABILITIES
        self._origins.put(gave, Origin(run, known.kind or function, axis, None, known.losses))

    def _run_of(self, module: nn.Module, after: Run | None) -> Run:
        """The layer of a module; one without parameters is another layer after each layer that it is called after."""
        key = id(module), after
        if key not in self.runs:
            twins = [each for each in self.runs.values() if each.module and each.module() is module]
            run = self.runs[key] = Run.of(module)
            for each in (*twins, run) if twins else ():
                each.again = True
        return self.runs[key]

    # Functions.

    def calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> _Call | None:
        """A function is about to run; None where nothing is to be said of it."""
        self._calls += 1
        given = _tensors((*args, *kwargs.values())) if self.grows and not self.is_too_long else ()
        if not given:
            return None
        sample = self._sample(given[0], self._axis(given[0])) if self._is_activation(name, args, kwargs) else None
        options = activations.options_in(name, kwargs) if sample else {}
        loss = self._loss(losses.kind_of(name), losses.sides_of(name, args, kwargs))
        return _Call(given, tuple(map(self._origins.of, given)), sample, loss, options)

    def called(self, name: str, call: _Call, result: Any) -> None:
        """It has run."""
        for each in result[:16] if isinstance(result, (tuple, list)) else (result,):
            if isinstance(each, Tensor) and each.requires_grad:
                self._origins.put(each, self._origin(name.removesuffix("_") or name, call, each))

    def _origin(self, name: str, call: _Call, result: Tensor) -> Origin:
        name = "relu" if name in vocabulary.CLAMPING and call.input else name
        past = tuple(dict.fromkeys(loss for origin in call.origins for loss in origin.losses))
        if call.loss and call.loss.kind != "difference":
            return Origin(kind=name, losses=self.losses.keep(call.loss, past))
        difference = call.loss or next((each.difference for each in call.origins if each.difference), None)
        if difference and name in vocabulary.REDUCING and result.ndim == 0:
            return Origin(kind=name, losses=self.losses.keep(difference, past))
        axis = _axis_after(name, call.origins[0], result)
        layer = self._layer_of(name, call, result, axis)
        if name in vocabulary.WEIGHING:
            difference = None
        joined = name in vocabulary.JOINING and len({each.kind for each in call.origins}) == 1
        kind = call.origins[0].kind if joined or name in vocabulary.ARRANGING else name
        return Origin(layer, kind, axis, difference, past)

    def _layer_of(self, name: str, call: _Call, result: Tensor, axis: int) -> Run | None:
        """The last layer that a result went through: maybe the function itself is one."""
        after = next((each.layer for each in call.origins if each.layer), None)
        if call.input:
            run = self.runs.setdefault((name, after), Run(name, name, after=after, options=call.options))
            run.probabilities = name in activations.PROBABILITIES
            run.input, run.output = call.input, self._sample(result, axis)
            return run
        weights = [each for each in call.given if each.is_leaf and each.requires_grad and not self._is_in_module(each)]
        if not weights or (name not in vocabulary.WEIGHING and not (name == "add" and after and after.weights)):
            return after
        key = after if name == "add" and after else id(weights[0])
        run = after if name == "add" and after else self.runs.setdefault(key, Run(name, after=after))
        run.weights += [weakref.ref(each) for each in weights if all(known() is not each for known in run.weights)]
        run.input, run.output = run.input if name == "add" else self._sample(call.given[0]), self._sample(result, axis)
        return run

    def _is_in_module(self, parameter: Tensor) -> bool:
        """Whether it belongs to a module that runs now, and is a layer."""
        modules = (entered.module() for entered in self._stack)
        return any(parameter is own for each in modules if each is not None for own in each._parameters.values())

    def _is_activation(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Whether the call is one, and no module of its own."""
        module = self._stack[-1].module() if self._stack else None
        if module is not None and activations.function_of(module):
            return False
        if name in vocabulary.CLAMPING:
            return _is_relu(args, kwargs)
        return name.removesuffix("_") in activations.FUNCTIONS

    def _axis(self, tensor: Tensor) -> int:
        known = self._origins.of(tensor)
        return known.axis if known is not UNKNOWN else _axis_of(tensor)

    def _sample(self, tensor: Tensor, axis: int = -1) -> Sample:
        """Of a tensor as it is now; one that has been taken already is not taken again."""
        version = 0 if tensor.is_inference() else tensor._version
        kept = self._samples.get(tensor)
        if kept is None or kept[:2] != (version, axis):
            kept = version, axis, Sample(tensor, axis)
            self._samples[tensor] = kept
        return kept[2]


def _axis_of(tensor: Tensor) -> int:
    """Dimension of the units, where nothing is known of a tensor: of images their channels."""
    return 1 if tensor.ndim >= 4 else -1


def _axis_after(name: str, first: Origin, result: Tensor) -> int:
    """Channels of what convolutions gave, as long as they are where they were."""
    if name.startswith("conv"):
        return 1 if result.ndim > 2 else -1
    if name in vocabulary.WEIGHING or name in vocabulary.LOSING_AXES:
        return -1
    return first.axis if first is not UNKNOWN and result.ndim > 2 else _axis_of(result)


def _is_relu(args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a clamp has 0 as its lower end, and no upper one."""
    low, high = (*args[1:], None, None)[:2]
    low, high = kwargs.get("min", low), kwargs.get("max", high)
    return isinstance(low, (int, float)) and low == 0 and (high is None or high == math.inf)


def _tensors(values: Sequence[Any]) -> tuple[Tensor, ...]:
    """Those among the arguments of a function, and in its lists."""
    found: list[Tensor] = []
    for value in values[:8]:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found += [each for each in value[:16] if isinstance(each, Tensor)]
    return tuple(found)


def _has_parameters(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None
