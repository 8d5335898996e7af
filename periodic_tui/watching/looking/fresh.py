"""What weights tell of how they were drawn."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from periodic_tui.watching.looking.samples import is_readable

_WEIGHTS, _FEWEST = 1 << 16, 24
_DRAWN = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def is_fresh(module: nn.Module | None) -> bool:
    """Whether the weights lie as torch draws them at first, uniformly within 1/√inputs; not known of few of them."""
    weight = getattr(module, "weight", None)
    if not isinstance(module, _DRAWN) or not isinstance(weight, Tensor) or not is_readable(weight):
        return False
    inputs = math.prod(weight.shape[1:])
    some = weight.detach().flatten()[:_WEIGHTS]
    if len(some) < _FEWEST:
        return False
    ends, spread = (torch.stack((some.abs().max(), some.std() * 3**0.5)) * inputs**0.5).tolist()
    return 0.9 < ends <= 1 + 1e-6 and abs(spread - 1) < 5 / len(some) ** 0.5


def are_equal(module: nn.Module | None) -> bool:
    """Whether all units of a layer have the same weights, and there are several."""
    weight = getattr(module, "weight", None)
    if not isinstance(module, _DRAWN) or not isinstance(weight, Tensor) or not is_readable(weight) or len(weight) < 2:
        return False
    some = weight.detach().flatten(1)[:, : max(1, _WEIGHTS // len(weight))]
    return bool((some == some[0]).all())
