"""Losses, each beside what the best constant gets: what a network is measured against that knows no input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

LossName = Literal["mse", "mae", "huber", "circular", "bce", "bce-with-logits", "cross-entropy"]
_HALVINGS = 100
"""Of the interval in which the best constant lies."""


@dataclass(frozen=True)
class Loss:
    """How far a prediction is from an output, and how far the best constant is on the average."""

    each: Callable[[Tensor, Tensor, float], Tensor]
    """Of predictions and outputs `[..., outputs]` and delta, `[..., outputs]` or `[..., 1]`."""
    constant: Callable[[Tensor, float], Tensor]
    """Of outputs `[points, outputs]` and delta, `[outputs]` or `[]`."""
    power: int = 0
    """The power of y's unit that it comes in; 0: it means nothing for numbers of any unit."""


def _circular_variance(y: Tensor, delta: float) -> Tensor:
    """Mardia, 1972."""
    return 1 - y.cos().mean(0).hypot(y.sin().mean(0))


def _huber(prediction: Tensor, y: Tensor, delta: float) -> Tensor:
    from torch.nn.functional import huber_loss

    return huber_loss(prediction, y.expand_as(prediction), reduction="none", delta=delta)


def _huber_constant(y: Tensor, delta: float) -> Tensor:
    """At the root of the mean slope, which rises with the constant."""
    low, high = y.amin(0), y.amax(0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = (middle - y).clamp(-delta, delta).mean(0) > 0
        low, high = middle.where(~above, low), middle.where(above, high)
    return _huber(((low + high) / 2).expand_as(y), y, delta).mean(0)


def _of_probabilities(prediction: Tensor, y: Tensor, delta: float) -> Tensor:
    """torch refuses probabilities that are not numbers; here they are a loss that is none, as everywhere."""
    from torch.nn.functional import binary_cross_entropy

    known, y = ~prediction.isnan(), y.expand_as(prediction)
    each = binary_cross_entropy(prediction.where(known, y), y, reduction="none")
    return each.where(known, prediction)


def _of_logits(prediction: Tensor, y: Tensor, delta: float) -> Tensor:
    from torch.nn.functional import binary_cross_entropy_with_logits

    return binary_cross_entropy_with_logits(prediction, y.expand_as(prediction), reduction="none")


def _entropy(y: Tensor, delta: float) -> Tensor:
    rate = y.mean(0)
    return -(rate.xlogy(rate) + (1 - rate).xlogy(1 - rate))


LOSSES: dict[str, Loss] = {
    "mse": Loss(lambda p, y, d: (p - y).square(), lambda y, d: y.var(0, correction=0), power=2),
    "mae": Loss(lambda p, y, d: (p - y).abs(), lambda y, d: (y - y.quantile(0.5, 0)).abs().mean(0), power=1),
    "huber": Loss(_huber, _huber_constant, power=2),
    "circular": Loss(lambda p, y, d: 1 - (p - y).cos(), _circular_variance),
    "bce": Loss(_of_probabilities, _entropy),
    "bce-with-logits": Loss(_of_logits, _entropy),
    "cross-entropy": Loss(
        lambda p, y, d: -(y * p.log_softmax(-1)).sum(-1, keepdim=True),
        lambda y, d: -y.mean(0).xlogy(y.mean(0)).sum(),
    ),
}


def loss_of_best_constant(y: Tensor, kind: str, delta: float = 1.0) -> float:
    """The least mean loss that a constant has on `y` `[points, outputs]`."""
    return float(LOSSES[kind].constant(y.double(), delta).mean())
