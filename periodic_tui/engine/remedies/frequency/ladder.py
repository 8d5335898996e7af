"""The range of every replica, and how the loss stands on it: widen, retreat, redraw or stay."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Train
from periodic_tui.engine.remedies.context import RemedyContext

_MEMORY = 0.9
"""Weight of the past in the running average of the loss."""


def first_range(context: RemedyContext, half_width: float, fewest: int, growth: float, dtype: torch.dtype) -> Tensor:
    """Half-widths `[replicas]` of the first range: as asked for, or wider where it holds too few points."""
    wide = torch.full((context.replicas,), min(half_width, context.reach), dtype=dtype, device=context.device)
    while bool((context.points(wide) < fewest).any()) and float(wide.max()) < context.reach:
        wide = growth * wide
    return wide


@dataclass(frozen=True)
class Rules:
    """When a replica moves to another range."""

    growth: float
    """Factor of the range from rung to rung."""
    threshold: float
    """The range widens when the average loss is below this share of `scale`."""
    stage_steps: int
    """Fewest steps on a rung; also those between two looks."""
    patience: int
    """Steps on a rung after which it is given up."""
    max_steps: int


@dataclass(eq=False)
class Ladder:
    """One rung a replica. All tensors are `[replicas]`."""

    context: RemedyContext
    rules: Rules
    first: Tensor
    """The lowest rung: half-width of the first range."""
    enter: Callable[[Tensor, Tensor], Tensor]
    """Prepares for half-widths `[replicas]`, new in the replicas of the mask; returns the scale of the loss there."""
    redraw: Callable[[Tensor], None]
    """Gives the replicas of the mask a new start: they were lost on the lowest rung."""

    def __post_init__(self) -> None:
        zero = self.first.double() * 0
        self.half_width = self.first
        self.scale, self.average, self.weight, self.steps, self.done = zero, zero, zero, zero, zero.bool()
        self._loss = ""
        """The last loss that was looked at, in words; nothing has been measured yet on a rung just entered."""
        self._move(self.first, ~self.done)

    @property
    def share(self) -> Tensor:
        """Average loss as a share of the scale; the quotient by the weights takes away the bias of the start."""
        return self.average / self.weight / self.scale

    @property
    def stage(self) -> str:
        """What the screen says."""
        done = f"{int(self.done.sum())} of {self.context.replicas} done, " if self.context.replicas > 1 else ""
        return f"{done}range ±{float(self.half_width.min()):.3g} of ±{self.context.reach:,.5g}{self._loss}"

    def climb(self) -> Generator[Train, Tensor, None]:
        """Up to the widest range, or until the steps are used up."""
        spent = 0
        while not bool(self.done.all()) and spent < self.rules.max_steps:
            losses = yield Train(self.rules.stage_steps, self.stage)
            spent += self.rules.stage_steps
            self._look(losses.double())

    def _look(self, losses: Tensor) -> None:
        for loss in losses:
            self.average = _MEMORY * self.average + (1 - _MEMORY) * loss
            self.weight = _MEMORY * self.weight + (1 - _MEMORY)
        self.steps = self.steps + len(losses)
        self._loss = f", loss {float(self.share.max()):.1e}"
        fallen = self.share < self.rules.threshold
        widest = self.half_width >= self.context.reach
        self.done = self.done | (fallen & widest & (self.steps >= 4 * self.rules.stage_steps))
        lost = ~fallen & ~self.done & (self.steps >= self.rules.patience)
        hopeless = lost & (self.half_width <= self.first)
        if bool(hopeless.any()):
            self.redraw(hopeless)
        self._climb_or_retreat(fallen & ~widest, lost)

    def _climb_or_retreat(self, widen: Tensor, lost: Tensor) -> None:
        wider = (self.half_width * self.rules.growth).clamp(max=self.context.reach)
        narrower = (self.half_width / self.rules.growth).maximum(self.first)
        self._move(wider.where(widen, narrower.where(lost, self.half_width)), widen | lost)

    def _move(self, half_width: Tensor, where: Tensor) -> None:
        if not bool(where.any()):
            return
        self.half_width = half_width
        self.context.narrow(half_width)
        scale = self.enter(half_width, where).double()
        self.scale = scale.clamp_min(torch.finfo(scale.dtype).tiny).where(where, self.scale)
        self.average, self.weight, self.steps = (
            value.masked_fill(where, 0.0) for value in (self.average, self.weight, self.steps)
        )
