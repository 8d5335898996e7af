"""What meets in the loss, and how: facts of the script, whatever the loss does."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.watching.findings import Look, LossLook
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import OF_CLASSES
from periodic_tui.watching.verdicts.rules.base import Statement, figure, rule, said, shape_of, steadily

_HAS_SOFTMAX: Final = ("cross_entropy",)
_HAS_SIGMOID: Final = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")


def _stretched(loss: LossLook) -> tuple[int, ...] | None:
    """The common shape, where that cannot be meant: it is larger than both, or torch itself would warn."""
    prediction, target = loss.prediction.shape, loss.target.shape
    if not loss.broadcast or prediction == target:
        return None
    try:
        shape = np.broadcast_shapes(prediction, target)
    except ValueError:
        return None
    smaller, larger = sorted((math.prod(prediction), math.prod(target)))
    both = math.prod(shape) > larger
    return shape if both or (loss.kind != "difference" and 1 < smaller < larger) else None


def _stretched_in(look: Look) -> tuple[LossLook, tuple[int, ...]] | None:
    return next(((loss, shape) for loss in look.losses if (shape := _stretched(loss))), None)


@rule("shape-broadcast")
def shape_broadcast(memory: Memory) -> Statement | None:
    """Prediction and target have different shapes and were stretched to a common one that is larger than both; or one
    of them was stretched in a loss of torch's own, which warns of it."""
    found = steadily(memory, _stretched_in)
    if found is None:
        return None
    loss, shape = found
    prediction, target, common = shape_of(loss.prediction), shape_of(loss.target), "×".join(map(str, shape))
    name = "the loss" if loss.kind == "difference" else loss.kind
    text = (
        f"The prediction is {prediction} and the target {target}: {name} stretches them to {common}, so that "
        f"{_mixes(loss, shape)}. Give both one shape: {_mended(loss)}."
    )
    short = (
        f"Prediction {prediction} and target {target} are stretched to {common} in the loss.",
        f"Prediction {prediction}, target {target}: stretched to {common}.",
        f"Prediction and target are stretched to {common}.",
    )
    return said(text, short, prediction=prediction, target=target, common=common, loss=loss.kind)


def _mixes(loss: LossLook, shape: tuple[int, ...]) -> str:
    """What is compared with what."""
    if math.prod(shape) > max(math.prod(loss.prediction.shape), math.prod(loss.target.shape)):
        return "predictions are compared with targets of other samples, and the best they can be is the mean"
    if shape == loss.prediction.shape:
        return "several outputs are trained on the same target"
    return "one output is trained on several targets, of which it can learn the mean"


def _mended(loss: LossLook) -> str:
    if len(loss.target.shape) < len(loss.prediction.shape):
        return "target.unsqueeze(1), or prediction.squeeze(1)"
    if len(loss.target.shape) > len(loss.prediction.shape):
        return "prediction.unsqueeze(1), or target.squeeze(1)"
    return "target.view_as(prediction), or another number of outputs"


@rule("softmax-wrong-dim")
def softmax_wrong_dim(memory: Memory) -> Statement | None:
    """A softmax in front of the loss, or in it, runs over the batch."""
    return steadily(memory, lambda look: next((s for s in map(_over_batch, look.losses) if s), None))


def _over_batch(loss: LossLook) -> Statement | None:
    shape, target = loss.prediction.shape, loss.target.shape
    inside = loss.kind in _HAS_SOFTMAX and len(shape) == 1 and target == shape
    alone = len(shape) == 1 and target[:1] != shape
    if not shape or shape[0] < 2 or alone or not (inside or loss.axis == 0):
        return None
    what = f"{loss.kind} itself" if inside else f"the {loss.comes_from or 'softmax'} in front of {loss.kind}"
    text = (
        f"The softmax runs over the batch: the prediction is {shape_of(loss.prediction)}, and {what} sums to 1 over "
        f"its {shape[0]:,} samples, not over the classes of each. Take the softmax over dim=1"
        + (", and give the loss a prediction [samples, classes]." if inside else ".")
    )
    short = (f"The softmax runs over the {shape[0]:,} samples of the batch, not over the classes.",)
    return said(text, short, prediction=shape_of(loss.prediction), dim=0, loss=loss.kind)


@rule("one-class-softmax")
def one_class_softmax(memory: Memory) -> Statement | None:
    """The softmax in front of the loss, or in it, has a single unit: its output is 1 whatever the network does."""
    return steadily(memory, lambda look: next((s for s in map(_of_one, look.losses) if s), None))


def _of_one(loss: LossLook) -> Statement | None:
    shape, low, high = loss.prediction.shape, loss.prediction.low, loss.prediction.high
    inside = loss.kind in OF_CLASSES and len(shape) > 1 and shape[1] == 1
    constant = 0.0 if loss.comes_from.startswith("log") else 1.0
    ahead = "softmax" in loss.comes_from and len(shape) > 1 and shape[-1] == 1 and low == high == constant
    if not (inside or ahead):
        return None
    where = loss.kind if inside else f"{loss.comes_from} in front of {loss.kind}"
    text = (
        f"The softmax has one unit: {where} gets a prediction of {shape_of(loss.prediction)}, one class, whose share "
        "is 1 whatever the network gives, and no gradient comes back. Take a sigmoid with a binary cross entropy, or "
        "as many outputs as there are classes."
    )
    short = (f"Softmax over one unit: it is always 1 (prediction {shape_of(loss.prediction)}, {loss.kind}).",)
    return said(text, (*short, "Softmax over one unit: it is always 1."), prediction=shape_of(loss.prediction))


@rule("softmax-twice")
def softmax_twice(memory: Memory) -> Statement | None:
    """A softmax or sigmoid right in front of a loss that has its own."""
    found = steadily(memory, lambda look: next((loss for loss in look.losses if _is_twice(loss)), None))
    if found is None:
        return None
    first, kind, classes = found.comes_from, found.kind, (*found.prediction.shape, 1, 1)[1]
    own = "softmax" if kind in _HAS_SOFTMAX else "sigmoid"
    floor = f"; {_floor(classes)}" if own == "softmax" and classes > 1 else ""
    text = (
        f"A {first} stands in front of {kind}, which has its own {own}: the loss sees shares between 0 and 1 "
        f"as if they were logits{floor}. Leave out the {first}: give the loss what comes before it."
    )
    short = (f"{first} in front of {kind}, which has its own {own}.", f"{first} in front of {kind}.")
    return said(text, short, first=first, loss=kind, classes=classes)


def _floor(classes: int) -> str:
    least = math.log1p((classes - 1) / math.e)
    return f"with {classes:,} classes it cannot come below {figure(least)} of {figure(math.log(classes))} nats"


def _is_twice(loss: LossLook) -> bool:
    return loss.comes_from in ("softmax", "sigmoid") and loss.kind in (*_HAS_SOFTMAX, *_HAS_SIGMOID)
