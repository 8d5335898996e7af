"""Optimizers, one file a family."""

from periodic_tui.engine.components.optimizers import adam, of_torch, sgd
from periodic_tui.engine.components.optimizers.base import ElementWise, Optimizer, OptimizerState, optimizers

__all__ = ["ElementWise", "Optimizer", "OptimizerState", "adam", "of_torch", "optimizers", "sgd"]
