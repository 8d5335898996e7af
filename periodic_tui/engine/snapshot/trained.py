"""What is trained, and on what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trained:
    """What is trained, as far as a key changes it."""

    shape: str = ""
    """Units from input to output, as 1-50-10-1."""
    activation: str = ""
    """Empty where there is none."""
    optimizer: str = ""
    lr: float = float("nan")
    """The largest of the focused replica's rates now."""
    batch: int = 0
    """Samples a step; 0: the whole data set."""
    threads: int = 1
    """Of the processor, where that trains."""
    held: bool = False
    """Whether the parameters are held where they are: every rate is 0."""


@dataclass(frozen=True)
class Gpu:
    """The GPU that trains, with whatever else uses it, as its driver last told."""

    busy: int
    """Percent of the time in which it was at work."""
    used: int
    """Bytes of its memory."""
    memory: int
    """Bytes that it has."""
    degrees: int
    """Its temperature in °C."""
    count: int
    """Such devices in this machine."""
