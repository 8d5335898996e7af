"""The optimizers that step, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from torch import Tensor
from torch.optim import Optimizer

from periodic_tui.watching.findings import OptimizerLook
from periodic_tui.watching.looking.parameters import Measured, Parameters, is_cleared


class Stepping:
    """One optimizer around one step of it."""

    def __init__(self, optimizer: Optimizer) -> None:
        """Before the step."""
        self.kind = type(optimizer).__name__
        self.lr = _largest(optimizer, "lr")
        self.momentum, self.weight_decay = (
            _largest(optimizer, "momentum", 0.0),
            _largest(optimizer, "weight_decay", 0.0),
        )
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
        without = [each for each in self.parameters if each.requires_grad and self._gets_nothing(each)]
        return OptimizerLook(
            kind=self.kind,
            lr=self.lr,
            momentum=self.momentum if self.kind == "SGD" else 0.0,
            weight_decay=self.weight_decay,
            parameters=sum(each.numel() for each in self.parameters),
            without_gradient=tuple(map(name_of, without)),
            cleared=self.cleared,
            backwards=self.backwards,
            foreign=foreign,
        )

    def _gets_nothing(self, parameter: Tensor) -> bool:
        gradient = self.figures.get(id(parameter), _UNKNOWN).gradient
        return math.isnan(gradient) or gradient == 0


_UNKNOWN = Measured(gradient=1.0)


def held_by(optimizer: Optimizer) -> Iterable[Tensor]:
    """Its parameters."""
    return (each for group in optimizer.param_groups for each in group["params"])


def gradients_cleared(optimizer: Optimizer) -> bool | None:
    """Whether none of its parameters has a gradient other than zero."""
    return is_cleared(held_by(optimizer))


def _largest(optimizer: Optimizer, name: str, otherwise: float = math.nan) -> float:
    """Of an option, among the groups."""
    values = (group.get(name) for group in optimizer.param_groups)
    return max((float(each) for each in values if isinstance(each, (int, float, Tensor))), default=otherwise)
