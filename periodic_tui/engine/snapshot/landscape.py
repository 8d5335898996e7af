"""The loss around the present point, and what moves the parameters from there."""

from dataclasses import dataclass, field

from periodic_tui.engine.arrays import Floats, ReadOnly, no_values


@dataclass(frozen=True)
class GradientStats:
    """What moves the parameters of the focused replica; NaN where it was not measured."""

    gradient: float = float("nan")
    """Size of the true gradient."""
    noise: float = float("nan")
    """Standard deviation of a minibatch's gradient around it."""
    update_ratio: float = float("nan")
    """Length of the next step over that of the parameters."""
    step: int = 0
    """The step that they were measured at."""


@dataclass(frozen=True, eq=False)
class Line(ReadOnly):
    """The probe loss along a straight line through the present point."""

    name: str
    """`answer`, `gradient` or `sharpest`: where the line goes."""
    loss: Floats
    """`[positions]`."""


@dataclass(frozen=True, eq=False)
class Landscape(ReadOnly):
    """The loss around the present point: over ω for a single frequency, else along straight lines."""

    x: Floats = field(default_factory=no_values)
    """ω; for lines the position, 0 being the present point. Empty where nobody has asked."""
    loss: Floats = field(default_factory=no_values)
    """Expected loss at each ω, in closed form."""
    gradient: Floats = field(default_factory=no_values)
    """Derivative of the expected loss at each ω."""
    sampled: Floats = field(default_factory=no_values)
    """The derivative on a minibatch of its own at each ω."""
    present: float = 0.0
    """ω as it is."""
    present_loss: float = float("nan")
    """The loss there (the expected one over ω, that on the lines' points elsewhere)."""
    present_gradient: float = float("nan")
    """Derivative of the expected loss there."""
    step: int = 0
    """The step that all of it is of."""
    near: bool = False
    """Only the surroundings of the answer."""
    lines: tuple[Line, ...] = ()
    reach: float = 0.0
    """Distance in parameters of position 1 on the lines: as far as the answer, or as the origin."""


@dataclass(frozen=True, eq=False)
class Sweep(ReadOnly):
    """What a remedy tried on copies of the first replica: so many steps at each of some learning rates."""

    lr: Floats = field(default_factory=no_values)
    """`[trials]`, ascending; empty where no remedy has tried any."""
    loss: Floats = field(default_factory=no_values)
    """`[trials]` after those steps; not finite where a copy diverged."""
    before: float = float("nan")
    """The loss from which all of them began."""
    steps: int = 0
    """Of each trial."""
    step: int = 0
    """The step from which all of them began."""
