"""How long the gradient's figures are kept; time is a number here."""

from functools import partial

import pytest
import torch

from periodic_tui.engine.diagnostics import Observer, gradient_stats
from periodic_tui.engine.diagnostics.gradient_stats import GradientMeter
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import GradientStats
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.clock import Clock
from tests.engine.experiments import magnitude


@pytest.mark.parametrize(("cost", "again"), [(0.0001, 0.5), (0.003, 1.0)])
def test_figures_are_kept_for_half_a_second_or_longer_where_they_take_long(
    cost: float, again: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = Clock(), []

    def measured(trainer: Trainer, observer: Observer, focus: int) -> GradientStats:
        clock.now += cost
        asked.append(focus)
        return GradientStats(len(asked))

    monkeypatch.setattr(gradient_stats, "Budget", partial(Budget, clock=clock))
    monkeypatch.setattr(gradient_stats, "measure", measured)
    trainer = Trainer(magnitude(replicas=2), torch.device("cpu"))
    meter = GradientMeter(trainer, Observer(trainer.training_step, training_probe(trainer.experiment), None))
    assert meter(0).gradient == 1
    clock.now = cost + again - 1e-6
    assert meter(0).gradient == 1
    clock.now = cost + again + 1e-6
    assert meter(0).gradient == 2
    assert meter(1).gradient == 3
    assert meter(1).gradient == 3
    assert asked == [0, 0, 1]
