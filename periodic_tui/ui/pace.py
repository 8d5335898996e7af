"""The ladder of paces that `<` and `>` climb."""

from __future__ import annotations

FLAT_OUT = 0.0
LADDER = tuple(factor * 10.0**power for power in range(7) for factor in (1, 3))
"""Steps a second: 1, 3, 10, … 3,000,000."""


def slower(pace: float, rate: float) -> float:
    """The next rung below the pace, or below the measured rate where there is none."""
    present = pace or rate
    return max((rung for rung in LADDER if rung < 0.99 * present), default=LADDER[0])


def faster(pace: float, rate: float) -> float:
    """The next rung above; flat out once the machine does not reach the pace."""
    if pace == FLAT_OUT or (pace > LADDER[0] and rate < 0.5 * pace):
        return FLAT_OUT
    return min((rung for rung in LADDER if rung > 1.01 * pace), default=FLAT_OUT)
