"""A quantity over the steps, as the loss and the frequency are drawn."""

from dataclasses import dataclass, field

from periodic_tui.engine.arrays import Floats, ReadOnly, no_values


@dataclass(frozen=True, eq=False)
class Curve(ReadOnly):
    """A quantity over the steps, in bins of equal width; old bins never change until their number halves."""

    step: Floats = field(default_factory=no_values)
    """First step of each bin."""
    low: Floats = field(default_factory=no_values)
    """Least value in the bin; NaN where no value was finite."""
    middle: Floats = field(default_factory=no_values)
    """Geometric mean in the bin (for losses; zeros count as the smallest positive double), else arithmetic."""
    high: Floats = field(default_factory=no_values)
    """Largest value in the bin; inf and NaN are kept, so that no spike is lost."""
    width: int = 1
    """Steps in one bin."""
    last: Floats = field(default_factory=no_values)
    """Last step of each bin; empty where every bin holds a single one."""
    life: Floats = field(default_factory=no_values)
    """Number of the life of each bin, ascending: nothing is joined across a command that placed the parameters anew.
    Empty where all is one life."""
