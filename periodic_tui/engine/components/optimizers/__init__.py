"""Optimizers, one file a family."""

from periodic_tui.engine.components.optimizers import adam, per_replica, sgd, torch_optim
from periodic_tui.engine.components.optimizers.base import ElementWise, Optimizer, OptimizerState, optimizers

__all__ = ["ElementWise", "Optimizer", "OptimizerState", "adam", "optimizers", "per_replica", "sgd", "torch_optim"]
