"""Widening the range of α sin(ωx) + β cos(ωx): amplitude and phase are not known either."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Course, Failed, Train, read
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.ladder import Ladder, Rules, first_range
from periodic_tui.engine.remedies.frequency.noise import (
    LOOKING_AT_THE_FIT,
    MEASURING_THE_NOISE,
    mean_alone,
    measured,
    unexplained,
)
from periodic_tui.engine.remedies.frequency.nyquist import limit_of
from periodic_tui.engine.remedies.frequency.rates import keep_there, patience_under
from periodic_tui.engine.remedies.frequency.widening import Widening
from periodic_tui.engine.remedies.words import of_the_first

_RATE = 0.05
"""Adam's step: of amplitudes, and of the frequency over the range's half-width."""
_FEWEST_POINTS = 64
"""Fewest points in the first range of a fixed data set."""
_PERIODS = 128
"""Half-width of the first range in units of 1/frequency_limit: wide enough to tell amplitude from frequency."""
_SAMPLES = 256
_STAGE_STEPS = 20
_NOISE = 30
"""With `loss_share` 0.05 the range widens at 1.5 times the noise variance."""
_LAST_STEPS = 1_000


def widen_harmonic(options: Widening, context: RemedyContext) -> Course:
    """A scan of frequencies by least squares on a narrow range, then Adam while it widens, then gradient descent."""
    if context.get("omega").shape[-1] > 1:
        raise Failed("the model has several sines: spectral-start separates them")
    noise, power = yield from read(MEASURING_THE_NOISE, lambda: measured(context))
    context.change(optimizer={"kind": "adam", "lr": _RATE, "betas": (0.9, 0.99)})
    limit, lowered = limit_of(context, options.frequency_limit)
    narrowest = _PERIODS / limit
    first = first_range(context, narrowest, _FEWEST_POINTS, 1.5, torch.float64).clamp(max=context.reach)
    ladder = _ladder(options, context, first, noise, limit)
    yield from ladder.climb()
    if not bool(ladder.done.all()):
        context.give_up(~ladder.done, f"the loss does not fall on ±{float(ladder.half_width[~ladder.done].min()):.3g}")
    keep_there(context, torch.ones_like(power))
    context.narrow(torch.full_like(first, context.reach))
    yield from _settle(context, patience_under(noise, power))
    failed = yield from read(LOOKING_AT_THE_FIT, lambda: unexplained(context, noise))
    mean = yield from read(LOOKING_AT_THE_FIT, lambda: mean_alone(context))
    context.give_up(
        failed,
        mean
        or f"the fit explains less than half of the signal: noise {float(noise.mean()):.2g} is too high, or "
        f"frequency_limit is too low, or it is not one sine{lowered}",
    )
    found = float(context.get("omega")[0, 0])
    return f"found ω{of_the_first(context)} {found:.7g} on all of ±{context.reach:,g}{lowered}"


def _ladder(options: Widening, context: RemedyContext, first: Tensor, noise: Tensor, limit: float) -> Ladder:
    started = torch.zeros_like(first, dtype=torch.bool)

    def enter(half_width: Tensor, where: Tensor) -> Tensor:
        fresh = where & ~started
        if bool(fresh.any()):
            _scan(context, first, fresh, limit)
            started.logical_or_(fresh)
        for name in ("alpha", "beta"):
            context.rate(torch.full_like(half_width, _RATE), name)
        context.rate(_RATE / half_width, "omega")
        context.restart(where)
        return context.sample(_SAMPLES)[1].double().square().mean((1, 2)) + _NOISE * noise.double().square()

    def redraw(where: Tensor) -> None:
        _scan(context, first, where, limit)

    rules = Rules(options.growth, options.loss_share, _STAGE_STEPS, options.patience, options.max_steps)
    return Ladder(context, rules, first, enter, redraw)


def _scan(context: RemedyContext, first: Tensor, where: Tensor, limit: float) -> None:
    """Put the frequency below `limit` of the best least-squares fit on the first range, and its amplitudes."""
    x, y = (values[..., 0].double() for values in context.sample(_SAMPLES, first))
    step = 1.0 / float(first.min())
    best = torch.zeros_like(first)
    found = torch.zeros(context.replicas, 3, dtype=torch.float64, device=context.device)
    for omega in torch.arange(0.25 * step, limit + step, step).tolist():
        angle = omega * x
        design = torch.stack([angle.sin(), angle.cos()], -1)
        gram = design.mT @ design / _SAMPLES + 1e-6 * torch.eye(2, dtype=x.dtype, device=x.device)
        moment = design.mT @ y.unsqueeze(-1) / _SAMPLES
        factors = torch.linalg.solve(gram, moment)
        energy = (factors * moment).sum((1, 2))
        row = torch.cat([torch.full_like(energy, omega).unsqueeze(-1), factors[..., 0]], -1)
        found = row.where((energy > best).unsqueeze(-1), found)
        best = torch.maximum(best, energy)
    for column, name in enumerate(("omega", "alpha", "beta")):
        context.put(name, found[:, column : column + 1], where)


def _settle(context: RemedyContext, patience: Tensor) -> Generator[Train, Tensor, None]:
    """Gradient descent on all of the domain, its step falling to what keeps the frequency under the noise."""
    for step in range(0, _LAST_STEPS, 20):
        keep_there(context, torch.minimum(patience, torch.full_like(patience, 1 + step / 5)))
        yield Train(20, f"all of ±{context.reach:,.4g}, settling, step {step} of {_LAST_STEPS}")
