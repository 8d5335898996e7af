"""Remedies for columns and steps of the wrong size, each on a network that fails without it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.components.models.mlp import MLP, Linear
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.diagnostics.certified import never_active
from periodic_tui.engine.diagnostics.output_range import output_range
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.treatment import offers
from tests.engine.experiments import experiment, magnitude, seen, sine
from tests.engine.remedies.treated import treated


def table(tmp_path: Path, x: np.ndarray, y: np.ndarray, **sections: Any) -> Experiment:
    path = tmp_path / "rows.csv"
    np.savetxt(path, np.column_stack([x, y]), delimiter=",", header="x,y", comments="")
    return experiment(target={"kind": "csv", "path": str(path), "x": ["x"], "y": ["y"]}, **sections)


def explained(run: Run) -> float:
    y = run.observer.probe.y
    return 1 - float(run.reading().loss[0]) / float(y.var(correction=0))


def parameter(run: Run, name: str) -> torch.Tensor:
    return run.trainer.training_step.layout.views(run.trainer.parameters)[name]


def scaling_of(run: Run) -> Scaling | None:
    model = run.experiment.model
    assert isinstance(model, Linear | MLP)
    return model.scaling


def line(tmp_path: Path, **sections: Any) -> Experiment:
    x = np.linspace(900.0, 1000.0, 50)
    return table(tmp_path, x, 3 * x - 2_000, **{"model": "linear", "training": {"batch_size": 0}} | sections)


WAVE = {"model": {"kind": "mlp", "hidden": [10, 10], "activation": "tanh"}, "optimizer": {"kind": "adam", "lr": 0.01}}


def test_a_network_saturated_by_its_inputs_learns_once_they_are_standardized(tmp_path: Path) -> None:
    x = np.arange(1_000.0)
    spec = table(tmp_path, x, 300 + 50 * np.sin(x / 200), **WAVE)
    assert explained(treated(spec, "standardize", 0)) < 0.1
    plain = Run(1, "plain", spec, torch.device("cpu"))
    plain.advance(3_000)
    assert explained(plain) < 0.5
    run = treated(spec, "standardize", 3_000)
    assert run.treatment is None
    assert explained(run) > 0.99
    assert "standardized x 500 ± 2.9e+02, y 307 ± 36" in run.journal[-1].text


def test_fit_and_loss_stay_in_the_units_of_the_data(tmp_path: Path) -> None:
    """The layers' weights stand for W/σ and b − Wμ/σ on the first side, W·σ and b·σ + μ on the last."""
    x = np.arange(1_000.0)
    y = 300 + 50 * np.sin(x / 200)
    run = treated(table(tmp_path, x, y, **WAVE), "standardize", 50)
    weight, bias = parameter(run, "hidden.0.weight").double(), parameter(run, "hidden.0.bias").double()
    folded, shifted = weight / x.std(), bias - weight[..., 0] * x.mean() / x.std()
    hidden = torch.tanh(torch.tensor(x).view(1, -1, 1) @ folded.mT + shifted.unsqueeze(1))
    w1, b1 = parameter(run, "hidden.1.weight").double(), parameter(run, "hidden.1.bias").double()
    hidden = torch.tanh(hidden @ w1.mT + b1.unsqueeze(1))
    out, end = parameter(run, "output.weight").double() * y.std(), parameter(run, "output.bias").double()
    expected = (hidden @ out.mT)[0, :, 0].numpy() + float(end) * y.std() + y.mean()
    np.testing.assert_allclose(run.reading().loss[0], ((expected - y) ** 2).mean(), rtol=1e-4)


def test_a_line_far_from_zero_is_learned_by_gradient_descent_on_standardized_columns(tmp_path: Path) -> None:
    spec = line(tmp_path, optimizer={"kind": "sgd", "lr": 0.01})
    run = treated(spec, "standardize", 2_500, before=100)
    assert run.trainer.alive
    assert explained(run) > 0.999_999
    assert "the loss was inf of the best constant's" in run.journal[-1].text


