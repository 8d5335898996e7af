"""The optimizers that step, and what they hold."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence

from torch import Tensor
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from periodic_tui.watching.findings import OptimizerLook
from periodic_tui.watching.looking.parameters import Measured, Parameters, is_cleared

_UNKNOWN = Measured(gradient=1.0)


class Stepping:
    """Some parameters around a step that is taken on them."""

    def __init__(self, parameters: Sequence[Tensor], scale: Tensor | None = None) -> None:
        """Before the step; `scale`: what gradients are multiplied by, where they are."""
        self._parameters = [weakref.ref(each) for each in parameters]
        self.measured = Parameters(parameters, scale)
        self.figures: Mapping[int, Measured] = {}

    @property
    def parameters(self) -> list[Tensor]:
        """Those that are still there."""
        return [each for reference in self._parameters if (each := reference()) is not None]

    def stepped(self, gradients_are_new: bool = False) -> None:
        """After the step; whether gradients were computed while it was taken."""
        if gradients_are_new:
            self.measured.see_gradients()
        self.figures = self.measured.after()
        self.measured = Parameters(())

    @property
    def gets_nothing(self) -> bool:
        """Whether none of them has any gradient."""
        return all(math.isnan(self.figures.get(id(each), _UNKNOWN).gradient) for each in self.parameters)


class OptimizerStep(Stepping):
    """An optimizer around its step."""

    def __init__(self, optimizer: Optimizer, backwards: int) -> None:
        """Before the step. `backwards`: computations of gradients since the last one."""
        super().__init__(tuple(held_by(optimizer)), getattr(optimizer, "grad_scale", None))
        self.backwards, self._kind = backwards, type(optimizer).__name__
        self.cleared: bool | None = None
        """Whether gradients were cleared since then."""
        self._lr = _largest(optimizer, "lr", math.nan)
        self._momentum, self._decay = _largest(optimizer, "momentum", 0.0), _largest(optimizer, "weight_decay", 0.0)

    def look(self, name_of: Callable[[Tensor], str], foreign: bool) -> OptimizerLook:
        """What is found of it."""
        without = [each for each in self.parameters if each.requires_grad and self._gives_nothing(each)]
        return OptimizerLook(
            kind=self._kind,
            lr=self._lr,
            momentum=self._momentum if self._kind == "SGD" else 0.0,
            weight_decay=self._decay,
            parameters=sum(each.numel() for each in self.parameters if not is_lazy(each)),
            without_gradient=tuple(map(name_of, without)),
            cleared=self.cleared,
            backwards=self.backwards,
            foreign=foreign,
        )

    def _gives_nothing(self, parameter: Tensor) -> bool:
        gradient = self.figures.get(id(parameter), _UNKNOWN).gradient
        return math.isnan(gradient) or gradient == 0


def held_by(optimizer: Optimizer) -> Iterable[Tensor]:
    """Its parameters."""
    return (each for group in optimizer.param_groups for each in group["params"])


def gradients_cleared(optimizer: Optimizer) -> bool | None:
    """Whether none of its parameters has a gradient other than zero."""
    return is_cleared(held_by(optimizer))


def held_by_any() -> frozenset[int]:
    """Ids of the parameters of every optimizer that there is. Takes some ten milliseconds."""
    optimizers = [each for each in gc.get_objects() if issubclass(type(each), Optimizer)]
    return frozenset(id(each) for optimizer in optimizers for each in held_by(optimizer))


def _largest(optimizer: Optimizer, name: str, otherwise: float) -> float:
    """Of an option, among the groups."""
    values = (group.get(name) for group in optimizer.param_groups)
    return max((float(each) for each in values if isinstance(each, (int, float, Tensor))), default=otherwise)
