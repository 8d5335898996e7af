"""How the range of a frequency is widened, whatever the model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from periodic_tui.engine.remedies.base import Remedy


class Widening(Remedy):
    """The options of widening."""

    frequency_limit: Annotated[float, Field(gt=0)] = 200.0
    """Radians per unit of x: the first range is 2/(limit + the present frequency)."""
    first_range: Annotated[float, Field(gt=0)] = 10.0
    """Half-width, in seconds, on which a clock's oscillators start."""
    growth: Annotated[float, Field(gt=1)] = 2.0
    loss_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """The range widens when the loss is below this share of mean(y²)."""
    stage_steps: Annotated[int, Field(ge=1)] = 5
    """Fewest steps of a stage."""
    patience: Annotated[int, Field(ge=1)] = 100
    """Steps of a stage after which it is given up: the range halves, or at the first range the frequency is redrawn."""
    noisy_steps: Annotated[int, Field(ge=1)] = 60
    """Steps of a stage under noise."""
    last_steps: Annotated[int, Field(ge=1)] = 400
    """Steps of the last stage under noise."""
    max_steps: Annotated[int, Field(ge=1)] = 10_000