def test_adam_gets_a_step_that_does_where_its_own_would_not(tmp_path: Path) -> None:
    spec = line(tmp_path, optimizer={"kind": "adam", "lr": 1e-6})
    run = treated(spec, "standardize", 2_000)
    assert explained(run) > 0.99
    assert "lr 1e-06 → " in run.journal[-1].text
    kept = treated(line(tmp_path, optimizer={"kind": "adam", "lr": 0.01}), "standardize", 2_000)
    assert float(kept.trainer.rates.max()) == pytest.approx(0.01)


def test_what_the_layers_see_is_judged_not_what_the_table_holds(tmp_path: Path) -> None:
    run = treated(line(tmp_path), "standardize", 10)
    samples = run.measured.judge.samples
    assert (samples.steepest, samples.flattest) == pytest.approx((1.0, 1.0))
    assert samples.y[0].size == pytest.approx(float(run.observer.probe.y.square().mean().sqrt()), rel=1e-4)


def test_units_without_biases_turn_in_the_middle_of_centered_columns(tmp_path: Path) -> None:
    x = np.linspace(0.0, 4.0, 100)
    model = {"kind": "mlp", "hidden": [8], "bias": False}
    spec = table(tmp_path, x, np.abs(x - x.mean()), model=model, optimizer={"kind": "adam", "lr": 0.01})
    plain = Run(1, "plain", spec, torch.device("cpu"))
    plain.advance(2_000)
    assert explained(plain) < 0.5
    run = treated(spec, "center", 2_000)
    assert explained(run) > 0.99
    found = scaling_of(run)
    assert found is not None
    assert (found.x_spread, found.y_center, found.y_spread) == ((1.0,), (0.0,), (1.0,))


def test_reinitialize_gives_the_columns_back(tmp_path: Path) -> None:
    run = treated(line(tmp_path), "standardize", 10)
    assert scaling_of(run) is not None
    run.reinitialize(None)
    assert scaling_of(run) is None


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (sine(), "it is for networks of layers, and the model is sine-unit"),
        (experiment(target="abs", model={"kind": "mlp", "bias": False}), "no biases that could take up the means"),
    ],
)
def test_standardize_says_where_it_does_not_fit(spec: Experiment, why: str) -> None:
    (offer,) = (each for each in offers(spec, "underfit") if each.name == "standardize")
    assert why in offer.unfit
    assert not offer.fits


def test_standardize_fails_where_the_columns_are_of_order_one_and_leaves_the_run(tmp_path: Path) -> None:
    x = np.linspace(-1.7, 1.7, 50)
    run = treated(table(tmp_path, x, x, **WAVE), "standardize", 0, before=10)
    assert scaling_of(run) is None
    assert "every column is of the size" in run.journal[-1].text


def test_standardize_fails_where_it_does_not_help_and_says_what_it_rules_out(tmp_path: Path) -> None:
    x = np.linspace(0.0, 2.0, 400)
    noise = np.random.default_rng(0).normal(size=400)
    run = treated(table(tmp_path, x, noise + 5, **WAVE | {"model": "linear"}), "standardize", 2_000, before=4_000)
    assert scaling_of(run) is None
    assert "the scale is not what is the matter" in run.journal[-1].text


@pytest.mark.parametrize(("activation", "ends"), [("sigmoid", (0.1, 0.9)), ("tanh", (-0.8, 0.8)), ("relu", (0.0, 3.5))])
def test_targets_out_of_reach_of_the_last_activation_are_mapped_into_its_range(
    tmp_path: Path, activation: str, ends: tuple[float, float]
) -> None:
    x = np.linspace(-1.7, 1.7, 200)
    model = {"kind": "mlp", "hidden": [8, 1], "activation": activation, "output_layer": False}
    training = {"seed": 2}  # from which the last ReLU is not dead
    spec = table(tmp_path, x, 50 + 10 * x, model=model, optimizer={"kind": "adam", "lr": 0.02}, training=training)
    run = treated(spec, "standardize", 3_000)
    assert explained(run) > 0.99
    found = scaling_of(run)
    assert found is not None
    (center,), (spread,) = found.y_center, found.y_spread
    limits = output_range(run.experiment.model, run.observer.probe.y)
    assert limits is not None
    assert limits.floor == pytest.approx(0, abs=1e-6)
    assert ((33 - center) / spread, (67 - center) / spread) == pytest.approx(ends, abs=0.1)


