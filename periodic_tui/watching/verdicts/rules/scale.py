"""What inputs and targets are, beside what the network can make of them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import Look, Values
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import OF_CLASSES, OF_SHARES, Progress, main_loss, progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, figure, percent, ran, rule, said, size_of, steadily

_LARGE: Final = 10.0
"""Root mean square from which inputs or targets are far from order one, …"""
_OFFSET: Final = 10.0
"""… mean over standard deviation from which they are, …"""
_SMALL: Final = 0.02
"""… and standard deviation below which targets are."""
_FAINT: Final = 0.01
"""Root mean square of all inputs below which they are."""
_HALF, _STUCK, _VERY = 0.5, 0.9, 10.0
"""Share of the target up to which scales may be the matter, and up to which they are where they are so many times
beyond these limits: what is left may be noise."""
_LONG: Final = 1_000
"""Steps after which a network is better than a constant, if scales are not in the way."""


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
    of the best constant after 1,000 steps, or what the network explains of the target is below half (90 %, where a
    limit is passed ten times over) and rises so slowly that it would take five times the steps."""
    progress = progress_of(memory)
    far = steadily(memory, lambda look: _far_in(look, progress.alone) or None)
    if not far:
        return None
    worst = max(far, key=lambda each: each.severity)
    stuck = progress.is_stuck(_STUCK if worst.severity > _VERY else _HALF)
    late = progress.explained < 0 and progress.steps >= _LONG
    if not (stuck or late or memory.not_finite is not None):
        return None
    others = f" (and {len(far) - 1:,} more)" if len(far) > 1 else ""
    verb = "are" if worst.name.endswith("s") else "is"
    holds = f"mean {figure(worst.mean)}, standard deviation {figure(worst.std)}"
    who = f"{worst.name[0].upper()}{worst.name[1:]} {verb} far from order one"
    text = (
        f"{who}: {holds}{others}; {_state(progress)}. "
        "Standardize: subtract the mean and divide by the standard deviation."
    )
    short = (f"{who}: {holds}.", f"{who}: mean {figure(worst.mean)}.")
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
    return (
        f"the loss stands at {figure(progress.recent)}, {percent(progress.explained)} better than the best constant's"
    )
