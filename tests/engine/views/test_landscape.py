"""What the landscape pane draws, against plain torch."""

import numpy as np
import pytest
import torch

from periodic_tui.engine.diagnostics.expected_loss import ExpectedLoss
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.views.features import principal_axes
from periodic_tui.engine.views.landscape import POSITIONS, LossLandscape, sampled_gradient
from tests.engine.experiments import experiment, magnitude, seen, sine

CPU = torch.device("cpu")
ASKED = View(panes=("landscape", "features"))


def test_nothing_is_computed_unless_the_pane_is_shown() -> None:
    picture = seen(Run(1, "sine", sine(), CPU), View(), live=True)
    assert not picture.landscape.x.size
    assert not picture.features.points.size


def test_over_a_frequency_the_minibatch_gradients_scatter_around_the_expected_one() -> None:
    run = Run(1, "sine", sine(batch_size=64), CPU)
    expected = ExpectedLoss.of(run.experiment)
    assert expected is not None
    omega = np.full(4000, 30.999)
    samples = sampled_gradient(run.trainer, omega, 0)
    standard_error = samples.std() / len(samples) ** 0.5
    assert samples.mean() == pytest.approx(expected.gradient(omega[:1])[0], abs=4 * standard_error)
    # Per sample the standard deviation is about R/√2 far from the answer.
    far = sampled_gradient(run.trainer, np.full(4000, 7.0), 0)
    assert far.std() == pytest.approx(1000 / 2**0.5 / 8, rel=0.1)


def test_near_the_answer_the_view_is_a_few_basins_wide() -> None:
    run = Run(1, "sine", sine(), CPU)
    wide = seen(run, ASKED, live=True).landscape
    near = seen(run, View(panes=("landscape",), near=True), live=True).landscape
    assert wide.x[0] <= 0 < 31 < wide.x[-1]
    assert near.x[[0, -1]] == pytest.approx([31 - 3 * 0.004493409, 31 + 3 * 0.004493409])


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_lines_pass_through_the_present_loss_and_one_ends_in_the_answer(dropout: float) -> None:
    spec = experiment(
        target="abs",
        domain={"distribution": "normal"},
        model={"kind": "mlp", "hidden": [2], "bias": False, "dropout": dropout},
        optimizer={"kind": "sgd", "lr": 0.01},
    )
    run = Run(1, "abs", spec, CPU)
    scape = seen(run, ASKED, live=True).landscape
    lines = {line.name: line.loss for line in scape.lines}
    assert {"answer", "gradient", "sharpest"} == set(lines)
    here, there = int(np.argmin(abs(POSITIONS))), int(np.argmin(abs(POSITIONS - 1)))
    assert np.ptp([loss[here] for loss in lines.values()]) < 1e-9
    assert lines["answer"][there] == pytest.approx(0.0, abs=1e-9)
    assert lines["gradient"][here + 1] < lines["gradient"][here - 1]
    answer = run.trainer.answer_parameters()
    assert scape.reach == pytest.approx(float((answer - run.trainer.parameters).norm()))


def test_the_principal_axes_are_those_of_the_singular_value_decomposition() -> None:
    values = np.random.default_rng(0).standard_normal((300, 6)) * [5, 3, 1, 0.5, 0.3, 0.1]
    centered = values - values.mean(0)
    axes = principal_axes(centered, None)
    _, _, rows = np.linalg.svd(centered, full_matrices=False)
    assert np.abs((axes * rows[:2].T).sum(0)) == pytest.approx([1, 1], abs=1e-6)
    again = principal_axes(centered, axes)
    assert again == pytest.approx(axes, abs=1e-6)


def test_features_are_read_off_the_last_hidden_layer() -> None:
    features = seen(Run(1, "magnitude", magnitude(), CPU), ASKED, live=True).features
    assert features.points.shape == (512, 2)
    assert features.method == "PCA"
    assert 0.5 < features.explained <= 1.0


def test_the_present_point_is_exact_and_bears_its_step() -> None:
    run = Run(1, "sine", sine(), CPU)
    run.inject(0.0)
    scape = seen(run, ASKED, live=True).landscape
    expected = ExpectedLoss.of(run.experiment)
    assert expected is not None
    omega = np.array(scape.present)
    assert scape.present_loss == float(expected.loss(omega))
    assert scape.present_gradient == float(expected.gradient(omega))
    assert abs(scape.present_gradient) < 1e-6 < np.interp(31.0, scape.x, np.abs(scape.gradient))
    run = Run(1, "magnitude", magnitude(), CPU)
    run.trainer.advance(3)
    scape = seen(run, ASKED, live=True).landscape
    assert scape.step == 3
    assert scape.present_loss == pytest.approx(scape.lines[0].loss[int(np.argmin(abs(POSITIONS)))])


def test_a_large_network_without_gradient_or_answer_has_no_landscape() -> None:
    spec = experiment(
        target="sine",
        domain={"train": [[-1.0, 1.0]]},
        model={"kind": "mlp", "hidden": [80, 80, 1], "output_layer": False},
        init={"weights": "uniform", "bias": {"kind": "constant", "value": -100.0}},
        optimizer="adam",
    )
    scape = seen(Run(1, "dead", spec, CPU), ASKED, live=True).landscape
    assert not scape.x.size
    assert not scape.lines


def test_another_range_has_another_landscape_at_once() -> None:
    run = Run(1, "sine", sine(), CPU)
    landscape = LossLandscape(run.trainer, run.observer)
    whole = landscape(0, False, None)
    assert landscape(0, False, None) is whole
    lengths = run.trainer.step_inputs["lengths"]
    run.trainer.step_inputs = run.trainer.step_inputs | {"lengths": lengths / 1000}
    assert np.abs(landscape(0, False, None).loss - whole.loss).max() > 0.1


def test_a_landscape_that_is_forgotten_is_drawn_anew_at_once() -> None:
    run = Run(1, "sine", sine(), CPU)
    landscape = LossLandscape(run.trainer, run.observer)
    first = landscape(0, False, None)
    run.inject(0.0)
    assert landscape(0, False, None) is first
    landscape.forget()
    assert landscape(0, False, None).present == 31.0
