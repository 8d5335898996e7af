"""The losses that a step computes: calls of torch's, and differences in code."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import LossLook
from periodic_tui.watching.looking.samples import Sample
from periodic_tui.watching.loss_figures import axis_of, counts_of, value_of

ELEMENTWISE = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss"))
"""Those that stretch shapes that differ."""
FUNCTIONS = ELEMENTWISE | frozenset(
    (
        "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div",
        "gaussian_nll_loss", "soft_margin_loss", "hinge_embedding_loss", "multilabel_margin_loss", "multi_margin_loss",
        "multilabel_soft_margin_loss",
    )
)  # fmt: skip
DIFFERENCES = frozenset(("sub", "rsub", "subtract", "__sub__", "__rsub__", "sub_", "__isub__"))


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

    def look(self) -> LossLook:
        """What is found of it."""
        return LossLook(
            kind=self.kind,
            prediction=self.prediction.values(),
            target=self.target.values(),
            broadcast=self.broadcast,
            comes_from=self.comes_from,
            labels=self.labels,
            value=self.value,
            counts=self.counts,
            axis=self.along,
        )


def sides(first: object, second: object) -> tuple[Tensor, Tensor] | None:
    """Prediction and target: which is which shows by what needs a gradient. None where that does not tell."""
    if not (isinstance(first, Tensor) and isinstance(second, Tensor)):
        return None
    if first.requires_grad == second.requires_grad:
        return None
    return (first, second) if first.requires_grad else (second, first)


def loss_of(kind: str, prediction: Tensor, target: Tensor, comes_from: str) -> Loss:
    """The loss of a call."""
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
    )