@pytest.mark.parametrize("target", ["abs", "magnitude"])
def test_the_known_answer_is_that_of_the_scaled_layers(target: str) -> None:
    inputs = 2 if target == "magnitude" else 1
    scaling = {"x_center": [0.3] * inputs, "x_spread": [4.0] * inputs, "y_center": [-7.0], "y_spread": [0.25]}
    model = {"kind": "mlp", "hidden": [3], "scaling": scaling}
    plain = experiment(target=target, model={"kind": "mlp", "hidden": [3]})
    scaled = experiment(target=target, model=model)
    losses = []
    for spec in (plain, scaled):
        run = Run(1, "test", spec, torch.device("cpu"))
        run.inject(0.0)
        losses.append(float(run.reading().loss[0]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-3, abs=1e-10)


def test_the_lines_where_units_begin_are_drawn_in_the_units_of_the_data() -> None:
    scaling = {"x_center": [0.3, -2.0], "x_spread": [4.0, 0.5]}
    spec = experiment(target="magnitude", model={"kind": "mlp", "hidden": [3], "scaling": scaling, "input_scale": 2.0})
    fit = seen(Run(1, "test", spec, torch.device("cpu")), View()).fit
    for x in ([0.0, 0.0], [1.0, -1.0], [0.3, -2.0]):
        given = np.array(fit.scale) * x + np.array(fit.offset)
        np.testing.assert_allclose(given, 2 * (np.array(x) - scaling["x_center"]) / scaling["x_spread"], atol=1e-6)


def test_what_is_certified_dead_is_so_on_the_scaled_inputs() -> None:
    """On [−1, 1] the unit's pre-activation is 8·x − 2·8 + 9, which is positive at x = 1, or −8·9 + 9."""
    for center, dead in ((2.0, False), (10.0, True)):
        scaling = {"x_center": [center], "x_spread": [1.0]}
        model = {"kind": "mlp", "hidden": [1], "scaling": scaling}
        run = Run(1, "test", experiment(target="abs", model=model), torch.device("cpu"))
        parameter(run, "hidden.0.weight").fill_(8.0)
        parameter(run, "hidden.0.bias").fill_(9.0)
        (found,) = never_active(run.experiment, run.trainer.training_step.layout.views(run.trainer.parameters))
        assert bool(found.all()) is dead


def test_the_numbers_of_a_scaling_are_as_many_as_the_columns() -> None:
    scaling = {"x_center": [0.0, 1.0], "x_spread": [1.0]}
    assert MLP.model_validate({"kind": "mlp", "scaling": scaling}).conflicts(1, 1) == {
        "scaling.x_center": "expected 1 numbers, one for each column, got 2"
    }


# Steps.


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_smaller_step_is_below_two_over_the_largest_eigenvalue_of_a_line(tmp_path: Path, momentum: float) -> None:
    """The Hessian of the squared error is 2·E[x̃ x̃ᵀ] with x̃ = (x, 1)."""
    spec = line(tmp_path, optimizer={"kind": "sgd", "lr": 0.01, "momentum": momentum})
    x = np.linspace(900.0, 1000.0, 50)
    design = np.column_stack([x, np.ones_like(x)])
    sharpness = 2 * np.linalg.eigvalsh(design.T @ design / len(x))[-1]
    run = treated(spec, "smaller-step", 500, before=100)
    assert float(run.trainer.step_inputs["lr"].max()) == pytest.approx(0.25 * 2 * (1 - momentum) / sharpness, rel=1e-3)
    assert run.trainer.alive
    assert explained(run) > 0
    assert "; started again" in run.journal[-1].text


def test_batches_of_one_row_are_stable_at_the_worst_row(tmp_path: Path) -> None:
    spec = line(tmp_path, optimizer={"kind": "sgd", "lr": 0.01}, training={"batch_size": 1})
    run = treated(spec, "smaller-step", 2_000)
    assert float(run.trainer.step_inputs["lr"].max()) == pytest.approx(0.25 / (1_000.0**2 + 1), rel=1e-3)
    assert run.trainer.alive


def test_a_smaller_step_is_found_for_adam_by_trials() -> None:
    spec = magnitude().model_copy(update={"optimizer": magnitude().optimizer.model_copy(update={"lr": 3.0})})
    run = treated(spec, "smaller-step", 1_500, before=200)
    assert float(run.trainer.step_inputs["lr"].max()) < 0.5
    assert "with which a copy's loss falls farthest" in run.journal[-1].text
    assert explained(run) > 0.8


def test_a_smaller_step_rules_out_the_step_where_it_is_stable() -> None:
    spec = experiment(target="abs", model={"kind": "mlp", "hidden": [8]}, optimizer={"kind": "sgd", "lr": 0.05})
    run = treated(spec, "smaller-step", 0, before=1_000)
    assert "lr 0.05 is below 2/L″" in run.journal[-1].text
    assert torch.equal(run.trainer.step_inputs["lr"], torch.full((1, 1), 0.05))


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "lr": 1e-6}, {"kind": "adam", "lr": 1e-7}])
def test_a_larger_step_lets_a_network_learn_that_hardly_moves(optimizer: dict[str, Any]) -> None:
    spec = experiment(target="abs", model={"kind": "mlp", "hidden": [8]}, optimizer=optimizer)
    plain = Run(1, "plain", spec, torch.device("cpu"))
    plain.advance(2_500)
    assert explained(plain) < 0
    run = treated(spec, "larger-step", 2_500)
    assert explained(run) > 0.9
    assert "a copy's loss falls by" in run.journal[-1].text


