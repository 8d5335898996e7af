"""What a live screen looks through, besides readings and verdicts; for one experiment."""

from __future__ import annotations

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.deaths import Deaths
from periodic_tui.engine.diagnostics.gradient_stats import GradientMeter
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.views.features import FeatureMap
from periodic_tui.engine.views.landscape import LossLandscape


class Instruments:
    """Made anew when the experiment changes."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.deaths = Deaths(trainer, observer)
        self.landscape = LossLandscape(trainer, observer)
        self.gradient_stats = GradientMeter(trainer, observer)
        self.features = FeatureMap(trainer, observer)
