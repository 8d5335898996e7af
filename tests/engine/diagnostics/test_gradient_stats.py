"""Gradient, noise and step length against closed forms and the step itself."""

import pytest
import torch

from periodic_tui.engine.diagnostics.gradient_stats import measure
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from tests.engine.experiments import magnitude, seen, sine

CPU = torch.device("cpu")


def test_far_from_the_answer_the_gradient_of_the_sine_drowns_in_noise() -> None:
    run = Run(1, "sine", sine(seed=3), CPU)
    gradient_stats = measure(run.trainer, run.observer, 0)
    assert gradient_stats.noise == pytest.approx(1000 / 2**0.5 / 32**0.5, rel=0.6)
    assert gradient_stats.gradient < 0.05 * gradient_stats.noise
    assert f"noise of {gradient_stats.noise:.3g}" in seen(run, View(), live=True).verdict.text


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_step_is_the_one_that_training_takes_next(dropout: float) -> None:
    spec = magnitude(replicas=3)
    run = Run(
        1, "magnitude", spec.model_copy(update={"model": spec.model.model_copy(update={"dropout": dropout})}), CPU
    )
    run.advance(5)
    before = run.trainer.parameters[1].clone()
    gradient_stats = measure(run.trainer, run.observer, 1)
    run.advance(1)
    moved = (run.trainer.parameters[1] - before).norm() / before.norm()
    assert gradient_stats.update_ratio == pytest.approx(float(moved), rel=1e-4)


def test_the_true_gradient_is_the_probes() -> None:
    run = Run(1, "magnitude", magnitude(), CPU)
    leaf = run.trainer.parameters.clone().requires_grad_()
    output = run.experiment.model.forward(run.trainer.training_step.layout.views(leaf), run.observer.probe.x[None])
    ((output[0] - run.observer.probe.y) ** 2).mean().backward()
    assert leaf.grad is not None
    assert measure(run.trainer, run.observer, 0).gradient == pytest.approx(float(leaf.grad.norm()), rel=0.1)
