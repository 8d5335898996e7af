"""What is measured of the tensors that meet in a loss, beside what each of them holds."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from periodic_tui.engine.arrays import Floats

CLASSES = 1_024
_ENTRIES = 1 << 22
"""Larger predictions are not looked into."""
_ONE = 1e-3
"""Sums are 1 up to this, also in half precision."""
_OF_CLASSES = ("cross_entropy", "nll_loss")
_OF_SHARES = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


def value_of(kind: str, prediction: Tensor, target: Tensor) -> float:
    """Mean loss over the batch: nats for cross entropies, else the squared difference. NaN where that means nothing."""
    if not prediction.numel() or prediction.numel() > _ENTRIES or not target.numel():
        return math.nan
    with torch.no_grad():
        try:
            return float(_value(kind, prediction.detach(), target.detach()))
        except (RuntimeError, ValueError, IndexError):
            return math.nan


def _value(kind: str, prediction: Tensor, target: Tensor) -> Tensor:
    if kind in _OF_CLASSES:
        return getattr(functional, kind)(prediction.float(), target)
    if prediction.numel() != target.numel():
        raise ValueError
    prediction, target = prediction.flatten().float(), target.flatten().float()
    if kind in _OF_SHARES:
        return getattr(functional, kind)(prediction, target)
    return (prediction - target).square().mean()


def counts_of(kind: str, prediction: Tensor, target: Tensor) -> Floats:
    """`[classes]`: how often each is in a target of class numbers; empty for others, and for very many classes."""
    classes = prediction.shape[1] if prediction.dim() > 1 else 0
    whole = not (target.is_floating_point() or target.is_complex() or target.dtype == torch.bool)
    if kind not in _OF_CLASSES or not whole or not 0 < classes <= CLASSES:
        return np.empty(0)
    places = target.detach().flatten()
    inside = places[(places >= 0) & (places < classes)].long()
    return torch.bincount(inside, minlength=classes).cpu().double().numpy()


def axis_of(prediction: Tensor, made_by: str) -> int | None:
    """The dimension along which what a softmax has made sums to 1, where that is neither the last nor the channels'."""
    if "softmax" not in made_by or not prediction.dim() or prediction.numel() > _ENTRIES:
        return None
    with torch.no_grad():
        shares = prediction.detach().float()
        shares = shares.exp() if made_by.startswith("log") else shares
        usual = {prediction.dim() - 1, 1} if prediction.dim() > 1 else set[int]()
        if any(_sums_to_one(shares, axis) for axis in usual):
            return None
        return next((axis for axis in range(prediction.dim()) if _sums_to_one(shares, axis)), None)


def _sums_to_one(shares: Tensor, axis: int) -> bool:
    return bool(((shares.sum(axis) - 1).abs() < _ONE).all())
