"""The preset's table of how the run goes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.losses import LossName
from periodic_tui.engine.components.numbers import NonNegative, Positive
from periodic_tui.engine.components.registry import Spec
from periodic_tui.engine.components.schedules import Constant, Schedule, schedules

MAX_REPLICAS = 65_536
MOST_STEPS = 10**15
"""At a million steps a second they take 31 years."""


class Training(Spec):
    """How the run goes."""

    batch_size: Annotated[int, Field(ge=0, le=1_000_000)] = 32
    """Samples a step; 0: the whole fixed data set."""
    sampling: Literal["random", "epochs"] = "random"
    """From a fixed data set: each sample at random, or all in an order that is another one in every epoch."""
    dtype: Literal["float32", "float64"] = "float32"
    loss: LossName = "mse"
    """Mean squared or absolute error, Huber's; 1 − cos of a phase error; cross-entropies, by torch's names."""
    huber_delta: Positive = 1.0
    """Error from which Huber's loss is linear."""
    schedule: Annotated[Schedule, schedules] = Constant()
    """How the learning rate goes with the steps."""
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 0
    replicas: Annotated[int, Field(ge=1, le=MAX_REPLICAS)] = 1
    steps: Annotated[int, Field(ge=0, le=MOST_STEPS)] = 10_000
    """What `train` runs; the dashboard goes on until stopped."""
    pace: NonNegative = 0.0
    """Steps a second; 0: flat out."""
    pace_steps: Annotated[int, Field(ge=0, le=MOST_STEPS)] = 0
    """The pace holds for so many steps, then flat out; 0: until changed."""
    clip_gradient: NonNegative = 0.0
    """Largest norm of a replica's gradient, which is scaled down to it; 0: no limit."""
    solved_below: NonNegative = 1e-6
    """Probe loss at which the run counts as solved; of a table, where it is not given, 0.1 % of the variance of y."""

    def samples_of(self, points: int) -> int:
        """Samples of a step of one replica, where the fixed data set has so many points (0: there is none)."""
        return self.batch_size or points
