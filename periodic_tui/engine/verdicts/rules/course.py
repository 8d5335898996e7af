"""How the loss went in the last fifths of the steps, how surely that is known, and where it leads."""

from __future__ import annotations

from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.verdicts.evidence import Evidence

FALL: Final = 0.02
"""Share by which the loss of a network that learns falls in the last fifth of the steps, …"""
FALLEN: Final = 1 - FALL
"""… and what is left of it."""
_SURE: Final = 2.0
"""Standard errors by which it falls at least."""
_LEFT: Final = 0.1
"""Share of the loss that is left to fall, at most, where it levels off."""
_FLAT: Final = 0.99
"""The minibatch loss of the last fifth stands still above this share of the fifth before."""


def batches(e: Evidence) -> tuple[Floats, Floats, Floats]:
    """Minibatch losses of the last three fifths of the steps, the oldest first, without declared noise."""
    noise = e.noise**2
    return e.oldest_loss - noise, e.earlier_loss - noise, e.recent_loss - noise


def by_batches(e: Evidence) -> Mask:
    """Whose fall is told more surely by the minibatch losses, of which every one is known, than by a few on the
    probe."""
    return _error(e) < e.trend_error


def _error(e: Evidence) -> Floats:
    """Standard error of the logarithm of the ratio of the last two minibatch losses; inf where noise hides them."""
    lately = batches(e)[2]
    error = e.batch_error * e.recent_loss / np.where(lately > 0, lately, np.nan)
    return np.where(np.isnan(error), np.inf, error)


def course(e: Evidence) -> tuple[Floats, Floats, Floats]:
    """The loss in the fifth of the steps before the last, and in the last, as it is told most surely; and the standard
    error of the logarithm of their ratio, 0 where it is not known."""
    surely, (_, earlier, recent) = by_batches(e), batches(e)
    error = np.where(surely, _error(e), np.nan_to_num(e.trend_error, nan=0.0, posinf=0.0))
    return np.where(surely, earlier, e.loss_before), np.where(surely, recent, e.loss_lately), error


def has_fallen(e: Evidence) -> Mask:
    """Whose loss fell in the last fifth of the steps, by more than what may be chance, and the minibatches' too."""
    before, lately, error = course(e)
    fell: Mask = (lately < FALLEN * before) & (lately < before * np.exp(-_SURE * error)) & ~is_flat(e)
    return fell


def is_flat(e: Evidence) -> Mask:
    """Whose minibatch losses, without the declared noise, have not fallen by 1 % in the last fifth of the steps."""
    _, earlier, recent = batches(e)
    flat: Mask = recent > _FLAT * earlier
    return flat


def levels_off(e: Evidence) -> Mask:
    """Whose loss is nearly where it comes to, and that is not good."""
    return ~e.good & (limit_of(e, _SURE) > np.maximum(e.goal, (1 - _LEFT) * _at_the_end(e)))


def limit_of(e: Evidence, errors: float = 0.0) -> Floats:
    """Where the minibatch losses of the last three fifths lead if their differences shrink on in one ratio (Aitken
    1926), or at least, by so many standard errors; −inf where they do not shrink for sure, NaN where they do not fall
    or are not known."""
    first, second, third = batches(e)
    margin = errors * _error(e) * third if errors else 0.0
    before, lately = first - second - margin, second - third + margin
    limit: Floats = third - lately * lately / (before - lately)
    return np.where((second > third) & (lately > 0), np.where(before > lately, limit, -np.inf), np.nan)


def _at_the_end(e: Evidence) -> Floats:
    """Where these losses have come to at the end of the last fifth, of which they tell the middle."""
    first, second, third = batches(e)
    limit = limit_of(e)
    return limit + (third - limit) * np.sqrt((second - third) / (first - second))
