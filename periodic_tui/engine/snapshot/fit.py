"""What the network says, beside what it should."""

from dataclasses import dataclass, field
from typing import Literal

from periodic_tui.engine.arrays import Floats, ReadOnly, no_values

FitKind = Literal["curves", "phases", "maps", "weights", "sample"]
"""Over x (one input), or angles over x; over a square of two inputs; a linear layer's weights beside the known ones;
the outputs for one input."""


@dataclass(frozen=True, eq=False)
class Fit(ReadOnly):
    """Target and prediction side by side, in the way that suits the number of inputs."""

    x: Floats = field(default_factory=no_values)
    """Ascending `[points]`; the axis `[side]` of the square; the numbers of inputs or outputs from 0 on; empty where
    there is no such picture."""
    target: Floats = field(default_factory=no_values)
    """Noise-free `[points, outputs]`; `[side, side]`, the largest second input first; `[outputs, inputs]`."""
    prediction: Floats = field(default_factory=no_values)
    """Same shape as `target`."""
    kind: FitKind = "curves"
    trained: tuple[tuple[float, float], ...] = ()
    """The training intervals, for telling apart what is held out."""
    domain: tuple[float, float] = (0.0, 0.0)
    """Ends of everything there is to see (training and held-out intervals)."""
    used: tuple[float, float] | None = None
    """The interval that is trained on now, where a remedy has narrowed it."""
    scale: tuple[float, ...] = ()
    """Factors between the axis of a map and each input of the first layer; empty: 1."""
    offset: tuple[float, ...] = ()
    """What is added to that; empty: 0."""


@dataclass(frozen=True, eq=False)
class ClockFace(ReadOnly):
    """What a clock shows, second by second."""

    second: int = 0
    """The first one, in whole seconds since 1970."""
    true: Floats = field(default_factory=no_values)
    """`[seconds, 3]` second, minute and hour; empty where there is no clock."""
    predicted: Floats = field(default_factory=no_values)
    """Same shape; decoded from the network's outputs."""
