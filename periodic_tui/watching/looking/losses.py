"""The losses that a step computes: calls of torch's, and differences in code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import LossLook
from periodic_tui.watching.looking.loss_figures import axis_of, counts_of, value_of
from periodic_tui.watching.looking.samples import Sample

ELEMENTWISE = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss"))
"""Those that stretch shapes that differ."""
FUNCTIONS = ELEMENTWISE | frozenset(
    (
        "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div",
        "gaussian_nll_loss", "soft_margin_loss", "hinge_embedding_loss", "multilabel_margin_loss", "multi_margin_loss",
        "multilabel_soft_margin_loss",
    )
)  # fmt: skip
DIFFERENCES = frozenset(("sub", "rsub", "subtract", "__sub__", "__rsub__"))
_MOST = 64


@dataclass(eq=False)
class Loss:
    """One of them."""

    kind: str
    prediction: Sample
    target: Sample
    comes_from: str
    labels: bool
    broadcast: bool
    value: float
    counts: Floats
    along: int | None
    source: object = None
    """The layer that the prediction comes from."""

    def is_again(self, other: Loss) -> bool:
        """Whether it is the same loss of another batch."""
        return (self.kind, self.source, self.comes_from) == (other.kind, other.source, other.comes_from)

    def look(self) -> LossLook:
        """What is found of it."""
        return LossLook(
            kind=self.kind,
            prediction=self.prediction.values,
            target=self.target.values,
            broadcast=self.broadcast,
            comes_from=self.comes_from,
            labels=self.labels,
            value=self.value,
            counts=self.counts,
            axis=self.along,
        )


class Losses:
    """Those of a step."""

    def __init__(self) -> None:
        self._new: list[Loss] = []
        self.all: list[Loss] = []
        """Whose gradients were computed, in the order of the calls; of several batches the last one's."""

    @property
    def count(self) -> int:
        """Of those whose gradients are not computed yet."""
        return len(self._new)

    def keep(self, loss: Loss, past: tuple[Loss, ...]) -> tuple[Loss, ...]:
        """One more was computed, from these among others; gives all of them."""
        if len(self._new) < _MOST and loss not in self._new:
            self._new.append(loss)
        return past if loss in past else (*past, loss)

    def backward(self, used: Sequence[Loss]) -> None:
        """Gradients of these were computed; of all new ones, where that is not known."""
        new = [loss for loss in self._new if loss in used] if used else self._new
        self.all = [old for old in self.all if not any(old.is_again(loss) for loss in new)][-_MOST:] + list(new)
        self._new = []


def sides_of(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tensor, Tensor] | None:
    """Prediction and target of a call: which is which shows by what needs a gradient. None where there is no loss, or
    that does not tell."""
    if name in FUNCTIONS:
        both = [*args[:2], *(kwargs[word] for word in ("input", "target") if word in kwargs)]
    elif name in DIFFERENCES:
        both = [*args[:2], *(kwargs[word] for word in ("input", "other") if word in kwargs)]
    else:
        return None
    return sides(both)


def sides(both: Sequence[Any]) -> tuple[Tensor, Tensor] | None:
    """Prediction and target among two tensors."""
    if len(both) != 2 or not all(isinstance(each, Tensor) and each.numel() for each in both):
        return None
    first, second = both
    if first.requires_grad == second.requires_grad:
        return None
    return (first, second) if first.requires_grad else (second, first)


def kind_of(name: str) -> str:
    """What a loss is called that a function computes."""
    return name if name in FUNCTIONS else "difference"


def loss_of(kind: str, prediction: Tensor, target: Tensor, comes_from: str, source: object) -> Loss:
    """The loss of a call, whose prediction was made by that function, and comes from that layer."""
    labels = not (target.is_floating_point() or target.is_complex()) and kind in ("cross_entropy", "nll_loss")
    stretched = prediction.shape != target.shape and (kind in ELEMENTWISE or kind == "difference")
    return Loss(
        kind,
        Sample(prediction),
        Sample(target),
        comes_from,
        labels,
        stretched,
        value_of(kind, prediction, target),
        counts_of(kind, prediction, target),
        axis_of(prediction, comes_from),
        source,
    )
