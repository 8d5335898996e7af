"""What is found out about a program's network before it is trained, and what keeps it from being trained here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from periodic_tui.engine.components.models.module.calls import DropCount
from periodic_tui.engine.components.models.module.made import flat, initial, named_tensors, remember
from periodic_tui.engine.components.models.module.network import Network
from periodic_tui.engine.components.models.module.program import Program, drawn, program, untouched
from periodic_tui.engine.components.models.module.spec import Block, Module
from periodic_tui.engine.components.models.module.wiring import Pass, Wiring, own_activations
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.randomness import Stream, Use, counter_for

POINTS = 37
"""Of a pass; a number that is no layer's width."""
_CLOSE = 1e-4
"""Largest difference between what must be the same up to rounding, as a share of the largest value."""


def examined(model: Module, x: Tensor, outputs: int, replicas: int) -> Module:
    """The model with all that a pass tells of it, for inputs `x` `[points, inputs]` as the network is to be given them,
    in the type that is to be trained in. Raises Refused where it cannot be trained."""
    x = x.repeat(-(-POINTS // len(x)), 1)[:POINTS]
    made = program(model.file, model.name)
    return _Examination(made, model, x, outputs).found(replicas)


class _Examination:
    """Of one program for one target."""

    def __init__(self, made: Program, model: Module, x: Tensor, outputs: int) -> None:
        self._made, self._x, self._outputs = made, x, outputs
        counts = x.shape[-1], outputs
        self._modules = [made.new(seed, *counts) for seed in (0, 0, 1)]
        _refuse_statistics(made, self._modules[0])
        self._bare = model.bare().model_copy(
            update={"counts": counts, "digest": made.file.digest, "tensors": self._blocks()}
        )

    def _blocks(self) -> tuple[Block, ...]:
        module = self._modules[0]
        learning = {name for name, value in module.named_parameters() if value.requires_grad}
        if not learning:
            raise self._made.refusal("has no parameters to train")
        found = named_tensors(module)
        for name, value in found.items():
            if not value.is_floating_point():
                kind = str(value.dtype).removeprefix("torch.")
                raise self._made.refusal(f"has a parameter {name} of {kind}, expected floating-point numbers")
        return tuple(Block(name=n, shape=tuple(v.shape), fixed=n not in learning) for n, v in found.items())

    def found(self, replicas: int) -> Module:
        """The whole model."""
        starts = self._starts()
        fixed = [block.name for block in self._bare.tensors if block.fixed]
        training, resting = self._modules[0], self._modules[1]
        with untouched():
            output = self._at_rest(Network(training, resting, fixed=fixed), starts[0])
            with torch.no_grad():
                own = own_activations(resting, lambda some: self._pass(resting, starts[0], some)[0])
            wiring = self._wiring(resting, starts[0], own)
            network = Network(training, resting, list(own), fixed)
            network.layers, network.count = wiring.numbers, wiring.count
            modes, draws = self._in_training(network, starts[0], output)
            self._same_for_other_seeds(network, starts[1])
            model = self._bare.model_copy(
                update={
                    "layers": wiring.layers,
                    "chained": wiring.chained,
                    "output": wiring.output,
                    "last": wiring.last,
                    "unseen": wiring.unseen,
                    "modes": modes,
                    "draws": max(draws, *(layer.units for layer in wiring.layers), 0),
                }
            )
            model = self._with_limits(network, model, replicas)
        remember(model.made, network)
        return model

    def _starts(self) -> list[dict[str, Tensor]]:
        """Parameters of seeds 0 and 1. Raises Refused where a seed does not decide on them."""
        first, again, other = (flat(module, self._bare.shapes) for module in self._modules)
        if not torch.equal(first, again):
            raise self._made.refusal("starts otherwise from the same seed of torch's generator")
        layout = self._bare.layout(self._x.shape[-1], self._outputs)
        views = [layout.views(each.to(self._x.dtype)[None]) for each in (first, other)]
        return [{name: value[0] for name, value in each.items()} for each in views]

    def _pass(
        self, module: nn.Module, own: Mapping[str, Tensor], noted: Mapping[str, nn.Module]
    ) -> tuple[Pass, Tensor]:
        with torch.no_grad(), self._made.refusing("fails"), Pass(noted, own) as seen:
            output = torch.func.functional_call(module, dict(own), (self._x,))
        return seen, output

    def _wiring(self, module: nn.Module, own: Mapping[str, Tensor], noted: Mapping[str, nn.Module]) -> Wiring:
        seen, output = self._pass(module, own, noted)
        return seen.wiring(self._x, output)

    def _at_rest(self, network: Network, own: Mapping[str, Tensor]) -> Tensor:
        """Outputs at rest. Raises Refused where they are not what the target needs, or are not a function of the
        parameters and of each point."""
        made, x = self._made, self._x
        output = self._call(network, own, x)
        given, wanted = f"[points, {x.shape[-1]}]", f"[points, {self._outputs}]"
        if not isinstance(output, Tensor):
            raise made.refusal(
                f"gives a {type(output).__name__} for {given}, and the target asks for a tensor {wanted}"
            )
        if output.shape != (len(x), self._outputs):
            shape = ", ".join("points" if size == len(x) else str(size) for size in output.shape)
            raise made.refusal(f"gives [{shape}] for {given}, and the target asks for {wanted}")
        if not output.is_floating_point() or output.dtype != x.dtype:
            kinds = [str(each).removeprefix("torch.") for each in (output.dtype, x.dtype)]
            raise made.refusal(f"gives {kinds[0]}, and the preset trains in {kinds[1]}")
        if not torch.equal(output.nan_to_num(), self._call(network, own, x).nan_to_num()):
            raise made.refusal("gives something else when it is called again")
        if not _close(output[: POINTS // 2], self._call(network, own, x[: POINTS // 2])):
            raise made.refusal(
                "gives for a point what depends on the other points of its batch, so that there is no fit"
            )
        return output

    def _call(self, network: Network, own: Mapping[str, Tensor], x: Tensor, stream: Stream | None = None) -> Any:
        """Outputs. Raises Refused where it fails, draws, or writes into what it is given."""
        x, own = x.clone(), {name: value.clone() for name, value in own.items()}
        given, before = own | {"its inputs": x}, drawn()
        versions = {name: value._version for name, value in given.items()}
        doing = f"fails on inputs [points, {x.shape[-1]}]" if stream is None else "fails in training"
        with torch.no_grad(), self._made.refusing(doing):
            output, _ = network._one(own, x, stream, None)
        if drawn() != before:
            raise self._made.refusal(
                "draws random numbers when it is called, which no step could repeat; only nn.Dropout's can be"
            )
        for name, value in given.items():
            if value._version != versions[name]:
                raise self._made.refusal(f"writes into {name} when it is called, and a step must change nothing")
        return output

    def _in_training(self, network: Network, own: Mapping[str, Tensor], resting: Tensor) -> tuple[bool, int]:
        """Whether it is another network in training, and most numbers that it draws for a point. Raises Refused where
        nothing can be learned."""
        with torch.no_grad(), self._made.refusing("fails in training"), DropCount() as drops:
            torch.func.functional_call(network.training, network.tensors(network.training, own), (self._x,))
        draws = max(drops.numbers, default=0)
        stream = _stream(draws)
        output = self._call(network, own, self._x, stream)
        leaves = {name: value.clone().requires_grad_() for name, value in own.items()}
        with torch.enable_grad(), self._made.refusing("fails in training"):
            learned, _ = network._one(leaves, self._x, stream, None)
            if not learned.requires_grad:
                raise self._made.refusal("gives outputs that depend on none of its parameters")
            torch.autograd.grad(learned.square().mean(), list(leaves.values()), allow_unused=True)
        return not torch.equal(output.nan_to_num(), resting.nan_to_num()), -(-draws // len(self._x))

    def _same_for_other_seeds(self, network: Network, own: Mapping[str, Tensor]) -> None:
        """Raise Refused where a seed decides on more than on parameters and buffers."""
        other = self._modules[2].eval().to(self._x.dtype)
        with torch.no_grad(), self._made.refusing("fails with seed 1"):
            expected = other(self._x)
        if not _close(expected, self._call(network, own, self._x)):
            raise self._made.refusal(
                "draws more at its start than parameters and buffers; what is drawn belongs into register_buffer"
            )

    def _with_limits(self, network: Network, model: Module, replicas: int) -> Module:
        """The model with what torch cannot do with it. Raises Refused where it must."""
        together = True
        try:
            self._side_by_side(network, model)
        except Refused:
            if replicas > 1:
                raise
            network.together = together = False
        return model.model_copy(update={"together": together, "smooth": self._curves(network, model)})

    def _side_by_side(self, network: Network, model: Module) -> None:
        """Raise Refused where replicas cannot go through it together."""
        layout = model.layout(*model.counts)
        both = initial(model.made, model.shapes, (0, 1), self._x.dtype)
        x, single = self._x.expand(2, *self._x.shape), [layout.views(row[None]) for row in both]
        stream = _stream(model.draws * len(self._x), 2) if model.modes else None
        with self._made.refusing("cannot be called for several replicas at once"):
            leaf = both.clone().requires_grad_()
            torch.autograd.grad(network.forward(layout.views(leaf), x, None, stream).sum(), leaf)
            network.forward(layout.views(leaf), x, [], None)
            with torch.no_grad():
                resting = network.forward(layout.views(both), x, [], None)
                alone = [network.forward(own, self._x[None], None, None)[0] for own in single]
        if not _close(torch.stack(alone), resting):
            raise self._made.refusal("gives something else for several replicas at once than for one")

    def _curves(self, network: Network, model: Module) -> bool:
        layout = model.layout(*model.counts)
        leaf = initial(model.made, model.shapes, (0,), self._x.dtype).requires_grad_()
        with torch.enable_grad():
            loss = network.forward(layout.views(leaf), self._x[None], None, None).square().mean()
            (gradient,) = torch.autograd.grad(loss, leaf, create_graph=True)
            try:
                torch.autograd.grad(gradient.sum(), leaf)
            except RuntimeError:
                return not gradient.requires_grad
        return True


def _stream(count: int, replicas: int = 0) -> Stream:
    """A stream for dropout, of so many numbers at once; for several replicas, or for one alone."""
    seeds = torch.arange(replicas) if replicas else torch.tensor(0)
    return Stream.of(seeds, Use.DROPOUT, counter_for(count)).fold(0)


def _close(one: Tensor, other: Tensor) -> bool:
    one, other = one.double(), other.double()
    same = one.isfinite() & other.isfinite()
    difference = (one - other).where(same, torch.zeros_like(one)).abs().max()
    size = one.where(same, torch.zeros_like(one)).abs().max()
    return bool((one.isfinite() == other.isfinite()).all()) and float(difference) <= _CLOSE * (1e-3 + float(size))


def _refuse_statistics(made: Program, module: nn.Module) -> None:
    for name, each in module.named_modules():
        if getattr(each, "track_running_stats", False) and getattr(each, "running_mean", None) is not None:
            kind = type(each).__name__
            raise made.refusal(
                f"has {kind} ({name or 'itself'}): its running statistics are written at every call, and a "
                "step must change nothing; expected LayerNorm, or none"
            )
