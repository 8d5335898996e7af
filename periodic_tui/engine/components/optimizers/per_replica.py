"""Optimizers that look at whole matrices or whole networks: one instance of torch's for each replica."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.components.optimizers.base import Betas, Fraction, NonNegative, Optimizer, Positive, optimizers

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class PerReplica(Optimizer):
    """An optimizer that torch.optim runs over the parameters of one replica."""

    def build(self, parameters: list[Tensor]) -> torch.optim.Optimizer:
        """torch's optimizer over one replica's parameters, each `[*shape]`."""
        import torch

        options = self.model_dump(exclude={"kind"}, exclude_none=True)
        return getattr(torch.optim, type(self).__name__)(parameters, **options)


@optimizers.register
class Adafactor(PerReplica):
    """torch.optim.Adafactor: second moments of a matrix by its rows and columns."""

    kind: Literal["adafactor"] = "adafactor"
    lr: NonNegative = 1e-2
    beta2_decay: Annotated[float, Field(le=0)] = -0.8
    d: Annotated[float, Field(ge=1)] = 1.0
    weight_decay: NonNegative = 0.0


@optimizers.register
class LBFGS(PerReplica):
    """torch.optim.LBFGS: evaluates the loss several times in a step, always on that step's batch."""

    kind: Literal["lbfgs"] = "lbfgs"
    lr: NonNegative = 1.0
    max_iter: Annotated[int, Field(ge=1, le=1_000)] = 20
    tolerance_grad: NonNegative = 1e-7
    tolerance_change: NonNegative = 1e-9
    history_size: Annotated[int, Field(ge=1, le=1_000)] = 100
    line_search_fn: Literal["strong_wolfe"] | None = None


@optimizers.register
class Muon(PerReplica):
    """torch.optim.Muon: updates of matrices, made orthogonal."""

    kind: Literal["muon"] = "muon"
    weight_decay: NonNegative = 0.1
    momentum: Fraction = 0.95
    nesterov: bool = True
    ns_steps: Annotated[int, Field(ge=1, le=99)] = 5

    def conflicts(self, layout: Layout) -> dict[str, str]:
        others = [parameter.name for parameter in layout.parameters if len(parameter.shape) != 2]
        if not others:
            return {}
        return {"kind": f"muon moves matrices only, and {others[0]} is none; expected a model without biases"}


@optimizers.register
class SparseAdam(PerReplica):
    """torch.optim.SparseAdam, which takes no dense gradient."""

    kind: Literal["sparseadam"] = "sparseadam"
    betas: Betas = (0.9, 0.999)
    eps: Positive = 1e-8

    def conflicts(self, layout: Layout) -> dict[str, str]:
        return {"kind": "sparseadam takes sparse gradients only, and those of these models are dense; expected adam"}
