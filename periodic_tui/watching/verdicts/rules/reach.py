"""Targets that the network cannot come to, whatever it learns."""

from __future__ import annotations

import math
from typing import Final

from periodic_tui.watching.findings import Look, LossLook, Values
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import OF_CLASSES, OF_SHARES, main_loss, progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, figure, rule, said, size_of, steadily

_STUCK: Final = 0.9
"""Share of the target below which less is certain enough."""
_ENDS: Final = {
    "sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "hardsigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0), "softsign": (-1.0, 1.0), "relu": (0.0, math.inf), "relu6": (0.0, 6.0),
    "softplus": (0.0, math.inf), "elu": (-1.0, math.inf), "gelu": (-0.17, math.inf), "silu": (-0.279, math.inf),
    "log_softmax": (-math.inf, 0.0), "logsigmoid": (-math.inf, 0.0),
}  # fmt: skip
"""What activations can give."""
_BEYOND: Final = 1.0
"""Standard deviations by which targets must lie beyond the ends, …"""
_BEYOND_STUCK: Final = 0.25
"""… and where the network is stuck."""


@rule("out-of-reach")
def out_of_reach(memory: Memory) -> Statement | None:
    """Targets lie beyond what the last activation can give, by more than a standard deviation of theirs (a quarter,
    where the network is stuck); or the targets of a binary cross entropy are no shares."""
    found = steadily(memory, lambda look: next((loss for loss in look.losses if _beyond(loss) > 0), None))
    if found is None:
        return None
    beyond, progress = _beyond(found), progress_of(memory)
    least = _BEYOND_STUCK if progress.is_stuck(_STUCK) else _BEYOND
    if not progress.alone or (found.kind not in OF_SHARES and beyond < least):
        return None
    low, high = _ends(found)
    can = f"{figure(low)} to {figure(high)}" if math.isfinite(low + high) else _one_end(low, high)
    has = f"{figure(found.target.low)} to {figure(found.target.high)}"
    last = found.kind if found.kind in OF_SHARES else f"{found.comes_from}, the last activation,"
    verb = "wants" if found.kind in OF_SHARES else "gives"
    text = f"The targets are out of reach: {last} {verb} {can}, and the targets are {has}. " + (
        "Bring the labels to 0 and 1." if found.kind in OF_SHARES else "Leave it out, or scale the targets."
    )
    short = (f"Targets {has}, out of reach: {last.rstrip(',')} {verb} {can}.", f"Targets {has} are out of reach.")
    return said(text, short, low=found.target.low, high=found.target.high, activation=found.comes_from)


def _one_end(low: float, high: float) -> str:
    return f"nothing below {figure(low)}" if math.isfinite(low) else f"nothing above {figure(high)}"


def _ends(loss: LossLook) -> tuple[float, float]:
    return (0.0, 1.0) if loss.kind in OF_SHARES else _ENDS.get(loss.comes_from, (-math.inf, math.inf))


def _beyond(loss: LossLook) -> float:
    """Standard deviations by which the targets lie beyond the ends; 0 where they do not, or are classes."""
    if loss.kind in (*OF_CLASSES, "kl_div", "ctc_loss") or (loss.labels and loss.kind not in (*OF_SHARES, "mse_loss")):
        return 0.0
    low, high = _ends(loss)
    excess = max(low - loss.target.low, loss.target.high - high)
    if not excess > 1e-3 or (loss.kind in OF_SHARES and _is_masked(loss.target)):
        return 0.0
    return excess / loss.target.std if loss.target.std > 0 else math.inf


def _is_masked(target: Values) -> bool:
    """Whether negative numbers may stand for answers that are missing: they are not all there is beside 1."""
    return target.high <= 1 and not math.isclose(size_of(target), 1, rel_tol=1e-3)


@rule("constant-input")
def constant_input(memory: Memory) -> Statement | None:
    """All samples of a batch are the same input, and so is what the network makes of them; their targets differ."""
    found = steadily(memory, _same_inputs, looks=3)
    if found is None:
        return None
    look, loss = found
    samples, mean = look.inputs.shape[0], look.inputs.mean
    text = (
        f"All {samples:,} samples of the batch are the same input (mean {figure(mean)}), and their targets differ, by "
        f"{figure(loss.target.std)}. See how the inputs are read and scaled: whole numbers may have been divided to 0."
    )
    short = (f"All {samples:,} samples of the batch are the same input; their targets differ.",)
    return said(text, short, samples=samples, input=mean, target_std=loss.target.std)


def _same_inputs(look: Look) -> tuple[Look, LossLook] | None:
    loss = main_loss(look)
    if loss is None or not look.inputs.shape or look.inputs.shape[0] < 4:
        return None
    same = look.inputs.spread == 0 and loss.prediction.spread <= 1e-6 * (1 + size_of(loss.prediction))
    return (look, loss) if same and loss.target.spread > 0 else None
