"""What is the matter, what that is judged by, and what may help."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """What is the matter, in one code, one sentence and the figures that it rests on."""

    code: str = "learning"
    text: str = ""
    figures: dict[str, float | int | str | None] = field(default_factory=dict)
    margin: float = 1.0
    """How sure it is: how many times the deciding figure is beyond its limit; inf for what is a fact."""
    short: str = ""
    """The same in one line of at most 78 cells, figures included; empty: as `text`."""
    next: tuple[tuple[str, str], ...] = ()
    """What to do now: words of a command (or `remedies` for their menu) and what it does, as in
    `("reinitialize", "starts over")`."""
    step: int = 0
    """The step at which it was found."""


@dataclass(frozen=True)
class Baselines:
    """Probe losses of what needs no network."""

    mean: float = float("nan")
    """Of the best constant."""
    line: float = float("nan")
    """Of the best linear map; NaN where that means nothing (phases)."""
    data: float | None = None
    """What no function of the inputs goes below, because rows contradict each other; None where none do."""
    persistence: float | None = None
    """Of the last known value of y, where inputs of a table are y of earlier rows; None elsewhere."""


@dataclass(frozen=True)
class Offer:
    """One remedy as the menu shows it."""

    name: str
    what: str
    """What it does, in one line."""
    prior: str
    """What it has to know beforehand, in one line."""
    options: str
    """Its options and their values, as `frequency_limit 200, …`; empty where it has none."""
    fits: bool
    """Whether it is for the present verdict, and for this model."""
    unfit: str
    """Why it cannot be applied at all; empty if it can."""
