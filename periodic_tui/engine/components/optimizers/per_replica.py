"""Optimizers that look at whole matrices or whole networks: one instance of torch's for each replica."""

from __future__ import annotations

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.components.optimizers.of_torch import OfTorch, register_of_torch


class PerReplica(OfTorch):
    """An optimizer that torch.optim runs over the parameters of one replica, each `[*shape]`."""


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


register_of_torch("Adafactor", PerReplica, lr=1e-2, beta2_decay=-0.8, d=1.0, weight_decay=0.0)
register_of_torch(
    "LBFGS",
    PerReplica,
    lr=1.0,
    max_iter=20,
    tolerance_grad=1e-7,
    tolerance_change=1e-9,
    history_size=100,
    line_search_fn=None,
)
register_of_torch("Muon", OfMatrices, weight_decay=0.1, momentum=0.95, nesterov=True, ns_steps=5)
register_of_torch("SparseAdam", Sparse, betas=(0.9, 0.999), eps=1e-8)
