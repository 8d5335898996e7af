"""A planted death is reported at its very step, with figures that plain torch gives too."""

import re

import pytest
import torch

from periodic_tui.engine.diagnostics import deaths
from periodic_tui.engine.diagnostics.causes import cause_of
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from tests.engine.conftest import CompiledFor
from tests.engine.experiments import experiment, ln, magnitude
from tests.engine.training.test_compiled import DATA_SET

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deaths, "MOST_SECONDS", 60.0)
    monkeypatch.setattr(deaths, "CREDIT", 60.0)


def run_of(spec: Experiment) -> Run:
    run = Run(1, "test", spec, CPU)
    run.look_for_deaths(View())
    return run


def first_steps(run: Run, count: int) -> list[torch.Tensor]:
    """The parameters after each of the first steps of the same run, one step at a time."""
    twin = Run(2, "twin", run.experiment, CPU)
    states = [twin.trainer.parameters.clone()]
    for _ in range(count):
        twin.advance(1)
        states.append(twin.trainer.parameters.clone())
    return states


def active(run: Run, parameters: torch.Tensor, layer: int) -> torch.Tensor:
    """On how many points of the probe each unit is active, by a plain forward pass."""
    views = run.trainer.training_step.layout.views(parameters[0])
    h = run.observer.probe.x
    for index in range(layer + 1):
        z = h @ views[f"hidden.{index}.weight"].T + views[f"hidden.{index}.bias"]
        h = z.relu()
    return (z > 0).sum(0)


def test_the_mass_death_of_the_logarithm_is_reported_at_its_step_with_its_cause() -> None:
    run = run_of(ln())
    run.advance(7)
    run.look_for_deaths(View())
    states = first_steps(run, 7)
    event = next(event for event in run.events if "all 50 units of hidden.0 died" in event.text)
    assert event.step == 1
    assert event.text.startswith("all 50 units of hidden.0 died: ")
    assert int(active(run, states[0], 0).sum()) > 0
    assert int(active(run, states[1], 0).sum()) == 0
    bias = [run.trainer.training_step.layout.views(state[0])["hidden.0.bias"] for state in states[:2]]
    moved = float((bias[1] - bias[0]).mean())
    figures = re.search(r"moved (\S+).*gradient (\S+)", event.text)
    assert figures
    assert float(figures[1]) == pytest.approx(moved, rel=0.05)
    assert float(figures[2]) == pytest.approx(-moved / 0.01, rel=0.05)


def test_the_step_of_a_single_death_is_exact_within_a_long_stretch() -> None:
    run = run_of(magnitude(seed=5))
    with torch.no_grad():
        views = run.trainer.training_step.layout.views(run.trainer.parameters)
        views["hidden.0.bias"][0, 1] = -2.28
        views["hidden.0.weight"][0, 1] = torch.tensor([0.7, 0.7])
        views["output.weight"][0, 0, 1] = -1.0
    start = run.trainer.parameters.clone()
    run.measured.begin_anew()
    run.look_for_deaths(View())
    run.advance(150)
    run.look_for_deaths(View())
    died = [event for event in run.events if "unit 1 of hidden.0 died" in event.text]
    twin = Run(2, "twin", run.experiment, CPU)
    twin.trainer.place(start)
    counts = [int(active(twin, start, 0)[1])]
    for _ in range(150):
        twin.advance(1)
        counts.append(int(active(twin, twin.trainer.parameters, 0)[1]))
    threshold = 0.01 * 4096
    expected = next(step for step in range(1, 151) if counts[step] < threshold <= counts[step - 1])
    assert [event.step for event in died] == [expected]
    assert f"active on {counts[expected - 1]} of 4,096 probe points before the step" in died[0].text
    assert f"on {counts[expected]} after it" in died[0].text


@pytest.mark.slow
def test_a_stretch_is_run_again_on_the_compiled_engine_that_trained_it(compiled_for: CompiledFor) -> None:
    run = run_of(DATA_SET)
    compiled = run.trainer.stepper = compiled_for(DATA_SET)[1]
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    with torch.no_grad():
        views["hidden.0.weight"][0, 1], views["hidden.0.bias"][0, 1] = -1.0, -1.7
        views["output.weight"][0, 0, 1] = 2.0
    start = {name: value.clone() for name, value in run.trainer.state.items()}
    run.measured.begin_anew()
    run.look_for_deaths(View())
    run.advance(200)
    calls = compiled.program.calls
    run.look_for_deaths(View())
    assert compiled.program.calls > calls
    state, counts = start, [int(active(run, start["parameters"], 0)[1])]
    for number in range(200):
        state, _ = compiled.run(state, run.trainer.step_inputs, run.trainer.seeds, number, 1)
        counts.append(int(active(run, state["parameters"], 0)[1]))
    assert state["parameters"].equal(run.trainer.parameters)
    died = [event for event in run.events if "unit 1 of hidden.0 died" in event.text]
    assert [event.step for event in died] == [counts.index(0)]
    assert f"active on {counts[died[0].step - 1]} of 40 probe points before the step" in died[0].text


