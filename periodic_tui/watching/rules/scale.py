"""What inputs and targets are, beside what the network can make of them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import Look, LossLook, Values
from periodic_tui.watching.memory import Memory
from periodic_tui.watching.progress import OF_CLASSES, OF_SHARES, Progress, main_loss, progress_of
from periodic_tui.watching.rules.base import Statement, figure, ran, rule, said, size_of, steadily

_LARGE: Final = 10.0
"""Root mean square from which inputs or targets are far from order one, …"""
_OFFSET: Final = 10.0
"""… mean over standard deviation from which they are, …"""
_SMALL: Final = 0.02
"""… and standard deviation below which targets are."""
_FAINT: Final = 0.01
"""Root mean square of all inputs below which they are."""
_STUCK: Final = 0.9
"""Share of the target up to which scales may be the matter."""
_LONG: Final = 1_000
"""Steps after which a network is better than a constant, if scales are not in the way."""

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


class _Far(NamedTuple):
    """A column that is far from order one."""

    name: str
    mean: float
    std: float
    severity: float


def _far(values: Values, what: str, small: bool) -> list[_Far]:
    """Columns that are far from order one, the farthest first; `small`: also those that hardly vary."""
    if not len(values.column_mean):
        return _far_of(np.array([values.mean]), np.array([values.std]), [f"the {what}s"], small)
    single = len(values.column_mean) == 1
    names = [f"the {what}" if single else f"{what} {number}" for number in range(len(values.column_mean))]
    return _far_of(values.column_mean, values.column_std, names, small)


def _far_of(means: Floats, deviations: Floats, names: list[str], small: bool) -> list[_Far]:
    with np.errstate(invalid="ignore", divide="ignore"):
        severity = np.hypot(means, deviations) / _LARGE
        offset = np.where((deviations > 0) & (abs(means) > 1), abs(means) / deviations / _OFFSET, 0)
        tiny = np.where((deviations > 0) & (abs(means) < 1), _SMALL / deviations, 0) if small else 0.0
        severity = np.fmax(np.fmax(severity, offset), tiny)
    order = np.argsort(-severity, kind="stable")
    return [_Far(names[i], means[i], deviations[i], severity[i]) for i in order if severity[i] > 1]


@rule("unscaled")
def unscaled(memory: Memory) -> Statement | None:
    """Inputs or targets have a root mean square above 10, or a mean above ten standard deviations, or targets vary by
    less than 0.02, or inputs have a root mean square below 0.01; and the loss is not finite any more, or is above that
    of the best constant after 1,000 steps, or what the network explains of the target is below 90 % and rises so slowly
    that it would take five times the steps."""
    progress = progress_of(memory)
    stuck = progress.is_stuck(_STUCK) or (progress.explained < 0 and progress.steps >= _LONG)
    if not memory.last or not (stuck or memory.not_finite is not None):
        return None
    far = steadily(memory, lambda look: _far_in(look, progress.alone) or None)
    if not far:
        return None
    worst = max(far, key=lambda each: each.severity)
    others = f" ({len(far) - 1:,} more are far, too)" if len(far) > 1 else ""
    holds = f"mean {figure(worst.mean)}, standard deviation {figure(worst.std)}"
    text = (
        f"{worst.name[0].upper()}{worst.name[1:]} is far from order one: {holds}{others}; {_state(progress)}. "
        "Standardize it: subtract the mean and divide by the standard deviation."
    ).replace("s is far", "s are far")
    short = (f"{worst.name} far from order one: {holds}.", f"{worst.name}: {holds}.")
    return said(text, short, worst.severity, name=worst.name, mean=worst.mean, std=worst.std, columns=len(far))


def _far_in(look: Look, alone: bool) -> list[_Far]:
    """`alone`: the loss is of these targets, and of nothing else; otherwise they may be what the script makes of it."""
    loss, found = main_loss(look), list[_Far]()
    if look.inputs.dtype.startswith(("float", "bfloat")) and not _begins_with_table(look):
        found += _far(look.inputs, "input", small=False) or _faint(look.inputs)
    if loss and alone and loss.kind not in (*OF_CLASSES, *OF_SHARES):
        found += _far(loss.target, "target", small=True)
    return found


def _faint(inputs: Values) -> list[_Far]:
    """The inputs, if all of them are next to nothing."""
    size = size_of(inputs)
    return [_Far("the inputs", inputs.mean, inputs.std, _FAINT / size)] if 0 < size < _FAINT else []


def _begins_with_table(look: Look) -> bool:
    """Whether the first layer brings its inputs to scale by itself."""
    return any(layer.role == "normalization" or layer.kind.lower().startswith("embedding") for layer in ran(look)[:1])


def _state(progress: Progress) -> str:
    if math.isnan(progress.explained) or progress.recent == math.inf:
        return "the loss is not finite"
    if progress.explained < 0:
        return f"the loss is at {figure(progress.recent)}, above that of the best constant"
    return f"the loss stands at {figure(progress.recent)}, {progress.explained:.0%} better than the best constant's"


@rule("out-of-reach")
def out_of_reach(memory: Memory) -> Statement | None:
    """Targets lie beyond what the last activation can give, by more than a standard deviation of theirs (a quarter,
    where the network is stuck); or the targets of a binary cross entropy are no shares."""
    found = steadily(memory, lambda look: next((loss for loss in look.losses if _beyond(loss) > 0), None))
    if found is None:
        return None
    beyond, stuck = _beyond(found), progress_of(memory).is_stuck(_STUCK)
    if found.kind not in OF_SHARES and beyond < (_BEYOND_STUCK if stuck else _BEYOND):
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
    if not excess > 1e-3:
        return 0.0
    return excess / loss.target.std if loss.target.std > 0 else math.inf


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
