"""Optimizers of torch.optim that act element-wise, on one `[replicas, parameters]` tensor: the replicas stay apart."""

from __future__ import annotations

from periodic_tui.engine.components.optimizers.of_torch import OfTorch, register_of_torch


class FromTorch(OfTorch):
    """An optimizer of which one instance does for all replicas."""


_BETAS = (0.9, 0.999)

register_of_torch("Adadelta", FromTorch, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0)
register_of_torch(
    "Adagrad", FromTorch, lr=1e-2, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10
)
register_of_torch("Adamax", FromTorch, lr=2e-3, betas=_BETAS, eps=1e-8, weight_decay=0.0)
register_of_torch("ASGD", FromTorch, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0)
register_of_torch("NAdam", FromTorch, lr=2e-3, betas=_BETAS, eps=1e-8, weight_decay=0.0, momentum_decay=4e-3)
register_of_torch("RAdam", FromTorch, betas=_BETAS, eps=1e-8, weight_decay=0.0)
register_of_torch("RMSprop", FromTorch, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False)
register_of_torch("Rprop", FromTorch, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50.0))
