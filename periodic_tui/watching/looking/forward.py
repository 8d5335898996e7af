"""The forward pass of the step that is looked at, as modules and functions tell it."""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from periodic_tui.watching.looking import activations, losses
from periodic_tui.watching.looking.layers import Run, is_layer
from periodic_tui.watching.looking.losses import Loss, loss_of, sides
from periodic_tui.watching.looking.origins import UNKNOWN, Origin, Origins
from periodic_tui.watching.looking.samples import Sample, first_tensor

_ARRANGING = frozenset(
    ("view", "reshape", "squeeze", "unsqueeze", "flatten", "float", "double", "half", "to", "contiguous", "clone",
     "transpose", "permute", "t", "mT", "expand", "view_as", "reshape_as", "type", "cpu", "cuda", "chunk", "split",
     "__getitem__", "select", "narrow", "bfloat16", "squeeze_", "unsqueeze_", "unflatten", "movedim", "ravel",
     "dropout", "type_as", "expand_as", "stack", "cat")
)  # fmt: skip
"""What arranges values anew and leaves them as they are."""
_ENDS_IN_NUMBER = frozenset(("mean", "sum", "norm", "vector_norm", "dist", "nanmean", "median", "logsumexp", "dot"))
_MIXING = frozenset(("linear", "matmul", "__matmul__", "mm", "bmm", "addmm", "einsum", "embedding"))
"""What a difference does not survive: it was no loss."""
_MOST_LOSSES, _MOST_CALLS = 64, 50_000


class _Call(NamedTuple):
    """What is known before a function runs."""

    origins: tuple[Origin, ...]
    input: Sample | None
    loss: Loss | None
    options: Mapping[str, float]


