"""How many threads take a run's steps on a CPU: as many as somebody says, or as many as pay, by measurement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.engine.slices import Slices
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.work import WIDE, products

if TYPE_CHECKING:
    from periodic_tui.engine.training.trainer import Trainer

_SAMPLES, _SLOW = 3, 10.0
"""The best of so many measurements of a rate counts; of steps that are slower than so many a second, the first."""
_SHARE = 0.95
"""Half as many threads do where they come to this share of the rate."""

Rate = Callable[[Stepper], Slices[float]]
"""Measures the steps a second of a stepper."""


class ThreadChoice:
    """Chooses for one stepper after another. `wanted`: what somebody said; None: what pays."""

    def __init__(self, wanted: int | None = None) -> None:
        self.wanted = wanted

    def settle(self, stepper: Stepper, trainer: Trainer, rate: Rate) -> Slices[str | None]:
        """Give the stepper its threads; returns what was measured and decided where the last bits of the steps may
        depend on it."""
        if trainer.device.type != "cpu":
            return None
        known = self.wanted or (stepper.threads if stepper.parts > 1 else 0)
        stepper.threads = most = known or _most(stepper, trainer)
        if known or most == 1:
            return None
        rates = yield from _measured(stepper, rate, most)
        fastest = max(rates.values())
        stepper.threads = chosen = min(count for count, each in rates.items() if each >= _SHARE * fastest)
        figures = ", ".join(f"{each:,.0f} steps/s with {count}" for count, each in sorted(rates.items()))
        return f"threads: {chosen}; {figures}" if stepper.parts == 1 else None


def _most(stepper: Stepper, trainer: Trainer) -> int:
    """With more threads than these, none of them would have enough to do. It does not depend on a measurement, so that
    equal runs are offered the same choice."""
    wide = products(trainer.experiment) * len(trainer.seeds) >= WIDE
    return usable_cores() if wide and stepper.parts == 1 else min(usable_cores(), stepper.parts)


def _measured(stepper: Stepper, rate: Rate, most: int) -> Slices[dict[int, float]]:
    """Rates by the number of threads: half as many and half of that, as long as it is hardly slower."""
    rates: dict[int, float] = {}
    while most and (not rates or list(rates.values())[-1] >= _SHARE * max(rates.values())):
        stepper.threads = most
        rates[most] = yield from rate(stepper)
        for _ in range(_SAMPLES - 1 if rates[most] > _SLOW else 0):
            rates[most] = max(rates[most], (yield from rate(stepper)))
        most //= 2
    return rates
