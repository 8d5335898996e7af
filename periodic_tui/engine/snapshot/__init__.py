"""What the screen gets: whole pictures of a run, frozen, of read-only numpy arrays; never a delta."""

from periodic_tui.engine.snapshot.curve import Curve
from periodic_tui.engine.snapshot.events import Death, Event, MarkKind, Moment, Past
from periodic_tui.engine.snapshot.fit import ClockFace, Fit, FitKind
from periodic_tui.engine.snapshot.landscape import GradientStats, Landscape, Line, Sweep
from periodic_tui.engine.snapshot.script import Network, Script
from periodic_tui.engine.snapshot.snapshot import EMPTY, Snapshot, State
from periodic_tui.engine.snapshot.trained import Gpu, Trained
from periodic_tui.engine.snapshot.units import Features, Layer, UnitCurve, UnitState
from periodic_tui.engine.snapshot.verdict import Baselines, Offer, Verdict
from periodic_tui.engine.snapshot.view import View

__all__ = [
    "EMPTY",
    "Baselines",
    "ClockFace",
    "Curve",
    "Death",
    "Event",
    "Features",
    "Fit",
    "FitKind",
    "Gpu",
    "GradientStats",
    "Landscape",
    "Layer",
    "Line",
    "MarkKind",
    "Moment",
    "Network",
    "Offer",
    "Past",
    "Script",
    "Snapshot",
    "State",
    "Sweep",
    "Trained",
    "UnitCurve",
    "UnitState",
    "Verdict",
    "View",
]
