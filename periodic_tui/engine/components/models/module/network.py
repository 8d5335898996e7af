"""A network of the user's as a pure function of its parameters, one replica or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import torch
from torch import Tensor, nn

from periodic_tui.engine.components.models.base import HiddenLayer
from periodic_tui.engine.components.models.module.calls import Call, Calls, Drops
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.randomness import Stream

Seen = tuple[Tensor, tuple[tuple[Tensor, ...], ...]]
"""Outputs; and of each hidden layer what it was given, what it gave, and its slopes where they are asked for."""


class Network:
    """What is called for a forward pass. It holds two modules that were made alike, one for each mode, whose own
    parameters are never used."""

    def __init__(
        self, training: nn.Module, resting: nn.Module, own: Sequence[str] = (), fixed: Sequence[str] = ()
    ) -> None:
        """`own`: names of modules that are activations; `fixed`: of tensors that do not learn."""
        torch.backends.mha.set_fastpath_enabled(False)  # it has no gradient
        self.training, self.resting = training.train(), resting.eval()
        self.own = {name: self.resting.get_submodule(name) for name in own}
        self._fixed = frozenset(fixed)
        self._elsewhere: dict[torch.device, dict[str, Tensor]] = {}
        """Its other buffers, where they are not on the CPU."""
        self.layers: Sequence[int] = ()
        """Which calls of activations are the hidden layers', …"""
        self.count = 0
        """… of how many."""
        self.together = True
        """Whether several replicas go through it in one pass; else one after the other."""

    def forward(
        self, parameters: Mapping[str, Tensor], x: Tensor, hidden: list[HiddenLayer] | None, dropout: Stream | None
    ) -> Tensor:
        """As of a model: outputs `[replicas, batch, outputs]` at `x` `[replicas, batch, inputs]`."""
        slopes = torch.is_grad_enabled()

        def one(own: Mapping[str, Tensor], points: Tensor, key: Tensor | None) -> Seen:
            stream = None if dropout is None or key is None else Stream(key, dropout.counter)
            return self._one(own, points, stream, None if hidden is None else slopes)

        key = None if dropout is None else dropout.key
        if len(x) > 1 and self.together:
            dims = (0, 0, None if key is None else 0)
            output, seen = torch.vmap(one, in_dims=dims, randomness="error")(dict(parameters), x, key)
        else:
            rows = ({name: value[row] for name, value in parameters.items()} for row in range(len(x)))
            keys = [None] * len(x) if key is None else key
            output, seen = _stacked([one(*each) for each in zip(rows, x, keys, strict=True)])
        if hidden is not None:
            hidden += [HiddenLayer(*layer) for layer in seen]
        return output

    def _one(self, own: Mapping[str, Tensor], x: Tensor, dropout: Stream | None, slopes: bool | None) -> Seen:
        """Of one replica; its layers, `slopes`: with derivatives, None: without any layers."""
        module = self.resting if dropout is None else self.training
        with ExitStack() as stack:
            calls = None if slopes is None else stack.enter_context(Calls(self.own, slopes))
            if dropout is not None:
                stack.enter_context(Drops(dropout))
            output = torch.func.functional_call(module, self.tensors(module, own), (x,))
        return output, () if calls is None else tuple(self._layer(calls.calls, number) for number in self.layers)

    def tensors(self, module: nn.Module, own: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """All that stands for parameters and buffers of the module."""
        where = next(iter(own.values())).device
        found = {name: value.detach() if name in self._fixed else value for name, value in own.items()}
        if where.type == "cpu":
            return found
        if where not in self._elsewhere:  # once: a copy from the host cannot be captured
            buffers = {name: value for name, value in module.named_buffers() if name not in found}
            self._elsewhere[where] = {name: value.to(where) for name, value in buffers.items()}
        return self._elsewhere[where] | found

    def _layer(self, calls: Sequence[Call], number: int) -> tuple[Tensor, ...]:
        if len(calls) != self.count:
            raise Refused("the network calls other activations at other points")
        call = calls[number]
        seen = (call.given, call.result) if call.slope is None else (call.given, call.result, call.slope)
        return tuple(each.reshape(len(each), -1) for each in seen)


def _stacked(replicas: Sequence[Seen]) -> Seen:
    """What was seen of each replica, along a first axis."""
    outputs, layers = zip(*replicas, strict=True)
    return torch.stack(outputs), tuple(
        tuple(torch.stack(parts) for parts in zip(*layer, strict=True)) for layer in zip(*layers, strict=True)
    )
