"""What has happened, and where the picture stands in it."""

from dataclasses import dataclass
from typing import Literal

from periodic_tui.engine.arrays import Floats, ReadOnly


@dataclass(frozen=True)
class Event:
    """Something that happened at a step."""

    step: int
    text: str
    command: str | None = None
    """The command's words where a command was applied: plots bear a mark there."""
    death: int | None = None
    """Number of the death that it tells of, where that can be played again."""


@dataclass(frozen=True, eq=False)
class Moment(ReadOnly):
    """One unit at one step of a death."""

    step: int
    """Steps done."""
    preactivation: Floats
    """`[points]` over `Death.x`, or `[side, side]` over its square (largest second input first)."""
    share: float
    """Of the probe on which it is active."""
    weights: Floats
    """`[inputs]`, as its layer gets them."""
    bias: float
    """0 where it has none."""
    gradient: Floats
    """Of the batch that the next step is taken on: by the weights, then by the bias, `[inputs + 1]`."""


@dataclass(frozen=True, eq=False)
class Death(ReadOnly):
    """How a unit died, to be played again step by step."""

    number: int
    """Counts the deaths of a run."""
    step: int
    """The first at which it is dead."""
    layer: int
    unit: int
    """The one that is shown."""
    units: tuple[int, ...]
    """All of its layer that died at that step."""
    text: str
    """Name, step and cause in a sentence."""
    x: Floats
    """The fit's axis: `[points]`, or `[side]` of the square of two inputs."""
    film: tuple[Moment, ...]
    """From some steps before to some after."""


MarkKind = Literal["command", "death", "verdict"]


@dataclass(frozen=True)
class Past:
    """Where a recorded picture stands among those of its recording: told by who plays that, and never recorded."""

    place: int
    """Its number among the pictures, from 0 on."""
    pictures: int
    """So many there are."""
    last: int
    """The newest step of the recording."""
    held: bool = True
    """Whether the present follows from it; otherwise training went back to before it, and took another course."""
    marks: tuple[tuple[int, MarkKind], ...] = ()
    """Places of what happened: of the first picture after it."""
    pace: float | None = None
    """Times real time, where it is played; None: a run looks at its own past."""
    playing: bool = False
    """Whether it goes on by itself."""
    written: bool = False
    """Whether some process goes on writing the recording."""

    @property
    def newest(self) -> bool:
        """Whether this is the newest picture, and the next one will be shown as well, if there ever is one."""
        return self.place >= self.pictures - 1 and (self.playing or not self.written)