def test_a_revival_is_an_event_too() -> None:
    spec = experiment(
        target="log",
        model={"kind": "mlp", "hidden": [2]},
        init={"weights": {"kind": "constant", "value": 1.0}, "bias": {"kind": "constant", "value": 1.0}},
        optimizer={"kind": "sgd", "lr": 0.0},
    )
    run = run_of(spec)
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    views["hidden.0.bias"][0, 1] = -5.0
    run.measured.begin_anew()
    run.look_for_deaths(View())
    run.advance(1)
    # Between two readings of one stretch: the parameters are moved where training would have.
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    views["hidden.0.bias"][0, 1] = 1.0
    run.look_for_deaths(View())
    assert [event.text for event in run.events[1:]] == [
        "unit 1 of hidden.0 came back to life: active on none of 4,096 probe points before the step, on 4,096 after it"
    ]


def test_where_there_is_no_time_the_event_gives_the_range_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deaths, "MOST_SECONDS", 0.0)
    run = run_of(ln())
    run.advance(7)
    run.look_for_deaths(View())
    event = next(event for event in run.events if "hidden.0 died" in event.text)
    assert event.step == 7
    assert "died between steps 0 and 7: " in event.text


def test_nothing_is_reported_across_a_command() -> None:
    run = run_of(ln())
    run.advance(2)
    run.reinitialize(3)
    run.look_for_deaths(View())
    assert not [event for event in run.events if "came back" in event.text or "died" in event.text]


def change_of(lost: int, outgoing: float) -> str:
    """What is said of a unit that is active on 42 points and then on so many fewer, moved by the momentum of its bias;
    with an outgoing weight the batch moves it too."""
    spec = experiment(
        target="relu",
        domain={"train": [[0.0, 1.0]]},
        model={"kind": "mlp", "hidden": [2]},
        init={"weights": {"kind": "constant", "value": 1.0}, "bias": {"kind": "constant", "value": 1.0}},
        optimizer={"kind": "sgd", "lr": 1e-3, "momentum": 0.5},
        training={"batch_size": 4_096, "dtype": "float64"},
    )
    run = Run(1, "test", spec, CPU)
    layout = run.trainer.training_step.layout
    views, velocity = layout.views(run.trainer.parameters), layout.views(run.trainer.state["velocity"])
    views["hidden.0.bias"][0, 1] = -(1 - 42 / 4_096)
    views["output.weight"][0, 0, 1] = outgoing
    velocity["hidden.0.bias"][0, 1] = lost / 4_096 / 0.5 / 1e-3
    run.measured.begin_anew()
    run.look_for_deaths(View())
    run.advance(1)
    run.look_for_deaths(View())
    (event,) = (event for event in run.events if "unit 1 of hidden.0" in event.text)
    assert f"active on 42 of 4,096 probe points before the step, on {42 - lost} after it; its bias moved" in event.text
    return event.text


@pytest.mark.parametrize(
    ("lost", "outgoing", "said"),
    [
        (2, 0.0, "drifted below 1 % of the probe: "),
        (21, 0.0, "drifted below 1 % of the probe: "),
        (22, 0.0, "died: "),
        (2, 1.0, "died: "),
    ],
)
def test_a_unit_dies_that_loses_more_than_half_or_is_pushed_and_else_it_drifts(
    lost: int, outgoing: float, said: str
) -> None:
    assert f"unit 1 of hidden.0 {said}" in change_of(lost, outgoing)


def test_a_weight_without_gradient_is_moved_by_what_earlier_steps_left() -> None:
    assert change_of(22, 0.0).endswith("in one step of sgd at lr 0.001: what earlier steps left, its gradient is 0")


def test_inputs_that_move_little_are_told_by_how_far_they_moved() -> None:
    run = Run(1, "test", experiment(target="relu", model={"kind": "mlp", "hidden": [2, 2]}), CPU)
    parameters = run.trainer.parameters.clone()
    views = run.trainer.training_step.layout.views(parameters)
    views["hidden.0.weight"].zero_()
    views["hidden.0.bias"].fill_(0.126)
    views["hidden.1.weight"].fill_(1.0)
    views["hidden.1.bias"].fill_(-0.25199)
    moved = parameters.clone()
    run.trainer.training_step.layout.views(moved)["hidden.0.bias"].sub_(2e-5)
    states = {"parameters": parameters}, {"parameters": moved}
    cause = cause_of(run.trainer, run.observer, run.trainer.step_inputs, run.trainer.seeds, 0, *states, 1, [0])
    assert cause.text == "; its inputs from hidden.0 moved -2e-05 on average"
