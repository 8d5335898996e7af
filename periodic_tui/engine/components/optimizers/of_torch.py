"""Optimizers that torch.optim runs: on the eager engine only, since torch keeps their state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.components.numbers import Fraction, NonNegative, Positive
from periodic_tui.engine.components.optimizers.base import Betas, Optimizer, optimizers

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_Iterations = Annotated[int, Field(ge=1, le=1_000)]
_TYPES: dict[str, Any] = {
    "betas": Betas,
    "beta2_decay": Annotated[float, Field(le=0)],
    "centered": bool,
    "d": Annotated[float, Field(ge=1)],
    "eps": Positive,
    "etas": Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], Annotated[float, Field(gt=1)]], Field(strict=False)],
    "history_size": _Iterations,
    "line_search_fn": Literal["strong_wolfe"] | None,
    "max_iter": _Iterations,
    "momentum": Fraction,
    "nesterov": bool,
    "ns_steps": Annotated[int, Field(ge=1, le=99)],
    "rho": Fraction,
    "ASGD.alpha": Annotated[float, Field(ge=0, le=2)],
    "RMSprop.alpha": Fraction,
    "step_sizes": Annotated[tuple[Positive, Positive], Field(strict=False)],
}
"""What an option can be; one that is not here is a number from 0."""


class OfTorch(Optimizer):
    """One that torch.optim runs: element-wise, on one `[replicas, parameters]` tensor, the replicas stay apart."""

    def build(self, parameters: list[Tensor]) -> torch.optim.Optimizer:
        """Make torch's optimizer over these parameters."""
        import torch

        options = self.model_dump(exclude={"kind"}, exclude_none=True)
        return getattr(torch.optim, type(self).__name__)(parameters, **options)


class PerReplica(OfTorch):
    """One that looks at whole matrices or whole networks: an instance for each replica, over parameters `[*shape]`."""


class OfMatrices(PerReplica):
    """An optimizer for matrices only."""

    def conflicts(self, layout: Layout) -> dict[str, str]:
        others = [parameter.name for parameter in layout.parameters if len(parameter.shape) != 2]
        if not others:
            return {}
        return {"kind": f"{self.kind} moves matrices only, and {others[0]} is none; expected a model without biases"}


class Sparse(PerReplica):
    """An optimizer that takes no dense gradient."""

    def conflicts(self, layout: Layout) -> dict[str, str]:
        return {"kind": f"{self.kind} takes sparse gradients only, and those of these models are dense; expected adam"}


def _register(name: str, base: type[OfTorch], **options: Any) -> None:
    """Register torch.optim's class of that name as a kind, with its options and torch's own defaults of them."""
    types = {option: _TYPES.get(f"{name}.{option}", _TYPES.get(option, NonNegative)) for option in options}
    optimizers.define(name, base, **{option: (types[option], default) for option, default in options.items()})


_register("Adafactor", PerReplica, lr=1e-2, beta2_decay=-0.8, d=1.0, weight_decay=0.0)
_SETTLED = {"tolerance_grad": 1e-7, "tolerance_change": 1e-9}
_register("LBFGS", PerReplica, lr=1.0, max_iter=20, **_SETTLED, history_size=100, line_search_fn=None)
_register("Muon", OfMatrices, weight_decay=0.1, momentum=0.95, nesterov=True, ns_steps=5)
_register("SparseAdam", Sparse, betas=(0.9, 0.999), eps=1e-8)
_register("Adadelta", OfTorch, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0)
_register("Adagrad", OfTorch, lr=1e-2, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10)
_register("Adamax", OfTorch, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
_register("ASGD", OfTorch, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0)
_register("NAdam", OfTorch, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3)
_register("RAdam", OfTorch, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
_register("RMSprop", OfTorch, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False)
_register("Rprop", OfTorch, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50.0))
