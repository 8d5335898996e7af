"""Widening the range of sin(ωx)."""

from __future__ import annotations

from collections.abc import Generator

from torch import Tensor

from periodic_tui.engine.remedies.base import Course, Failed, Train, read
from periodic_tui.engine.remedies.context import RemedyContext
from periodic_tui.engine.remedies.frequency.ladder import Ladder, Rules
from periodic_tui.engine.remedies.frequency.noise import (
    LOOKING_AT_THE_FIT,
    MEASURING_THE_NOISE,
    mean_alone,
    measured,
    unexplained,
)
from periodic_tui.engine.remedies.frequency.nyquist import limit_of
from periodic_tui.engine.remedies.frequency.rates import stable_rate
from periodic_tui.engine.remedies.frequency.widening import Widening

_NOISE_SHARE = 1e-3
"""Noise variance below this share of the signal's power does not disturb the adaptive rule."""


def widen_sine(options: Widening, context: RemedyContext) -> Course:
    """Plain gradient descent on ω, its step size tied to the range."""
    if not context.setting.optimizer.plain_gradient_descent:
        context.change(optimizer={"kind": "sgd", "lr": context.setting.optimizer.lr})
    limit, lowered = limit_of(context, options.frequency_limit)
    first = 2 / (limit + context.get("omega")[:, 0].abs()) / context.setting.scale
    if context.data is not None and (nearest := float(context.data[0].abs().min())) > float(first.max()):
        raise Failed(f"it begins next to x = 0, and the nearest point is {nearest:.3g} away from there")
    first = first.clamp(max=context.reach)
    noise, power = yield from read(MEASURING_THE_NOISE, lambda: measured(context))
    if bool((noise.square() > _NOISE_SHARE * power).any()):
        yield from _fixed(options, context, first, float(noise.mean()))
    else:
        yield from _adaptive(options, context, first, limit)
    mean = yield from read(LOOKING_AT_THE_FIT, lambda: mean_alone(context))
    failed = yield from read(LOOKING_AT_THE_FIT, lambda: unexplained(context, noise))
    reason = mean or (
        f"the fit explains less than half of the signal: noise {float(noise.mean()):.2g} is too high for batches of "
        f"{context.setting.batch_size}, or frequency_limit is too low{lowered}"
    )
    context.give_up(failed, reason)
    return f"found ω on all of ±{context.reach:,g}; the last step size stays{lowered}"


def _adaptive(options: Widening, context: RemedyContext, first: Tensor, limit: float) -> Generator[Train, Tensor, None]:
    def enter(half_width: Tensor, where: Tensor) -> Tensor:
        context.rate(stable_rate(half_width * context.setting.scale), "omega")
        return context.sample(256)[1].square().mean((1, 2))

    def redraw(where: Tensor) -> None:
        context.put("omega", (2 * context.uniform(1) - 1) * limit, where)

    rules = Rules(options.growth, options.loss_share, options.stage_steps, options.patience, options.max_steps)
    ladder = Ladder(context, rules, first, enter, redraw)
    yield from ladder.climb()
    if not bool(ladder.done.all()):
        context.give_up(~ladder.done, _reason(options, float(ladder.half_width[~ladder.done].min()), first, limit))


def _reason(options: Widening, stuck: float, first: Tensor, limit: float) -> str:
    if stuck > float(first.max()):
        return f"the loss does not fall beyond ±{stuck:.2g} in {options.max_steps:,} steps"
    return (
        f"the loss does not fall even on ±{stuck:.2g}, where any frequency up to {limit:g} "
        "would be found: frequency_limit is too low, or the phase is not 0"
    )


def _fixed(options: Widening, context: RemedyContext, first: Tensor, noise: float) -> Generator[Train, Tensor, None]:
    """Stages of fixed length, in which the step size decays: no loss falls below the noise."""
    half_width, last = first, False
    while not last:
        last = bool((half_width >= context.reach).all())
        context.narrow(half_width)
        stage = (
            f"range ±{float(half_width.max()):.3g} of ±{context.reach:,g}, stages of fixed length: noise {noise:.2g}"
        )
        for step in range(options.last_steps if last else options.noisy_steps):
            context.rate(stable_rate(half_width * context.setting.scale) / (1 + step / 5), "omega")
            yield Train(1, stage)
        half_width = (half_width * options.growth).clamp(max=context.reach)
