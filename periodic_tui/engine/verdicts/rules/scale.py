"""Columns of x and y that are far from order one, and what a network cannot give or place because of how it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.diagnostics.samples import Column, Samples
from periodic_tui.engine.plural import counted
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import REMEDIES, Statement, ratio, rule
from periodic_tui.engine.verdicts.words import in_one_line, percent

_LARGE: Final = 5.0
"""A column is far from order one where its size, or its offset over its spread, is above this."""
_PRE_ACTIVATIONS: Final = 4.0
"""Rms of the first pre-activations above which a bounded activation is hardly ever in its live range."""
_HALF: Final = 0.5
_FEW_KINKS: Final = 0.1
_FEWEST_ROWS: Final = 5
_FEWEST_UNITS: Final = 4
_FEW_HUGE: Final = 0.5
"""Share of the variance that the most extreme hundredth of at least a hundred rows holds."""
_HUNDRED: Final = 100
_REACH: Final = 100.0
"""An output moves by at most so many times lr a step."""
_FLOOR: Final = 0.01
"""Share of the variance that a limit of the outputs must cost."""


class Reason(NamedTuple):
    """Why the scale of a column is the matter."""

    holds: Callable[[Evidence], Mask]
    says: Callable[[Evidence], tuple[str, str, dict[str, float | int | str], float]]
    """Text, short form, figures and margin."""


def largest(columns: tuple[Column, ...]) -> Column:
    """The column that is farthest from order one."""
    return max(columns, key=lambda column: (column.size, column.offset))


def _is_far(samples: Samples) -> bool:
    """Whether some input is far from order one."""
    return any(column.size > _LARGE or column.offset > _LARGE for column in samples.x)


def _nobody(e: Evidence) -> Mask:
    return np.zeros(len(e), dtype=bool)


def starts_saturated(e: Evidence) -> Mask:
    """Whose bounded units are out of their live range from the start, for the size of x."""
    far = (e.start_size > _PRE_ACTIVATIONS) | (e.start_saturated >= _HALF)
    return far if _is_far(e.samples) else _nobody(e)


def _says_saturated(e: Evidence) -> tuple[str, str, dict[str, float | int | str], float]:
    column, size, units = largest(e.samples.x), e.start_size[0], e.method.first_units
    count, kind = round(float(np.nan_to_num(e.start_saturated[0])) * units), e.method.activation
    if count < _HALF * units:
        who = f"pre-activations of hidden.0 were {size:.3g} in size"
        text = f"{column}: at the start {who}, and a {kind} is flat beyond {_PRE_ACTIVATIONS:g}"
    else:
        who = f"{count} of {counted(units, f'{kind} unit')} of hidden.0 were saturated"
        text = f"{column}: at the start {who} at nearly every point, with pre-activations of {size:.3g}"
    figures = {"column": column.name, "saturated": count, "units": units, "pre_activation": size}
    short = in_one_line(f"{column}: {who} at the start.", f"{column.name}: {who} at the start.", f"{who}.".capitalize())
    return text, short, figures, float(np.fmax(size / _PRE_ACTIVATIONS, e.start_saturated[0] / _HALF))


def _starts_straight(e: Evidence) -> Mask:
    few = e.samples.rows < _FEWEST_ROWS or e.method.first_units < _FEWEST_UNITS
    if few or not e.method.biases or not _is_far(e.samples):
        return _nobody(e)
    return e.start_kinks < _FEW_KINKS


def _says_straight(e: Evidence) -> tuple[str, str, dict[str, float | int | str], float]:
    column, units = e.samples.x[0], e.method.first_units
    outside = units - round(e.start_kinks[0] * units)
    who = f"{outside} of {counted(units, 'unit')} of hidden.0"
    text = f"{column}: {who} had their kink, −b/w, outside of that at the start, and are straight there"
    figures = {"column": column.name, "straight": outside, "units": units}
    short = in_one_line(f"{column}: {who} began without a kink there.", f"{who} began without a kink in the data.")
    return text, short, figures, ratio(_FEW_KINKS, e.start_kinks[0])


def largest_step(e: Evidence) -> float:
    """Up to which lr gradient descent on a linear model of these inputs is stable: 1/λ of E[x̃ x̃ᵀ]; where a step is
    taken on a single row, 1/|x̃|² of the longest row."""
    samples = e.samples
    return (1 - e.method.momentum) / (samples.longest_row if e.batch_size == 1 else samples.steepest)


def _steps_too_far(e: Evidence) -> Mask:
    if not e.method.is_descent or not _is_far(e.samples):
        return _nobody(e)
    unstable = ~e.alive | (e.lr * e.sharpness > 2) | (e.lr * e.best_sharpness > 2)
    rate = e.lr / (1 - e.method.momentum)
    return (
        unstable & np.isnan(e.distance) & (rate * e.samples.steepest > 1) & (rate * e.samples.steepest_standardized < 1)
    )


def _says_too_far(e: Evidence) -> tuple[str, str, dict[str, float | int | str], float]:
    column, limit, lr = largest(e.samples.x), largest_step(e), e.lr[0]
    standardized = (1 - e.method.momentum) / e.samples.steepest_standardized
    times = f"lr {lr:.3g} is {lr / limit:.3g} times"
    text = (
        f"{column}: inputs of that size allow steps up to 1/λ = {limit:.3g}, and {times} that (with x standardized, up "
        f"to {standardized:.3g})"
    )
    figures = {"column": column.name, "lr": lr, "lr_limit": limit, "lr_limit_standardized": standardized}
    short = in_one_line(
        f"{column}: {times} the largest step for that, {limit:.3g}.", f"For x as it is, {times} the stable {limit:.3g}."
    )
    return text, short, figures, lr / limit


def _reachable(e: Evidence) -> Floats:
    """How far the outputs can come in the steps that were taken or asked for."""
    return _REACH * e.lr * max(e.steps, e.method.planned) * e.method.output_unit


def _out_of_steps(e: Evidence) -> Mask:
    if not e.method.moves_by_lr or e.samples.target_size <= _LARGE:
        return _nobody(e)
    return e.samples.target_size > _reachable(e)


def _says_out_of_steps(e: Evidence) -> tuple[str, str, dict[str, float | int | str], float]:
    column, lr, size = largest(e.samples.y), e.lr[0], e.samples.target_size
    steps = size / lr
    text = (
        f"{column}: an output moves by about lr, {lr:.3g}, in a step, so that y takes some {steps:,.0f} steps; the run "
        f"has {max(e.steps, e.method.planned):,}"
    )
    away = f"some {steps:.2g} steps of lr {lr:.3g} away"
    short = in_one_line(f"{column}: {away}.", f"y is {away}.")
    figures = {"column": column.name, "lr": lr, "steps_needed": steps, "target_size": size}
    return text, short, figures, size / _reachable(e)[0]


def _has_few_huge(e: Evidence) -> Mask:
    found = e.samples.rows >= _HUNDRED and e.samples.held_by_few > _FEW_HUGE
    return np.full(len(e), found)


def _says_few_huge(e: Evidence) -> tuple[str, str, dict[str, float | int | str], float]:
    column, share = largest(e.samples.y), e.samples.held_by_few
    text = (
        f"{column}: the most extreme hundredth of the rows holds {percent(share)} of the variance, so that the loss is "
        f"about these few and the others hardly count"
    )
    short = in_one_line(
        f"{column}: a hundredth of the rows holds {percent(share)} of the variance.",
        f"A hundredth of the rows holds {percent(share)} of the variance of y.",
    )
    return text, short, {"column": column.name, "held_by_few": share}, share / _FEW_HUGE


REASONS: Final = (
    Reason(starts_saturated, _says_saturated),
    Reason(_starts_straight, _says_straight),
    Reason(_steps_too_far, _says_too_far),
    Reason(_out_of_steps, _says_out_of_steps),
    Reason(_has_few_huge, _says_few_huge),
)


def is_unscaled(e: Evidence) -> Mask:
    """For whom one of the reasons holds."""
    return ~e.good & np.any([np.broadcast_to(reason.holds(e), len(e)) for reason in REASONS], axis=0)


@rule("unscaled", is_unscaled)
def unscaled(e: Evidence) -> Statement:
    """A column of x or y is so far from order one that, because of it, the first layer's bounded units start saturated
    or its kinks start outside of the data, gradient descent is unstable, the run's steps cannot reach the target, or a
    few huge targets are most of the variance.
    """
    said = [reason.says(e) for reason in REASONS if reason.holds(e)[0]]
    first_of_column = {says[2]["column"]: says for says in reversed(said)}
    found = [says for says in said if first_of_column[says[2]["column"]] is says]
    text = ". ".join(text for text, *_ in found)
    figures = {name: value for _, _, figures, _ in reversed(found) for name, value in figures.items()}
    return Statement(f"Unscaled: {text}.", found[0][1], figures, max(margin for *_, margin in found), (REMEDIES,))


def is_out_of_reach(e: Evidence) -> Mask:
    """Whose outputs cannot give what the target asks."""
    limits = e.output_range
    needed = np.full(len(e), max(e.solved_below, _FLOOR * e.best_constant))
    return needed < (limits.floor if limits else 0.0)


@rule("out-of-reach", is_out_of_reach)
def out_of_reach(e: Evidence) -> Statement:
    """The last activation cannot give what the target asks: the squared distance of the targets from its range is above
    `solved_below` and above 1 % of their variance."""
    limits = e.output_range
    assert limits is not None, "or the rule does not hold"
    column = largest(e.samples.y)
    end = f"from {limits.low:.3g} to {limits.high:.3g}" if limits.high < np.inf else f"from {limits.low:.3g} up"
    share, loss = percent(limits.outside), e.loss[0]
    text = (
        f"Out of reach: the output is a {limits.activation}, which gives values {end}, and {column}: {share} of the "
        f"targets lie outside. No training gets below loss {limits.floor:.4g} (now {loss:.4g}); an output layer does."
    )
    short = in_one_line(
        f"Out of reach: a {limits.activation} output gives {end}, {share} of y lie outside.",
        f"Out of reach: {share} of y lie outside of what a {limits.activation} gives.",
    )
    figures = {"outside": limits.outside, "floor": limits.floor, "loss": loss, "low": limits.low, "high": limits.high}
    margin = limits.floor / max(e.solved_below, _FLOOR * e.best_constant, 1e-300)
    return Statement(text, short, figures, margin, (REMEDIES,))