class Forward:
    """What has run so far in this step."""

    def __init__(self) -> None:
        self.origins = Origins()
        self.runs: dict[Any, Run] = {}
        """In the order in which they first ran."""
        self.models: dict[int, weakref.ref[nn.Module]] = {}
        """Modules that no other one called, in the order in which they first ran."""
        self.losses: list[Loss] = []
        self.input: Sample | None = None
        """Of the first model that ran, the last time."""
        self.output: Sample | None = None
        """Of the last model that ran."""
        self.calls = 0
        self.grows = True
        """Whether gradients are wanted of what runs now: what runs without them is no training."""
        self._stack: list[tuple[nn.Module, Sample | None, Origin]] = []
        self._samples = WeakTensorKeyDictionary()

    @property
    def too_long(self) -> bool:
        """Whether this is no step any more."""
        return self.calls > _MOST_CALLS

    # Modules.

    def entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is about to run."""
        self.calls += 1
        given = first_tensor(args)
        if not self._stack and self.grows and _has_parameters(module):
            self.models.setdefault(id(module), weakref.ref(module))
            if given is not None and self.grows and next(iter(self.models)) == id(module):
                self.input = self._sample(given)
        layer = is_layer(module) and given is not None
        sample = self._sample(given, self._axis(given)) if layer and given is not None else None
        self._stack.append((module, sample, self.origins.of(given)))

    def left(self, module: nn.Module, result: Any) -> None:
        """A module has run."""
        while self._stack:
            top, sample, origin = self._stack.pop()
            if top is module:
                break
        else:
            return
        gave = first_tensor(result)
        if gave is None:
            return
        if is_layer(module) and not isinstance(module, nn.modules.loss._Loss) and self.grows:
            self._ran(module, sample, origin, gave)
        if not self._stack and self.grows and id(module) in self.models:
            self.output = self._sample(gave)

    def _ran(self, module: nn.Module, sample: Sample | None, origin: Origin, gave: Tensor) -> None:
        function = activations.function_of(module)
        run = self._run_of(module, origin.layer if not _has_own_parameters(module) else None)
        run.function, run.options = function, activations.options_of(module) if function else {}
        run.input, run.after = sample, origin.layer
        known = self.origins.of(gave)
        axis = known.axis if known is not UNKNOWN else _axis_of(gave)
        run.output = self._sample(gave, axis)
        run.probabilities = (function or known.kind) in activations.PROBABILITIES
        self.origins.put(gave, Origin(run, known.kind or function, axis, None, known.losses))

    def _run_of(self, module: nn.Module, after: Run | None) -> Run:
        """The layer of a module; one without parameters is another layer after each layer that it is called after."""
        key = id(module), id(after) if after else 0
        if key not in self.runs:
            twins = [each for each in self.runs.values() if each.module and each.module() is module]
            self.runs[key] = Run(type(module).__name__, module=weakref.ref(module))
            for each in (*twins, self.runs[key]) if twins else ():
                each.again = True
        return self.runs[key]

    # Functions.

    def calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> _Call | None:
        """A function is about to run; None where nothing is to be said of it."""
        self.calls += 1
        if not self.grows or self.too_long:
            return None
        given = _tensors(args) + _tensors(tuple(kwargs.values()))
        if not given:
            return None
        sample = self._sample(given[0], self._axis(given[0])) if self._is_activation(name, args, kwargs) else None
        options = activations.options_in(name, kwargs)
        return _Call(tuple(map(self.origins.of, given)), sample, self._loss(name, args, kwargs), options)

    def _loss(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Loss | None:
        if name in losses.FUNCTIONS:
            first, second = (*args, kwargs.get("input"))[0], (*args, *(kwargs.get("target"),) * 2)[1]
        elif name in losses.DIFFERENCES and len(args) > 1:
            first, second = args[0], args[1]
        else:
            return None
        both = sides(first, second)
        if both is None or not both[1].numel():
            return None
        kind = name if name in losses.FUNCTIONS else "difference"
        return loss_of(kind, *both, self.origins.of(both[0]).kind)

    def called(self, name: str, call: _Call, result: Any) -> None:
        """It has run."""
        if isinstance(result, (tuple, list)):
            for each in result[:16]:
                self.called(name, call._replace(loss=None, input=None), each)
        elif isinstance(result, Tensor) and result.requires_grad:
            self.origins.put(result, self._origin(name, call, result))

    def _origin(self, name: str, call: _Call, result: Tensor) -> Origin:
        first = call.origins[0]
        name = "relu" if name.startswith("clamp") else name.removesuffix("_")
        if call.loss and call.loss.kind != "difference":
            self._keep(call.loss)
            return Origin(None, name, -1, None, (call.loss,))
        past = tuple(dict.fromkeys(loss for origin in call.origins for loss in origin.losses))
        layer, axis = first.layer, _axis_after(name, first, result)
        if call.input:
            layer = self._function_ran(name, call, result, axis)
        difference = None if name in _MIXING else call.loss or _difference(call.origins)
        if difference and result.ndim == 0 and name in _ENDS_IN_NUMBER:
            self._keep(difference)
            return Origin(None, name, -1, None, (*past, difference))
        kind = first.kind if name in _ARRANGING else name
        return Origin(layer, kind, axis, difference, past)

    def _keep(self, loss: Loss) -> None:
        if len(self.losses) < _MOST_LOSSES and loss not in self.losses:
            self.losses.append(loss)

    def _function_ran(self, name: str, call: _Call, result: Tensor, axis: int) -> Run:
        after = call.origins[0].layer
        run = self.runs.setdefault((name, id(after) if after else 0), Run(name, name, after=after))
        run.input, run.output, run.options = call.input, self._sample(result, axis), call.options
        run.probabilities = name in activations.PROBABILITIES
        return run

    def _is_activation(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Whether the call is one, and no module of its own."""
        if self._stack and activations.function_of(self._stack[-1][0]):
            return False
        if name in ("clamp", "clamp_", "clamp_min", "clamp_min_"):
            return _is_relu(args, kwargs)
        return name.removesuffix("_") in activations.FUNCTIONS

    def _axis(self, tensor: Tensor) -> int:
        known = self.origins.of(tensor)
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
    return 1 if tensor.ndim >= 4 else -1


def _axis_after(name: str, first: Origin, result: Tensor) -> int:
    """Dimension of the units: channels of what convolutions gave, as long as they are where they were."""
    if name.startswith("conv"):
        return 1
    if name in _MIXING or name in ("transpose", "permute", "flatten", "movedim", "view", "reshape"):
        return -1
    return first.axis if first is not UNKNOWN and result.ndim > 2 else _axis_of(result)


def _difference(origins: tuple[Origin, ...]) -> Loss | None:
    return next((origin.difference for origin in origins if origin.difference), None)


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


def _has_own_parameters(module: nn.Module) -> bool:
    return next(module.parameters(recurse=False), None) is not None