def test_the_trials_of_a_larger_step_leave_the_run_where_it_is() -> None:
    spec = experiment(target="abs", model={"kind": "mlp", "hidden": [8]}, optimizer={"kind": "adam", "lr": 1e-7})
    plain = Run(1, "plain", spec, torch.device("cpu"))
    plain.advance(20)
    run = treated(spec, "larger-step", 0, before=20)
    assert run.step == 20
    assert torch.equal(run.trainer.parameters, plain.trainer.parameters)
    assert torch.equal(run.trainer.state["square"], plain.trainer.state["square"])


def test_a_larger_step_rules_out_the_step_where_it_is_the_best() -> None:
    spec = magnitude().model_copy(update={"optimizer": magnitude().optimizer.model_copy(update={"lr": 3.0})})
    run = treated(spec, "larger-step", 0, before=50)
    assert "the step is not what is too small" in run.journal[-1].text


def test_what_was_tried_is_kept_for_the_screen_and_is_what_training_comes_to(tmp_path: Path) -> None:
    x = np.linspace(-1.0, 1.0, 50)
    spec = table(tmp_path, x, np.abs(x), **WAVE, training={"batch_size": 0})
    spec = spec.model_copy(update={"optimizer": spec.optimizer.model_copy(update={"lr": 1e-5})})
    run = treated(spec, "larger-step", 0, before=20)
    sweep, chosen = run.sweep, float(run.trainer.rates.max())
    np.testing.assert_allclose(np.diff(np.log10(sweep.lr)), 0.5, rtol=1e-5)
    assert sweep.lr[0] == pytest.approx(1e-5)
    assert sweep.before == pytest.approx(float(run.reading().loss[0]))
    assert (sweep.steps, sweep.step) == (200, 20)
    run.advance(200)
    (place,) = np.flatnonzero(np.isclose(sweep.lr, chosen, rtol=1e-5))
    assert sweep.loss[place] == pytest.approx(float(run.reading().loss[0]), rel=1e-5)
    assert seen(run, View()).sweep is sweep
    run.treat("clip-gradient")
    assert not run.sweep.lr.size
