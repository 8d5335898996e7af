"""Optimizers that torch.optim runs: on the eager engine only, since torch keeps their state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

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
    "RMSprop.alpha": Fraction,
    "step_sizes": Annotated[tuple[Positive, Positive], Field(strict=False)],
}
"""What an option can be; one that is not here is a number from 0."""


class OfTorch(Optimizer):
    """An optimizer that torch.optim runs."""

    def build(self, parameters: list[Tensor]) -> torch.optim.Optimizer:
        """Make torch's optimizer over these parameters."""
        import torch

        options = self.model_dump(exclude={"kind"}, exclude_none=True)
        return getattr(torch.optim, type(self).__name__)(parameters, **options)


def register_of_torch(name: str, base: type[OfTorch], **options: Any) -> None:
    """Register torch.optim's class of that name as a kind, with its options and torch's own defaults of them."""
    types = {option: _TYPES.get(f"{name}.{option}", _TYPES.get(option, NonNegative)) for option in options}
    optimizers.define(name, base, **{option: (types[option], default) for option, default in options.items()})
