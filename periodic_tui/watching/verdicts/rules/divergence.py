"""Training that has blown up, and why, as far as that is certain."""

from __future__ import annotations

import math
from typing import Final

from periodic_tui.watching.findings import Look
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import main_loss
from periodic_tui.watching.verdicts.rules.base import Statement, figure, percent, rule, said, update_of

_LEAPT: Final = 10.0
"""Times by which the loss had risen before it was not finite."""
_LONG: Final = 0.5
"""Step over the weights that is too long."""


@rule("diverged")
def diverged(memory: Memory) -> Statement | None:
    """The loss is not finite any more, or some layer's parameters are not."""
    layer = _broken(memory)
    if memory.not_finite is None and not layer:
        return None
    step = memory.not_finite if memory.not_finite is not None else memory.last[-1].step
    what = "the loss is not finite" if memory.not_finite is not None else f"the parameters of {layer} are not finite"
    where = f", first in {layer}" if layer and memory.not_finite is not None else ""
    why, advice = _why(memory)
    before = f" (it was {figure(memory.before)} before)" if math.isfinite(memory.before) else ""
    text = f"Training blew up: {what} from step {step:,} on{where}{before}. {why}{advice}"
    short = (f"Blew up at step {step:,}{where}: {what}.", f"Blew up at step {step:,}: {what}.")
    return said(text, short, step=step, layer=layer, before=memory.before)


def _broken(memory: Memory) -> str:
    """The first layer in order, at the first look, whose output or parameters are not finite."""
    for look in memory.kept:
        for layer in look.layers:
            if layer.output.finite < 1 and layer.output.dtype and not _masks(look):
                return layer.name
        for layer in look.layers:
            if not layer.finite_weights:
                return layer.name
    return ""


def _masks(look: Look) -> bool:
    """Whether infinities inside are meant, as those of attention's masks: the loss is finite."""
    return math.isfinite(look.loss)


def _why(memory: Memory) -> tuple[str, str]:
    """As far as it is certain, and what to try."""
    looks = memory.kept
    first = memory.not_finite if memory.not_finite is not None else memory.step
    data = next((found for look in looks if (look.step <= first or _is_fed(look)) and (found := _bad_data(look))), "")
    if data:
        return data, " Clean the data: drop or fill in such values."
    lr = next((look.optimizers[0].lr for look in reversed(looks) if look.optimizers), math.nan)
    rate = f"Try a smaller lr (it is {figure(lr)}), or clip gradients."
    if moved := overstepped(memory):
        return f"{moved[0].upper()}{moved[1:]}: steps are too large. ", rate
    steep = next((look.step for look in looks if math.isfinite(look.loss) and _is_steep(look)), None)
    cause = "Look for a logarithm, a root, a norm or a division at 0 in the loss or the model."
    if steep is not None:
        return f"At step {steep:,} the loss was finite and its gradient was not: a slope is infinite. ", cause
    return "The loss had not risen before. ", f"{cause} Else: {rate[0].lower()}{rate[1:]}"


def _is_steep(look: Look) -> bool:
    """Whether gradients are not finite, where all that they come from is."""
    forward = all(layer.output.finite == 1 for layer in look.layers)
    return forward and any(layer.gradient == math.inf for layer in look.layers)


def overstepped(memory: Memory) -> str:
    """How steps have led to a loss that is not finite; empty where that is not certain, as where data are the cause."""
    start = min(memory.start, default=math.nan)
    longest = max((update_of(look) for look in memory.kept if math.isfinite(update_of(look))), default=math.nan)
    if any(map(_bad_data, memory.kept)):
        return ""
    if memory.before > _LEAPT * start > 0:
        return f"the loss had risen from {figure(start)} to {figure(memory.before)}"
    return f"a step was {figure(longest)} times as long as the weights" if longest > _LONG else ""


def _is_fed(look: Look) -> bool:
    """Whether its inputs come from outside, and some of them are finite: what a network gave is all of it or none."""
    return len(look.models) == 1 and len(look.optimizers) == 1 and look.inputs.finite > 0


def _bad_data(look: Look) -> str:
    loss = main_loss(look)
    if look.inputs.finite < 1:
        return (
            f"{percent(1 - look.inputs.finite, 2)} of the inputs of step {look.step:,} are not finite: "
            "the data are the cause."
        )
    if loss and loss.target.finite < 1:
        return (
            f"{percent(1 - loss.target.finite, 2)} of the targets of step {look.step:,} are not finite: "
            "the data are the cause."
        )
    return ""
