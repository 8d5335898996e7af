"""The optimizers that step, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from periodic_tui.watching.findings import OptimizerLook
from periodic_tui.watching.looking.parameters import Measured, Parameters, is_cleared


class Stepping:
    """One optimizer around one step of it."""

    def __init__(self, optimizer: Optimizer) -> None:
        """Before the step."""
        self.kind = type(optimizer).__name__
        self.lr = max((_number(group.get("lr")) for group in optimizer.param_groups), default=math.nan)
        self.momentum = max((_number(group.get("momentum"), 0.0) for group in optimizer.param_groups), default=0.0)
        self.parameters = tuple(held_by(optimizer))
        self.measured = Parameters(self.parameters, getattr(optimizer, "grad_scale", None))
        self.figures: Mapping[int, Measured] = {}
        self.cleared: bool | None = None
        self.backwards = 0

    def stepped(self, inside: bool) -> None:
        """After the step; `inside`: gradients were computed while it was taken."""
        if inside:
            self.measured.see_gradients()
        self.figures = self.measured.after()

    def look(self, name_of: Callable[[Tensor], str], foreign: bool) -> OptimizerLook:
        """What is found of it."""
        without = [
            each for each in self.parameters
            if each.requires_grad and id(each) in self.figures and not self.figures[id(each)].gradient != 0.0
            or id(each) in self.figures and each.requires_grad and math.isnan(self.figures[id(each)].gradient)
        ]  # fmt: skip
        return OptimizerLook(
            self.kind, self.lr, self.momentum if self.kind == "SGD" else 0.0,
            sum(each.numel() for each in self.parameters), tuple(map(name_of, without)),
            self.cleared, self.backwards, foreign,
        )  # fmt: skip


def held_by(optimizer: Optimizer) -> Iterable[Tensor]:
    """Its parameters."""
    return (each for group in optimizer.param_groups for each in group["params"])


def gradients_cleared(optimizer: Optimizer) -> bool | None:
    """Whether none of its parameters has a gradient other than zero."""
    return is_cleared(held_by(optimizer))


def _number(value: Any, otherwise: float = math.nan) -> float:
    return float(value) if isinstance(value, (int, float, Tensor)) else otherwise
