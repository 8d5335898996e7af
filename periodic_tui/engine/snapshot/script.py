"""What a snapshot tells of a network that the user's own script trains."""

from dataclasses import dataclass, field

from periodic_tui.engine.arrays import Floats, ReadOnly, no_values


@dataclass(frozen=True, eq=False)
class Network(ReadOnly):
    """Its layers, in the order in which they first run; the shares are of the last batch that was looked at."""

    names: tuple[str, ...] = ()
    """As the model calls them, `features.3`; a functional activation goes by what it comes after, `fc1 → relu`."""
    kinds: tuple[str, ...] = ()
    """`Linear`, `Conv2d`, `ReLU`; a functional one `relu`."""
    shapes: tuple[str, ...] = ()
    """Of the output for one sample: `50`, `64×8×8`."""
    dead: Floats = field(default_factory=no_values)
    """`[layers]`: share of an activation's units that are dead; NaN where a layer has no such units."""
    saturated: Floats = field(default_factory=no_values)
    """`[layers]`: share of its values at an end of the activation; NaN where there is none."""
    gradient: Floats = field(default_factory=no_values)
    """`[layers]`: length of the gradient of its own parameters; NaN where it has none, or gets none."""
    update: Floats = field(default_factory=no_values)
    """`[layers]`: length of the last step over that of its own parameters; NaN likewise."""
    trends: Floats = field(default_factory=no_values)
    """`[4, layers, looks]`: dead, saturated, gradient and update at the last looks, oldest first."""
    units: tuple[int, ...] = ()
    """Number of each in the snapshot's `layers`; -1 where it has no units to be seen."""


@dataclass(frozen=True)
class Script:
    """The script, and how far it is seen."""

    command: str = ""
    """As it was started; for a loop of one's own, its name."""
    models: tuple[str, ...] = ()
    """Class and number of parameters of each that trains."""
    optimizers: tuple[str, ...] = ()
    """Class and learning rate of each that steps."""
    unseen: tuple[str, ...] = ()
    """What cannot be seen, and why, a sentence each."""
    looks: int = 0
    """Steps that were looked at in full."""
    share: float = 0.0
    """Of the time that watching has taken."""
    code: int | None = None
    """Exit code; None while the script runs, or where it was killed."""
    output: tuple[str, ...] = ()
    """The last lines of what it printed: told by who shows that, and never recorded in a picture."""
    captured: bool = True
    """Whether what it prints is recorded; otherwise it goes to the script's own terminal."""
