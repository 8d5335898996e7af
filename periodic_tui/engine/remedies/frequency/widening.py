"""How the range of a frequency is widened, whatever the model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import FrequencyRemedy


class Widening(FrequencyRemedy):
    """The options of widening."""

    frequency_limit: Positive = 200.0
    """Radians per unit of x: the first range is 2/(limit + the present frequency)."""
    first_range: Positive = 10.0
    """Half-width, in seconds, on which a clock's oscillators start."""
    growth: Annotated[float, Field(gt=1)] = 2.0
    loss_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """The range widens when the loss is below this share of mean(y²)."""
    stage_steps: Count = 5
    """Fewest steps of a stage."""
    patience: Count = 100
    """Steps of a stage after which it is given up: the range halves, or at the first range the frequency is redrawn."""
    noisy_steps: Count = 60
    """Steps of a stage under noise."""
    last_steps: Count = 400
    """Steps of the last stage under noise."""
    max_steps: Count = 10_000
