"""What the judge gathers from real networks, against closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.probe import test_probe as held_out_probe
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Verdict, View
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.verdicts import slow_figures
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.judge import Judge
from tests.engine.experiments import experiment, sine

SGD = {"kind": "sgd", "lr": 0.5}
WIDE = {"train": [[0.0, 2.0]]}


def judge_of(spec: Experiment) -> Judge:
    trainer = Trainer(spec, torch.device("cpu"))
    observer = Observer(trainer.training_step, training_probe(spec), held_out_probe(spec))
    judge = Judge(trainer, observer)
    judge.remember(0)
    return judge


def put(judge: Judge, **parameters: Tensor) -> None:
    """Set these parameters in every replica, as training would."""
    views = judge.trainer.training_step.layout.views(judge.trainer.state["parameters"])
    for name, values in parameters.items():
        views[name.replace("__", ".")].copy_(values)
    if (omega := judge.frequencies()) is not None:
        judge.watch(omega)


def evidence_on(judge: Judge, live: bool = False) -> Evidence:
    replicas = len(judge.trainer.seeds)
    return judge.evidence(judge.observer.read(judge.trainer.parameters), slice(0, replicas), live)


def line(replicas: int, **changes: Any) -> Judge:
    """w·x on x over [0, 1] at loss (w − 1)² E x², whose curvature 2 E x² is 2/3 everywhere."""
    tables = {"optimizer": SGD, "domain": {"train": [[0.0, 1.0]]}, **changes}
    return judge_of(
        experiment(target="relu", model={"kind": "linear", "bias": False}, training={"replicas": replicas}, **tables)
    )


def errors(*values: float) -> Tensor:
    """Slopes whose squared errors are these."""
    return 1 + torch.tensor(values).sqrt().view(-1, 1, 1)


def test_who_has_more_than_twice_the_lowest_loss_was_thrown_out() -> None:
    judge = line(3)
    put(judge, output__weight=errors(1, 1, 1))
    assert np.isnan(evidence_on(judge).best_sharpness).all()
    put(judge, output__weight=errors(1.99, 2.01, 50))
    found = evidence_on(judge)
    assert found.best_sharpness == pytest.approx([math.nan, 2 / 3, 2 / 3], rel=1e-3, nan_ok=True)
    assert found.sharpness == pytest.approx([2 / 3] * 3, rel=1e-3)


def test_the_lowest_loss_is_forgotten_where_the_parameters_were_placed_anew() -> None:
    judge = line(1)
    put(judge, output__weight=errors(1))
    evidence_on(judge)
    put(judge, output__weight=errors(9))
    judge.forget()
    assert np.isnan(evidence_on(judge).best_sharpness).all()


def test_the_sharpness_is_the_one_where_the_loss_was_lowest() -> None:
    spec = experiment(
        target="relu",
        domain={"train": [[0.0, 1.0]]},
        model={"kind": "mlp", "hidden": [1], "bias": False},
        optimizer=SGD,
    )
    judge = judge_of(spec)
    put(judge, hidden__0__weight=torch.tensor([[[2.0]]]), output__weight=torch.tensor([[[0.5]]]))
    evidence_on(judge)
    put(judge, hidden__0__weight=torch.tensor([[[3.0]]]), output__weight=torch.tensor([[[3.0]]]))
    # At v·w = 1 the Hessian of (v·w − 1)² E x² has the eigenvalue 2 E x² (v² + w²).
    assert evidence_on(judge).best_sharpness == pytest.approx([2 / 3 * (0.25 + 4)], rel=1e-3)


def test_live_only_one_replica_is_measured_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_figures, "CREDIT", 60.0)
    judge = line(3)
    put(judge, output__weight=errors(1, 1, 1))
    assert np.isfinite(evidence_on(judge, live=True).sharpness).sum() == 1
    put(judge, output__weight=errors(9, 9, 9))
    assert np.isfinite(evidence_on(judge, live=True).best_sharpness).sum() == 1
    assert np.isfinite(evidence_on(judge).best_sharpness).all()


def test_only_plain_gradient_descent_has_a_sharpness() -> None:
    judge = line(1, optimizer={"kind": "adam", "lr": 0.1})
    put(judge, output__weight=errors(1))
    evidence_on(judge)
    put(judge, output__weight=errors(50))
    found = evidence_on(judge)
    assert np.isnan([found.sharpness, found.best_sharpness]).all()


def test_whose_verdict_is_decided_is_not_measured() -> None:
    judge = line(2)
    put(judge, output__weight=errors(0, 4))
    assert evidence_on(judge).sharpness == pytest.approx([math.nan, 2 / 3], rel=1e-3, nan_ok=True)


def test_who_left_the_answers_basin_was_thrown_out_of_it() -> None:
    edge = 4.493409457909064 / 1000
    judge = judge_of(sine(replicas=4))
    assert judge.basin == pytest.approx(edge)
    put(judge, omega=torch.tensor([[31.0], [31 + 0.99 * edge], [31 + 1.01 * edge], [28.0]]))
    assert np.isnan(evidence_on(judge).best_sharpness).all()
    put(judge, omega=torch.full((4, 1), 29.0))
    found = evidence_on(judge)
    curvature = 1000**2 / 3
    assert found.best_sharpness == pytest.approx([curvature, curvature, math.nan, math.nan], rel=0.01, nan_ok=True)
    assert found.distance == pytest.approx([2.0] * 4)
    put(judge, omega=torch.full((4, 1), 31.0))
    assert np.isnan(evidence_on(judge).best_sharpness).all()


def on_range(low: float, high: float, model: str = "sine-unit", **domain: Any) -> Judge:
    return judge_of(experiment(target="sine", domain={"train": [[low, high]], **domain}, model=model, optimizer=SGD))


@pytest.mark.parametrize(
    ("low", "high", "half_width"), [(0, 20, 0.2247), (-3, 17, 0.2664), (100, 120, 0.02848), (500, 700, 0.005187)]
)
def test_the_basin_of_a_range_that_lies_off_zero_ends_at_the_first_maximum_of_the_loss(
    low: float, high: float, half_width: float
) -> None:
    x = np.linspace(low, high, 20_001)
    distance = np.linspace(0.5, 1.5, 2_001) * half_width
    loss = np.array([((np.sin((1000 + d) * x) - np.sin(1000 * x)) ** 2).mean() for d in distance])
    basin = on_range(low, high).basin
    assert basin == pytest.approx(half_width, rel=1e-3)
    assert basin == pytest.approx(distance[loss.argmax()], rel=5e-3)
    # Amplitudes that are learned learn the phase, and then it is the half-width alone that counts.
    assert on_range(low, high, "harmonic").basin == pytest.approx(4.493409457909064 / (high - low) * 2)


def test_the_basin_of_a_scaled_input_is_wider() -> None:
    whole = experiment(target="sine", domain={"train": [[-75.0, 75.0]]}, model="sine-unit", optimizer=SGD)
    scaled = experiment(
        target="sine", domain={"train": [[-75.0, 75.0]], "scale": [0.1]}, model="sine-unit", optimizer=SGD
    )
    assert judge_of(whole).basin == pytest.approx(4.493409457909064 / 75)
    assert judge_of(scaled).basin == pytest.approx(4.493409457909064 / 7.5)
    assert line(1).basin is None


def harmonic(units: int, frequencies: list[float]) -> Judge:
    return judge_of(
        experiment(
            target={"kind": "sines", "frequency": frequencies},
            model={"kind": "harmonic", "units": units},
            optimizer=SGD,
            domain={"train": [[-10.0, 10.0]]},
        )
    )


def test_as_many_frequencies_as_the_answers_are_compared_in_order() -> None:
    judge = harmonic(2, [1.0, 3.5])
    put(judge, omega=torch.tensor([[3.0, 1.25]]))
    assert evidence_on(judge).distance == pytest.approx([0.5])
    assert judge.answer_error(judge.observer.read(judge.trainer.parameters), 0) == pytest.approx(0.5)


def test_more_or_fewer_are_each_compared_with_the_nearest() -> None:
    judge = harmonic(3, [1.0, 3.5])
    put(judge, omega=torch.tensor([[3.0, 1.25, 4.5]]))
    assert evidence_on(judge).distance == pytest.approx([1.0])
    assert judge.answer_error(judge.observer.read(judge.trainer.parameters), 0) is None


def test_without_a_known_answer_the_datas_spectral_peak_is_the_goal() -> None:
    spec = experiment(
        target="abs", domain={"train": [[-10.0, 10.0]]}, model={"kind": "harmonic", "units": 1}, optimizer=SGD
    )
    judge = judge_of(spec)
    assert not len(judge.answer)
    found = evidence_on(judge)
    assert found.peak
    omega = judge.frequencies()
    assert omega is not None
    probe = judge.observer.probe
    grid = np.linspace(0.05, 3.0, 2000)
    x, y = probe.x[:, 0].double().numpy(), probe.y[:, 0].double().numpy()
    power = abs(np.exp(1j * grid[:, None] * x) @ (y - y.mean()))
    assert found.distance[0] == pytest.approx(abs(omega[0, 0] - grid[power.argmax()]), abs=0.05)


def deep(*dead: tuple[int, ...]) -> Judge:
    """Two hidden layers of three ReLUs; in each the units of these numbers never react."""
    judge = judge_of(
        experiment(target="log", model={"kind": "mlp", "hidden": [3, 3]}, optimizer={"kind": "sgd", "lr": 0.0})
    )
    for number, units in enumerate(dead):
        bias = torch.ones(1, 3)
        bias[:, list(units)] = -100.0
        put(judge, **{f"hidden__{number}__bias": bias})
    return judge


@pytest.mark.parametrize(
    ("first", "second", "layer"),
    [((0, 1), (1, 2), -1), ((0, 1, 2), (), 0), ((0,), (0, 1, 2), 1), ((0, 1, 2), (0, 1, 2), 0)],
)
def test_the_first_layer_without_a_live_unit_is_told(
    first: tuple[int, ...], second: tuple[int, ...], layer: int
) -> None:
    judge = deep(first, second)
    found = evidence_on(judge)
    assert found.dead_layer.tolist() == [layer]
    assert found.dead.tolist() == [len(first) + len(second)]
    (verdict, *_), layers = judge.causes(judge.observer.read(judge.trainer.parameters), 0)
    assert [len(one.dead) for one in layers] == [len(first), len(second)]
    if layer >= 0:
        assert (verdict.code, verdict.figures["layer"]) == ("dead-network", f"hidden.{layer}")


def noisy(**domain: Any) -> Judge:
    return judge_of(
        experiment(
            target={"kind": "relu", "noise": 2.0},
            domain={"train": [[0.0, 1.0]], **domain},
            model={"kind": "linear", "bias": False},
            optimizer=SGD,
        )
    )


def test_fresh_noise_adds_its_variance_to_the_probe_loss() -> None:
    judge = noisy()
    found = evidence_on(judge)
    assert found.train_loss == pytest.approx(found.loss + 4.0)


def test_a_data_set_has_the_noise_that_was_drawn() -> None:
    judge = noisy(points=50)
    put(judge, output__weight=torch.zeros(1, 1, 1))
    drawn = judge.trainer.step_inputs["data_y"].double()
    assert evidence_on(judge).train_loss == pytest.approx([float(drawn.square().mean())])


def test_the_loss_of_four_fifths_of_the_steps_is_compared_with() -> None:
    judge = line(1)
    put(judge, output__weight=errors(1))
    assert np.isnan(evidence_on(judge).loss_before).all()
    judge.remember(0)
    judge.trainer.done = 100
    assert evidence_on(judge).loss_before == pytest.approx([1 / 3], rel=1e-3)


def test_a_start_inside_the_basin_is_noted() -> None:
    """Whatever the first step does."""
    spec = experiment(
        target={"kind": "sine", "frequency": 5.0},
        domain={"train": [[-10.0, 10.0]]},
        model="sine-unit",
        init={"weights": {"kind": "constant", "value": 5.001}},
        optimizer={"kind": "sgd", "lr": 30.0},
    )
    run = Run(1, "test", spec, torch.device("cpu"))
    run.advance(1)
    assert abs(float(run.trainer.parameters[0, 0]) - 5) > 0.4494
    evidence = run.measured.judge.evidence(run.reading(), slice(0, 1))
    assert evidence.best_sharpness[0] == pytest.approx(100 / 3, rel=0.02)


@pytest.mark.parametrize(
    ("target", "model", "omega", "distance"),
    [
        ({"kind": "sine", "frequency": 5.0}, "harmonic", -5.0, 0.0),
        ({"kind": "sine", "frequency": 5.0}, "sine-unit", -5.0, 10.0),
        ({"kind": "sines", "frequency": [5.0], "amplitude": [-1.0]}, "sine-unit", -5.0, 0.0),
        ({"kind": "sines", "frequency": [3.0, 5.0]}, {"kind": "harmonic", "units": 2}, (-5.0, 3.0), 0.0),
    ],
)
def test_a_frequency_and_its_negative_are_one_where_they_are_the_same_wave(
    target: Any, model: Any, omega: Any, distance: float
) -> None:
    judge = judge_of(experiment(target=target, domain={"train": [[-3.0, 3.0]]}, model=model, optimizer=SGD))
    put(judge, omega=torch.tensor(omega, dtype=torch.float32).reshape(1, -1))
    reading = judge.observer.read(judge.trainer.parameters)
    assert judge.distance(reading) == pytest.approx(distance, abs=1e-6)


def found_of(judge: Judge) -> Verdict:
    return judge.causes(judge.observer.read(judge.trainer.parameters), 0)[0][0]


def test_that_no_step_was_taken_is_said_at_the_step_of_the_placing_alone() -> None:
    judge = line(1)
    put(judge, output__weight=errors(1))
    judge.trainer.done = 500
    judge.forget()
    assert found_of(judge).text.startswith("No step was taken from here yet")
    assert found_of(judge).step == 500
    judge.trainer.done = 507
    assert judge.trend.medians(507, np.ones(1)) is None
    assert found_of(judge).text.startswith("Only 7 steps from here yet")
    assert found_of(judge).step == 507


def narrowed(judge: Judge, *half_widths: float) -> None:
    """Let each replica use only so much of its range."""
    wide = torch.tensor(half_widths, dtype=judge.trainer.step_inputs["lengths"].dtype).unsqueeze(-1)
    judge.trainer.step_inputs |= {"starts": -wide, "lengths": 2 * wide}


def test_predicate_sentence_and_pane_have_the_basin_of_the_range_in_use() -> None:
    judge = judge_of(sine(lr=1e-9, replicas=3))
    put(judge, omega=torch.tensor([[29.0], [29.0], [29.0]]))
    narrowed(judge, 1000.0, 10.0, 1.0)
    found = evidence_on(judge)
    assert found.basin == pytest.approx(4.493409457909064 / np.array([1000.0, 10.0, 1.0]))
    assert found.basin == pytest.approx([judge.basin_now(replica) for replica in range(3)])
    reading = judge.observer.read(judge.trainer.parameters)
    verdicts = [judge.causes(reading.one(replica), replica)[0][0] for replica in range(3)]
    assert [verdict.code == "stuck-outside-basin" for verdict in verdicts] == [True, True, False]
    assert "2 from the answer, 4 basins away" in verdicts[1].text
    assert verdicts[1].figures["basin"] == pytest.approx(judge.basin_now(1))


def test_the_distance_is_that_of_the_verdict_where_an_answer_is_known() -> None:
    judge = harmonic(3, [1.0, 3.5])
    put(judge, omega=torch.tensor([[3.0, 1.25, 4.5]]))
    reading = judge.observer.read(judge.trainer.parameters)
    assert judge.distance(reading) == pytest.approx(1.0)
    assert judge.distance(reading) == evidence_on(judge).distance[0]


@pytest.mark.parametrize("model", ["linear", {"kind": "harmonic", "units": 1}])
def test_there_is_no_distance_without_frequencies_or_without_an_answer(model: Any) -> None:
    judge = judge_of(experiment(target="abs", domain={"train": [[-10.0, 10.0]]}, model=model, optimizer=SGD))
    assert math.isnan(judge.distance(judge.observer.read(judge.trainer.parameters)))


def spectral_radius(judge: Judge) -> float:
    """Of diag(lr)·H, by a dense Hessian of the mean squared error on the probe."""
    probe, layout = judge.observer.probe, judge.trainer.training_step.layout
    flat, lr = judge.trainer.parameters[0].double(), judge.trainer.step_inputs["lr"][0].double()

    def loss(parameters: Tensor) -> Tensor:
        model = judge.trainer.experiment.model
        output = model.forward(layout.views(parameters[None]), probe.x.double()[None])
        return (output[0] - probe.y.double()).square().mean()

    hessian = torch.autograd.functional.hessian(loss, flat)
    return float(torch.linalg.eigvals(torch.diag(lr) @ hessian).abs().max())


def test_where_rates_differ_the_step_is_too_large_for_the_stretched_hessian() -> None:
    judge = judge_of(
        experiment(
            target={"kind": "sines", "frequency": [1.0]},
            model={"kind": "harmonic", "units": 1},
            optimizer=SGD,
            domain={"train": [[-100.0, 100.0]]},
            training={"dtype": "float64"},
        )
    )
    put(judge, omega=torch.tensor([[1.01]]), alpha=torch.tensor([[0.9]]), beta=torch.tensor([[0.2]]))
    equal = evidence_on(judge)
    assert equal.lr[0] * equal.sharpness[0] == pytest.approx(spectral_radius(judge), rel=1e-2)
    assert equal.lr[0] * equal.sharpness[0] > 2
    assert math.isfinite(equal.answer_sharpness)
    rates = judge.trainer.step_inputs["lr"] * torch.ones(3)
    rates[:, judge.trainer.training_step.layout.slices()["omega"]] = 1e-4
    judge.trainer.step_inputs |= {"lr": rates}
    apart = evidence_on(judge)
    assert apart.lr[0] * apart.sharpness[0] == pytest.approx(spectral_radius(judge), rel=1e-2)
    assert apart.lr[0] * apart.sharpness[0] < 2
    assert math.isnan(apart.answer_sharpness)


def solved_steps(judge: Judge, step: int) -> list[float]:
    """Where each replica was solved before, as it is told at this step."""
    judge.trainer.done = step
    return evidence_on(judge).solved_at.tolist()


def test_the_last_step_at_which_it_was_solved_is_known_afterwards() -> None:
    judge = line(2)
    put(judge, output__weight=errors(1, 1))
    assert np.isnan(solved_steps(judge, 5)).all()
    put(judge, output__weight=errors(0, 1))
    judge.remember(8)
    assert solved_steps(judge, 10) == pytest.approx([8, math.nan], nan_ok=True)
    put(judge, output__weight=errors(2, 1))
    assert solved_steps(judge, 20) == pytest.approx([10, math.nan], nan_ok=True)
    judge.rewind(9)
    assert np.isnan(solved_steps(judge, 9)).all()


def test_who_was_solved_elsewhere_or_in_another_life_was_not() -> None:
    changes: list[Callable[[Judge], None]] = [Judge.forget, lambda judge: judge.observe(line(1, domain=WIDE).observer)]
    for change in changes:
        judge = line(1)
        put(judge, output__weight=errors(0))
        evidence_on(judge)
        judge.observe(judge.observer)
        assert solved_steps(judge, 5) == [0]
        change(judge)
        put(judge, output__weight=errors(1))
        assert np.isnan(solved_steps(judge, 6)).all()


def test_a_run_that_does_not_stay_solved_says_so() -> None:
    """Steps of one size in noise: the loss comes below the limit, and leaves again."""
    noisy = experiment(
        target={"kind": "relu", "noise": 1.0},
        domain={"train": [[0.0, 1.0]]},
        model="linear",
        optimizer={"kind": "sgd", "lr": 0.3},
        training={"solved_below": 0.005, "batch_size": 4},
    )
    run = Run(0, "noisy", noisy, torch.device("cpu"))
    assert "solved_at" not in verdict_when(run, solved=True).figures
    solved_at, left = run.step, verdict_when(run, solved=False)
    assert run.reading().loss[0] > 0.005
    assert f"It was solved at step {left.figures['solved_at']:,}, and did not stay so." in left.text
    assert solved_at <= float(left.figures["solved_at"] or 0) < run.step
    assert summary_of(run)["verdict"]["figures"]["solved_at"] == left.figures["solved_at"]
    assert "solved_at" not in verdict_when(run, solved=True).figures


def verdict_when(run: Run, solved: bool) -> Verdict:
    """The next one of that kind."""
    while ((found := run.observe(View()).causes[0]).code == "solved") is not solved:
        run.advance(25)
    return found
