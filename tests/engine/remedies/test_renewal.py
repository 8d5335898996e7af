"""Remedies that begin a new run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.treatment import offers
from tests.engine.experiments import experiment


def parabola(tmp_path: Path, **model: Any) -> Experiment:
    path, x = tmp_path / "rows.csv", np.linspace(0.0, 100.0, 50)
    np.savetxt(path, np.column_stack([x, x**2]), delimiter=",", header="x,y", comments="")
    target = {"kind": "csv", "path": str(path), "x": ["x"], "y": ["y"]}
    return experiment(target=target, model={"kind": "mlp"} | model, optimizer={"kind": "adam", "lr": 0.01})


def running(spec: Experiment, *commands: str, steps: int = 0) -> Runner:
    """After these commands, and so many steps after each."""
    runner = Runner(lambda name: (name, spec), "parabola", spec, engine="eager", device="cpu")
    runner.open()
    for words in commands:
        runner.apply(parse(words))
        runner.advance(steps)
    return runner


def model_of(runner: Runner) -> MLP:
    model = runner.current.experiment.model
    assert isinstance(model, MLP)
    return model


def commands_of(runner: Runner) -> list[str]:
    return [event.command for event in runner.current.journal if event.command]


SIGMOIDS = {"hidden": [2, 1], "activation": "sigmoid", "output_layer": False}


@pytest.mark.parametrize(
    ("model", "remedy", "changed"),
    [
        ({"hidden": [3, 20]}, "more-units", {"hidden": (8, 40)}),
        (SIGMOIDS, "more-units", {"hidden": (8, 1)}),
        (SIGMOIDS, "output-linear", {"hidden": (2,), "output_layer": True}),
        (SIGMOIDS | {"hidden": [1]}, "output-linear", {"hidden": (1,), "output_layer": True}),
        (SIGMOIDS | {"activation": ["tanh", "relu"]}, "output-linear", {"hidden": (2,), "output_layer": True}),
        ({"hidden": [4], "output_activation": "tanh"}, "output-linear", {"last_activation": "identity"}),
        ({"hidden": [4], "bias": False}, "add-biases", {"bias": True}),
        ({"hidden": []}, "bend-units", {"hidden": (32,)}),
        ({"hidden": [4], "activation": "identity"}, "bend-units", {"hidden": (4,)}),
    ],
)
def test_it_begins_a_new_run_with_the_model_changed(
    tmp_path: Path, model: dict[str, Any], remedy: str, changed: dict[str, Any]
) -> None:
    runner = running(parabola(tmp_path, **model), f"remedy:{remedy}")
    found = model_of(runner)
    assert {name: getattr(found, name) for name in changed} == changed
    assert runner.current.number == 2
    assert commands_of(runner)[0].startswith("new:model")


def test_biases_come_with_standardized_columns_and_adam(tmp_path: Path) -> None:
    spec = parabola(tmp_path, hidden=[8], bias=False, activation="tanh")
    spec = Experiment.model_validate(spec.table_with({"optimizer": {"kind": "sgd", "lr": 1e-9}}))
    runner = running(spec, "remedy:add-biases", steps=2_500)
    new, follows = commands_of(runner)
    assert (new.partition(":")[0], follows) == ("new", "remedy:standardize")
    assert (model_of(runner).bias, bool(model_of(runner).scaling)) == (True, True)
    assert (runner.current.experiment.optimizer.kind, runner.current.experiment.training.batch_size) == ("adam", 0)
    assert runner.current.reading().loss < 0.01 * runner.current.observer.constant_loss


def test_what_cannot_follow_is_told_and_the_new_run_goes_on(tmp_path: Path) -> None:
    scaling = {"x_center": [50.0], "x_spread": [29.0]}
    runner = running(parabola(tmp_path, hidden=[4], bias=False, scaling=scaling), "remedy:add-biases")
    assert model_of(runner).bias
    assert runner.current.events[-1].text.startswith("passed over: standardize does not fit")


@pytest.mark.parametrize(("kind", "lr", "batch"), [("rmsprop", 0.01, 0), ("adamw", 1e-4, 32)])
def test_more_units_are_trained_by_adam(tmp_path: Path, kind: str, lr: float, batch: int) -> None:
    spec = parabola(tmp_path, hidden=[3])
    spec = Experiment.model_validate(spec.table_with({"optimizer": {"kind": kind, "lr": 1e-4}}))
    found = running(spec, "remedy:more-units").current.experiment
    assert found.optimizer.kind == ("adam" if kind == "rmsprop" else kind)
    assert (found.optimizer.lr, found.training.batch_size) == (lr, batch)


def wave(tmp_path: Path, y: Callable[[Any], Any], **keys: Any) -> Runner:
    """Under by-sines, on 300 rows from 0 to 50."""
    path, x = tmp_path / "wave.csv", np.linspace(0.0, 50.0, 300)
    np.savetxt(path, np.column_stack([x, y(x)]), delimiter=",", header="x,y", comments="")
    target = {"kind": "csv", "path": str(path), "x": ["x"], "y": ["y"]}
    spec = experiment(target=target, model={"kind": "mlp", "hidden": [9]}, remedies={"by-sines": keys})
    return running(spec, "remedy:by-sines", steps=100)


def test_sines_about_the_peak_follow_a_wave_that_fades_about_a_mean(tmp_path: Path) -> None:
    runner = wave(tmp_path, lambda x: 3 + np.exp(-x / 20) * np.sin(2 * x))
    run = runner.current
    assert commands_of(runner)[1:] == ["remedy:by-sines"]
    assert run.reading().loss < 1e-5 * run.observer.constant_loss
    omega = run.reading().omega[0]
    assert omega[0] == 0
    assert omega[1] == pytest.approx(2, abs=1e-3)
    assert np.diff(np.sort(omega[1:])) == pytest.approx(np.pi / 50, abs=1e-3)


def test_a_sum_of_sines_is_found_peak_by_peak(tmp_path: Path) -> None:
    run = wave(tmp_path, lambda x: 2 + np.sin(x) + np.sin(x / 3) + 0.5 * np.cos(2.5 * x)).current
    assert run.reading().loss < 1e-8 * run.observer.constant_loss
    assert np.abs(run.reading().omega[0, 1:4]) == pytest.approx([1, 1 / 3, 2.5], abs=1e-4)


def test_one_sine_alone_cannot_fade(tmp_path: Path) -> None:
    run = wave(tmp_path, lambda x: np.exp(-x / 20) * np.sin(2 * x), beside=0).current
    assert 0.2 < run.reading().loss[0] / run.observer.constant_loss < 0.4


def test_noise_has_no_peak_for_sines(tmp_path: Path) -> None:
    run = wave(tmp_path, lambda x: np.random.default_rng(0).normal(size=len(x))).current
    assert "explain less than half of the variance" in run.events[-1].text


def test_units_that_bend_take_the_place_of_straight_ones(tmp_path: Path) -> None:
    runner = running(
        parabola(tmp_path, hidden=[4], activation={"kind": "leaky-relu", "slope": 1.0}), "remedy:bend-units"
    )
    assert [getattr(each, "slope", None) for each in model_of(runner).hidden_activations] == [0.01]


def test_a_linear_model_gets_hidden_units(tmp_path: Path) -> None:
    spec = experiment(target=parabola(tmp_path).target.model_dump(), model="linear")
    assert model_of(running(spec, "remedy:bend-units")).hidden == (32,)


def test_what_it_began_with_is_in_the_journal_as_a_command(tmp_path: Path) -> None:
    spec = parabola(tmp_path, hidden=[3])
    runner = running(spec, "remedy:more-units")
    words = [event.command for event in runner.current.journal if event.command]
    assert words == ["new:model.hidden=[8]"]
    assert running(spec, *words).current.experiment == runner.current.experiment


def test_standardized_columns_stay_standardized(tmp_path: Path) -> None:
    spec = parabola(tmp_path, hidden=[3])
    runner = running(spec, "remedy:standardize", steps=10)
    scaling = model_of(runner).scaling
    assert scaling is not None
    runner.apply(parse("remedy:more-units"))
    assert (model_of(runner).scaling, model_of(runner).hidden) == (scaling, (8,))
    words = runner.current.journal[-1].command
    assert words
    assert running(spec, words).current.experiment == runner.current.experiment


def test_a_usual_start_replaces_a_tiny_one(tmp_path: Path) -> None:
    tiny = {"kind": "uniform", "low": -1e-4, "high": 1e-4}
    spec = Experiment.model_validate(parabola(tmp_path, hidden=[9]).table_with({"init.weights": tiny}))
    before, after = running(spec), running(spec, "remedy:usual-start")
    sizes = [float(each.current.trainer.parameters.abs().max()) for each in (before, after)]
    assert sizes[0] < 1.01
    assert after.current.experiment.init.weights.kind == "default"


@pytest.mark.parametrize("model", [{"kind": "linear"}, SIGMOIDS | {"bias": False}])
def test_the_usual_recipe_changes_everything_at_once_and_learns(tmp_path: Path, model: dict[str, Any]) -> None:
    spec = parabola(tmp_path, **model)
    runner = running(spec, "remedy:usual-recipe", steps=600)
    assert (model_of(runner).hidden, model_of(runner).bias, model_of(runner).output_layer) == ((64, 64), True, True)
    assert runner.current.reading().loss < 1e-4 * runner.current.observer.constant_loss
    words = runner.current.journal[-1].command
    assert words
    assert words.startswith("new:target.standardize=true; model=")
    assert running(spec, words).current.experiment == running(spec, "remedy:usual-recipe").current.experiment


def test_the_usual_recipe_is_offered_behind_all_others_that_fit(tmp_path: Path) -> None:
    names = [each.name for each in offers(parabola(tmp_path, hidden=[3]), "underfit", "no-bias") if each.fits]
    assert names[-1] == "usual-recipe"
    assert len(names) > 1


@pytest.mark.parametrize(
    ("model", "remedy", "reason"),
    [
        ({"hidden": []}, "more-units", "there are no hidden units"),
        ({"hidden": [4]}, "output-linear", "the output is linear already"),
        ({"hidden": [4]}, "add-biases", "there are biases"),
        ({"hidden": [4], "activation": "tanh"}, "bend-units", "the units bend already"),
        ({"hidden": []}, "usual-start", "there are no units"),
        ({"hidden": [4], "scaling": {"x_center": [1.0], "x_spread": [2.0]}}, "center", "other columns already"),
    ],
)
def test_where_it_does_not_fit_the_run_goes_on(tmp_path: Path, model: dict[str, Any], remedy: str, reason: str) -> None:
    runner = running(parabola(tmp_path, **model))
    with pytest.raises(Refused, match=reason):
        runner.apply(parse(f"remedy:{remedy}"))
    assert runner.current.number == 1


def test_a_run_alone_cannot_begin_another(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="begins a new run"):
        running(parabola(tmp_path, hidden=[3])).current.treat("more-units")
