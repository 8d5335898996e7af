"""What a run's observation found: all that a picture or a summary is drawn from, of one replica and one step."""

from __future__ import annotations

from dataclasses import dataclass, field

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics import Reading
from periodic_tui.engine.snapshot import Curve, Features, GradientStats, Landscape, Layer, Verdict


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Of one replica."""

    focus: int
    """Its index."""
    reading: Reading
    """Its alone."""
    verdict: Verdict
    """What is shown as the first of them."""
    causes: tuple[Verdict, ...]
    """All that hold now, in order of precedence."""
    layers: tuple[Layer, ...]
    gradient_stats: GradientStats = field(default_factory=GradientStats)
    """NaN where it was not measured: for the live screen only."""
    landscape: Landscape = field(default_factory=Landscape)
    """Empty unless the view asks for it, as are the next two."""
    features: Features = field(default_factory=Features)
    untreated: Curve = field(default_factory=Curve)


@dataclass(frozen=True)
class Report:
    """What is told of a run on the way: of the replica in focus, after `step` steps."""

    step: int
    loss: float
    """On the probe."""
    train_loss: float
    """Of the last batch."""
    omega: Floats
    """The learned frequencies, `[frequencies]`."""
