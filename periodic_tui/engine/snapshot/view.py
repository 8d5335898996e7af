"""What the screen looks at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """What the screen looks at: sent to the session, never in the journal."""

    window: tuple[float, float] | None = None
    """Range of x in the fit pane; None: the session chooses one in which single periods can be seen."""
    points: int = 512
    """Points in that window."""
    focus: int = 0
    """The replica that all panes show."""
    stop_at_death: bool = False
    """Pause when a unit of that replica has died or come back."""
    panes: tuple[str, ...] = ()
    """The panes that are shown: what only they need is not computed for others."""
    compare: bool = False
    """The untreated course beside the run's."""
    near: bool = False
    """The landscape's surroundings of the answer, not all of it."""
    tsne: bool = False
    """Features by t-SNE, not PCA."""
    unit: tuple[int, int] | None = None
    """Layer and number of the unit whose activation is wanted."""
