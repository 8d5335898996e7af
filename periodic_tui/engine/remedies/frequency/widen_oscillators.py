"""Widening the range of a clock's oscillators, then learning their carry."""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Course, Train
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.hinge import between_digits, into_digits, wrong_share
from periodic_tui.engine.remedies.frequency.ladder import Ladder, Rules, first_range
from periodic_tui.engine.remedies.frequency.widening import Widening
from periodic_tui.engine.remedies.words import of_the_first

_RATE = 0.05
"""Adam's step: of phases in radians, of frequencies in radians over the range's half-width."""
_THRESHOLD = 0.02 / 3
"""Limit of the loss, 1 − cos of the phase error averaged over the digits: then no digit is above 0.02."""
_STAGE_STEPS = 15
_PATIENCE = 200
_LAST_STEPS = 400
_CARRY_STEPS = 600
_FEWEST_PAIRS = 16
"""Fewest pairs in the first range of a fixed data set."""
_MOST_PAIRS = 50_000
"""Largest number of pairs that lie the same number of places apart."""
_DECODABLE = 1e-4
"""1 − cos of an error of half a digit of sixty is 1.4e-3: below this nearly every phase is nearer to its own digit."""

_WRONG = 1e-3
"""Share of instants between two seconds that may be wrong in the end."""


def widen_oscillators(options: Widening, context: RemedyContext) -> Course:
    """Adam on frequencies and phases while the range widens; then a linear carry, by gradient descent as well.

    Of a fixed data set nobody chooses the range: there the *pairs* of instants are taken that lie close together, and
    the phases between them are learned, which need no absolute phase.
    """
    context.change(optimizer={"kind": "adam", "lr": _RATE, "betas": (0.9, 0.99)})
    data = context.data
    if data is not None:
        context.train_on(*pairs(*data))
    first = first_range(context, options.first_range, _FEWEST_PAIRS, 1.2, context.dtype)
    context.put("carry", context.get("carry") * 0)
    _redraw(options, context, torch.ones_like(first, dtype=torch.bool))
    ladder = _ladder(options, context, first)
    yield from ladder.climb()
    context.give_up(
        ~ladder.done,
        f"the oscillators do not lock in on ±{float(ladder.half_width.min()):.3g} s in {options.max_steps:,} steps",
    )
    if data is not None:
        context.train_on(*data)
        yield from _settle(context, _LAST_STEPS, ("phase",), "all oscillators locked in; learning their phases")
    yield from _settle(context, _LAST_STEPS, ("omega", "phase"), "all oscillators locked in; settling")
    yield from _settle(context, _CARRY_STEPS, ("carry",), "learning the carry")
    if between_digits(context):
        yield from into_digits(context)
        context.give_up(~(wrong_share(context) < _WRONG), "hands still point into other digits")
    else:
        x, y = context.sample(4_096)
        loss = (1 - (context.predict(x) - y).cos()).mean((1, 2))
        context.give_up(
            ~(loss < _DECODABLE), f"phases are still off by a loss of {float(loss.max()):.1e} with the carry"
        )
    return f"locked in, carry learned; periods{of_the_first(context)} {periods(context)} s"


def pairs(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Differences in time and phase of points `[points, 1]`, `[points, outputs]`: neighbors, and those 2, 4, 8 …
    places apart, so that every distance is among them."""
    order = x[:, 0].argsort()
    x, y = x[order], y[order]
    apart, times, phases = 1, [], []
    while apart <= len(x) // 2:
        stride = -(-(len(x) - apart) // _MOST_PAIRS) if apart > 1 else 1
        times.append((x[apart:] - x[:-apart])[::stride])
        phases.append((y[apart:] - y[:-apart])[::stride])
        apart *= 2
    return torch.cat(times), torch.cat(phases)


def periods(context: RemedyContext) -> str:
    """2π/|ω| of the first replica, in words."""
    return ", ".join(f"{2 * math.pi / max(abs(omega), 1e-300):,.7g}" for omega in context.get("omega")[0].tolist())


def _ladder(options: Widening, context: RemedyContext, first: Tensor) -> Ladder:
    learned = ("omega", "phase") if context.data is None else ("omega",)

    def enter(half_width: Tensor, where: Tensor) -> Tensor:
        _set_rates(context, torch.full_like(half_width, _RATE), half_width, learned)
        context.restart(where)
        return torch.ones_like(half_width)

    rules = Rules(options.growth, _THRESHOLD, _STAGE_STEPS, _PATIENCE, options.max_steps)
    return Ladder(context, rules, first, enter, lambda where: _redraw(options, context, where))


def _redraw(options: Widening, context: RemedyContext, where: Tensor) -> None:
    """Frequencies that turn at most once or so on the first range; phases anywhere, but none between pairs."""
    count = context.setting.outputs
    context.put("omega", (2 * context.uniform(count) - 1) / options.first_range, where)
    phase = 2 * math.pi * context.uniform(count)
    context.put("phase", phase if context.data is None else 0 * phase, where)


def _set_rates(context: RemedyContext, rate: Tensor, half_width: Tensor, names: tuple[str, ...]) -> None:
    """Learning rates of the parameters `names`; the others stand still."""
    for name in ("omega", "phase", "carry"):
        own = rate if name in names else rate * 0
        context.rate(own / half_width if name == "omega" else own, name)


def _settle(context: RemedyContext, steps: int, names: tuple[str, ...], stage: str) -> Generator[Train, Tensor, None]:
    """On all of the domain, with a rate that falls to zero."""
    half_width = torch.full((context.replicas,), context.reach, dtype=context.dtype, device=context.device)
    context.narrow(half_width)
    context.restart(torch.ones_like(half_width, dtype=torch.bool))
    for step in range(0, steps, 5):
        _set_rates(context, torch.full_like(half_width, _RATE * (1 - step / steps)), half_width, names)
        yield Train(5, f"{stage}, step {step} of {steps}: periods {periods(context)} s")
