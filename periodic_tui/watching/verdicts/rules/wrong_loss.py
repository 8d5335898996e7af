"""Losses that do not suit what they are given."""

from __future__ import annotations

import math
from typing import Final

from periodic_tui.watching.findings import Look, LossLook
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import main_loss, progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, figure, rule, said, steadily

_OF_LOGARITHMS: Final = ("nll_loss", "kl_div")
_ROUNDING: Final = 1e-3
_FLAT_AT_ENDS: Final = ("sigmoid", "softmax")


@rule("wrong-loss")
def wrong_loss(memory: Memory) -> Statement | None:
    """A loss of logarithms of probabilities gets something else; or the loss's sign is turned, and it grows."""
    found = steadily(memory, lambda look: next((s for s in map(_no_logarithms, look.losses) if s), None))
    return found or _upside_down(memory)


def _no_logarithms(loss: LossLook) -> Statement | None:
    shares = loss.comes_from in ("softmax", "sigmoid")
    if loss.kind not in _OF_LOGARITHMS or not (
        loss.prediction.high > _ROUNDING or (shares and loss.kind == "nll_loss")
    ):
        return None
    low, high = figure(loss.prediction.low), figure(loss.prediction.high)
    got = f"the output of {loss.comes_from}" if loss.comes_from else "something else"
    text = (
        f"The loss, {loss.kind}, wants logarithms of probabilities, which are at most 0, and gets {got}, {low} to "
        f"{high}: its value is no likelihood. Put log_softmax(dim=1) in front of it"
        + (", or take cross_entropy on the logits." if loss.kind == "nll_loss" else ".")
    )
    short = (f"{loss.kind} wants log-probabilities (at most 0) and gets {low} to {high}.",)
    return said(text, short, loss=loss.kind, low=loss.prediction.low, high=loss.prediction.high)


def _upside_down(memory: Memory) -> Statement | None:
    found = steadily(memory, _negated, looks=3)
    first = next((loss for look in memory.kept if (loss := _negated(look))), None)
    if found is None or first is None or not found.value > first.value:
        return None
    text = (
        f"What backward is called on is minus {found.kind}: training makes the error larger, {figure(first.value)} at "
        f"first, {figure(found.value)} now. Leave out the minus."
    )
    short = (f"The loss is minus {found.kind}: the error grows, {figure(first.value)} to {figure(found.value)}.",)
    return said(text, short, loss=found.kind, first=first.value, now=found.value)


def _negated(look: Look) -> LossLook | None:
    loss = main_loss(look)
    if loss is None or len(look.optimizers) != 1 or not loss.value > 0:
        return None
    return loss if math.isclose(look.loss, -loss.value, rel_tol=1e-3) else None


@rule("wrong-loss")
def squared_classes(memory: Memory) -> Statement | None:
    """A squared error on classes behind a sigmoid or softmax, where the network does not get below a constant."""
    found = steadily(memory, main_loss, looks=3)
    if found is None or found.kind != "mse_loss" or found.comes_from not in _FLAT_AT_ENDS or not found.labels:
        return None
    progress = progress_of(memory)
    if not progress.failed:
        return None
    better = "binary_cross_entropy" if found.comes_from == "sigmoid" else "cross_entropy"
    text = (
        f"mse_loss on classes behind a {found.comes_from}: where an answer is quite wrong, its slope is nearly 0, and "
        f"the loss stands at {figure(progress.recent)}, no better than a constant. Take {better}."
    )
    short = (f"mse_loss on classes behind a {found.comes_from}; the loss stands at {figure(progress.recent)}.",)
    return said(text, short, loss=progress.recent, constant=progress.constant)
