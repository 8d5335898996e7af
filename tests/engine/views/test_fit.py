"""What the fit shows, against the target's own formula and plain numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Fit, View
from tests.engine.experiments import experiment, seen, sine


def run_of(spec: Experiment) -> Run:
    return Run(1, "test", spec, torch.device("cpu"))


def fit_in(spec: Experiment) -> Fit:
    return seen(run_of(spec), View()).fit


def test_maps_have_the_largest_second_input_on_top() -> None:
    run = run_of(experiment(target="magnitude", domain={"train": [[0, 1]]}, model={"kind": "mlp", "hidden": [1]}))
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    for name, value in views.items():
        value.zero_()
        if name in ("hidden.0.weight", "output.weight"):
            value[..., -1:] = 1.0
    fit = seen(run, View()).fit
    x, y = np.meshgrid(fit.x, fit.x[::-1])
    np.testing.assert_allclose(fit.target, np.hypot(x, y), rtol=1e-6)
    np.testing.assert_allclose(fit.prediction, y, atol=1e-6)


def test_a_linear_layer_shows_its_weights_beside_the_known_ones() -> None:
    run = run_of(experiment(target={"kind": "fir", "samples": 5, "taps": [0.1, 0.2, 0.3]}, model="linear"))
    before = seen(run, View()).fit
    known = [[0.3, 0.2, 0.1, 0, 0], [0, 0.3, 0.2, 0.1, 0], [0, 0, 0.3, 0.2, 0.1]]
    assert before.kind == "weights"
    np.testing.assert_allclose(before.target, known)
    assert np.abs(before.prediction - known).max() > 0.01
    run.inject(0.0)
    np.testing.assert_allclose(seen(run, View()).fit.prediction, known, atol=1e-7)


def test_many_inputs_show_the_outputs_for_one_signal() -> None:
    spec = experiment(target={"kind": "amplitude-spectrum", "size": 4}, model={"kind": "mlp", "hidden": [3]})
    run = run_of(spec)
    fit = seen(run, View()).fit
    signal = run.observer.probe.x[0].double().numpy()
    assert fit.kind == "sample"
    np.testing.assert_allclose(fit.target[:, 0], np.abs(np.fft.fft(signal[:4] + 1j * signal[4:])), rtol=1e-5)
    assert fit.prediction.shape == (4, 1)


def test_predicted_phases_are_wrapped() -> None:
    spec = experiment(
        target="clock", model="oscillators", training={"dtype": "float64", "loss": "circular"}, optimizer="adam"
    )
    prediction = fit_in(spec).prediction
    assert prediction.min() >= -np.pi / 60
    assert prediction.max() < 2 * np.pi


@pytest.mark.parametrize(("test", "width"), [([], 2 * np.pi * 5), ([[10.0, 50.0]], 60.0)])
def test_the_window_shows_single_periods_or_all_that_is_held_out(test: list[list[float]], width: float) -> None:
    domain = {"train": [[-10.0, 10.0]], "test": test} if test else {"train": [[-50.0, 50.0]]}
    spec = experiment(target={"kind": "sine", "frequency": 1.0}, domain=domain, model={"kind": "mlp", "hidden": [2]})
    fit = fit_in(spec)
    assert fit.x[-1] - fit.x[0] == pytest.approx(width, rel=1e-6)


@pytest.mark.parametrize("loss", ["mse", "circular"])
def test_a_table_is_drawn_as_it_is_unless_its_loss_takes_it_for_angles(tmp_path: Path, loss: str) -> None:
    (tmp_path / "tide.csv").write_text("hour,level\n0,-3\n1,-2\n2,-1\n")
    spec = experiment(
        target={"kind": "csv", "path": str(tmp_path / "tide.csv"), "x": ["hour"], "y": ["level"]},
        model="linear",
        training={"loss": loss, "batch_size": 2},
    )
    run = run_of(spec)
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    views["output.weight"].fill_(1.0)
    views["output.bias"].fill_(-3.0)
    fit = seen(run, View()).fit
    level = fit.x - 3 if loss == "mse" else 2 * np.pi + fit.x - 3
    assert fit.kind == ("curves" if loss == "mse" else "phases")
    for drawn in (fit.target, fit.prediction):
        np.testing.assert_allclose(drawn[:, 0], level, atol=1e-5)


def narrowed_to(half: float) -> Fit:
    """The fit of a sine of which a remedy trains only the middle."""
    run = run_of(sine())
    starts, lengths = run.trainer.step_inputs["starts"], run.trainer.step_inputs["lengths"]
    run.trainer.step_inputs |= {"starts": starts.clone().fill_(-half), "lengths": lengths.clone().fill_(2 * half)}
    return seen(run, View()).fit


def test_the_window_opens_with_the_range_in_use_and_seldom_jumps() -> None:
    usual = fit_in(sine())
    assert usual.used is None
    halves = 0.004 * 2.0 ** np.arange(18)
    fits = [narrowed_to(half) for half in halves]
    for fit, half in zip(fits, halves, strict=True):
        assert fit.used == pytest.approx((-half, half), rel=1e-5)
        assert fit.x[-1] <= usual.x[-1] * (1 + 1e-6)
        assert fit.x[-1] >= min(half, usual.x[-1]) * (1 - 1e-6)
        assert fit.x[-1] <= 8 * half
    assert len({round(float(fit.x[-1]), 6) for fit in fits}) == 3


@pytest.mark.parametrize("loss", ["cross-entropy", "bce-with-logits"])
def test_classes_of_two_inputs_are_maps_with_the_boundary_between_them(loss: str, tmp_path: Path) -> None:
    (tmp_path / "xor.csv").write_text("a,b,c\n-1,-1,0\n-1,1,1\n1,-1,1\n1,1,0\n")
    target = {"kind": "csv", "path": str(tmp_path / "xor.csv"), "x": ["a", "b"], "y": ["c"]}
    spec = experiment(
        target=target | ({"labels": True} if loss == "cross-entropy" else {}),
        model={"kind": "mlp", "hidden": [8], "activation": "tanh"},
        optimizer={"kind": "adam", "lr": 0.05},
        training={"loss": loss, "batch_size": 0, "dtype": "float64"},
    )
    run = run_of(spec)
    run.advance(300)
    fit = seen(run, View()).fit
    assert fit.kind == "maps"
    corners = (slice(None, None, 47), slice(None, None, 47))
    assert fit.target[corners].tolist() == [[1, 0], [0, 1]]
    assert fit.prediction[corners].round().tolist() == [[1, 0], [0, 1]]
    assert 0 <= fit.prediction.min() <= fit.prediction.max() <= 1


def test_the_target_is_drawn_over_the_rows_that_are_held_out(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(10)))
    target = {"kind": "csv", "path": str(tmp_path / "rows.csv"), "x": ["x"], "y": ["y"], "test": 0.3}
    fit = fit_in(experiment(target=target, model={"kind": "mlp", "hidden": [2]}, training={"batch_size": 2}))
    assert (fit.x[0], fit.x[-1]) == (0, 9)
    assert fit.target[-1] == 81
    assert fit.trained == ((0, 6),)
