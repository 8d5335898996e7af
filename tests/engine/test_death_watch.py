"""A death is played again as it was, and training goes back to its very step."""

import threading
from collections import deque

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.diagnostics import Reading, deaths
from periodic_tui.engine.diagnostics.stretch import Stretch
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Snapshot, View
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers import Eager
from tests.engine.experiments import experiment, ln, magnitude


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deaths, "MOST_SECONDS", 60.0)
    monkeypatch.setattr(deaths, "CREDIT", 60.0)


def opened(spec: Experiment) -> Session:
    session = Session(lambda name: (name, spec), "test", spec, device="cpu", engine="eager")
    session.open()
    session.snapshot(live=True)
    return session


def armed(spec: Experiment, steps: int) -> Session:
    """A session that is to stop at a death and has taken so many steps without a look."""
    session = opened(spec)
    session.look(View(stop_at_death=True))
    session.advance(steps)
    return session


def dying(**tables: object) -> Experiment:
    """A unit that dies after some fifty steps: its bias falls as long as it is active."""
    spec = {
        "target": "log",
        "domain": {"train": [[0.01, 1.0]]},
        "model": {"kind": "mlp", "hidden": [3]},
        "init": {"weights": {"kind": "constant", "value": 0.3}, "bias": {"kind": "constant", "value": 0.1}},
        "optimizer": {"kind": "adam", "lr": 0.01},
    }
    return experiment(**(spec | tables))


def first_death(spec: Experiment) -> tuple[int, list[torch.Tensor]]:
    """The first step at which a unit is active on less than 1 % of the probe, by plain passes; all parameters."""
    twin = opened(spec)
    seen = [twin.current.trainer.parameters.clone()]
    for step in range(1, 2_000):
        twin.advance(1)
        seen.append(twin.current.trainer.parameters.clone())
        if any(layer.activity.min() < 0.01 for layer in twin.current.observe(View()).layers):
            return step, seen
    raise AssertionError("no unit died")


@pytest.mark.parametrize("optimizer", [{"kind": "adam", "lr": 0.01}, {"kind": "nadam", "lr": 0.1}])
@pytest.mark.parametrize("replicas", [1, 3])
def test_training_stops_at_the_step_of_the_death_though_it_was_noticed_later(
    optimizer: dict[str, object], replicas: int
) -> None:
    spec = dying(optimizer=optimizer, training={"replicas": replicas})
    step, seen = first_death(spec)
    session = opened(spec)
    session.look(View(stop_at_death=True))
    session.snapshot(live=True)
    session.advance(step + 37)
    picture = session.snapshot(live=True)
    assert (picture.step, picture.state, picture.stops_at_death) == (step, "paused", True)
    assert session.current.trainer.parameters.equal(seen[step])
    assert any(layer.dead for layer in picture.layers)
    died = [event for event in picture.events if "died" in event.text or "drifted" in event.text]
    assert [event.step for event in died] == [step]
    assert "before the step" in died[0].text
    assert picture.verdict.step == step
    assert picture.train_curve.step.max() < step
    assert picture.probe_curve.step.max() <= step


def test_what_comes_after_going_back_is_what_would_have_come() -> None:
    spec = dying()
    step, _ = first_death(spec)
    session, twin = opened(spec), opened(spec)
    session.look(View(stop_at_death=True))
    session.advance(step + 37)
    assert session.snapshot(live=True).step == step
    session.look(View())
    session.advance(100)
    twin.advance(step + 100)
    assert session.current.trainer.parameters.equal(twin.current.trainer.parameters)


def test_a_film_shows_the_steps_around_the_death_as_they_were() -> None:
    spec = dying()
    step, seen = first_death(spec)
    session = opened(spec)
    session.advance(step + 37)
    picture = session.snapshot(live=True)
    [death] = [death for death in picture.deaths if death.step == step][:1]
    assert [moment.step for moment in death.film] == [0, *range(step - 8, step + 4)]
    assert [event.step for event in picture.events if event.death == death.number] == [step]
    layout = session.current.trainer.training_step.layout
    for moment, parameters in zip(death.film[1:], seen[step - 8 :], strict=False):
        views = layout.views(parameters)
        weight, bias = (views[f"hidden.0.{name}"][0, death.unit] for name in ("weight", "bias"))
        z = torch.as_tensor(death.x, dtype=torch.float32)[:, None] * weight + bias
        torch.testing.assert_close(torch.as_tensor(moment.preactivation).float(), z[:, 0])
        assert moment.weights.tolist() == pytest.approx(weight.tolist())
        assert moment.bias == pytest.approx(float(bias))
    shares = [moment.share for moment in death.film]
    assert shares[9] < 0.01 <= shares[8]


def test_the_gradient_of_a_film_moves_the_unit_by_the_learning_rate() -> None:
    session = opened(ln())
    session.advance(2)
    picture = session.snapshot(live=True)
    first = next(death for death in picture.deaths if death.layer == 0)
    before, after = first.film[:2]
    assert (before.step, after.step, first.step) == (0, 1, 1)
    assert after.bias - before.bias == pytest.approx(-0.01 * before.gradient[-1], rel=1e-4)


def test_two_inputs_are_filmed_over_their_square() -> None:
    session = opened(magnitude(seed=9))
    for _ in range(10):
        session.advance(100)
        if session.snapshot(live=True).deaths:
            break
    death = session.snapshot(live=True).deaths[0]
    assert death.film[0].preactivation.shape == (len(death.x), len(death.x))


def test_figures_are_measured_afresh_at_the_death() -> None:
    session = opened(dying())
    step, _ = first_death(dying())
    session.look(View(stop_at_death=True, panes=("landscape",)))
    pictures: list[Snapshot] = []
    while session.step < step + 100 and not session.paused:
        session.advance(13)
        pictures.append(session.snapshot(live=True))
    last = pictures[-1]
    assert {last.verdict.step, last.gradient_stats.step, last.landscape.step} == {last.step}


def test_a_pause_measures_afresh() -> None:
    session = opened(magnitude())
    session.look(View(panes=("landscape",)))
    session.snapshot(live=True)
    session.advance(50)
    session.apply(parse("pause"))
    picture = session.snapshot(live=True)
    assert {picture.verdict.step, picture.gradient_stats.step, picture.landscape.step} == {50}
    assert picture.rate == 0.0


def test_a_command_that_comes_meanwhile_neither_loses_the_death_nor_its_step() -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = opened(spec)
    session.look(View(stop_at_death=True))
    session.snapshot(live=True)
    session.advance(step + 37)
    came, observer = threading.Event(), session.current.observer
    read = observer.read

    def reading(parameters: Tensor, brief: bool = False) -> Reading:
        """A command comes once the first reading was taken."""
        taken = read(parameters, brief)
        came.set()
        return taken

    vars(observer)["read"] = reading
    session.current.preemption.wanted = came.is_set
    with session.current.preemption.preemptible():
        session.look_for_deaths()
    assert (session.step, session.paused) == (step, True)
    assert [event.step for event in session.current.events if event.death is not None] == [step]


def test_a_death_in_the_first_step_after_a_look_is_gone_back_to_and_every_layer_is_told_of() -> None:
    session, twin = opened(ln()), opened(ln())
    session.look(View(stop_at_death=True))
    session.advance(30)
    twin.advance(1)
    seen, wanted = session.snapshot(live=True), twin.snapshot(live=True)
    assert (seen.step, seen.state) == (1, "paused")
    assert [(event.step, event.text) for event in seen.events] == [(event.step, event.text) for event in wanted.events]
    assert {death.layer for death in seen.deaths} == {0, 1}


def test_units_that_die_later_are_told_of_when_they_do() -> None:
    session = opened(ln())
    session.look(View(stop_at_death=True))
    stops = []
    for _ in range(2):
        session.advance(30)
        stops.append(session.snapshot(live=True).step)
        session.apply(parse("resume"))
    assert stops == [1, 2]
    told = [event for event in session.current.events if event.death is not None]
    dead = [unit for death in session.current.deaths for unit in death.units]
    assert [event.step for event in told] == [1, 1, 2]
    assert len(dead) == 60


def test_what_came_after_the_death_can_no_longer_be_undone_nor_is_it_in_the_journal() -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = opened(spec)
    session.apply(parse("hold"))
    session.apply(parse("release"))
    session.look(View(stop_at_death=True))
    session.snapshot(live=True)
    session.advance(step + 20)
    session.current.note("took one step", "step")
    session._undo.append(("step", session.current.undo_point()))
    assert session.snapshot(live=True).step == step
    assert [event.command for event in session.current.journal] == ["hold", "release"]
    assert [words for words, _ in session._undo] == ["hold", "release"]


@pytest.mark.parametrize("words", ["set:optimizer.lr=0.02", "hold", "reinitialize:7", "undo"])
def test_a_command_between_two_looks_hides_no_death(words: str) -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = opened(spec)
    if words == "undo":
        session.apply(parse("set:optimizer.lr=0.01"))
        session.snapshot(live=True)
    session.advance(step + 20)
    session.apply(parse(words))
    events = session.snapshot(live=True).events
    assert [event.step for event in events if "between steps 0 and" in event.text] == [step + 20]
    assert events[-1].command == words


def test_a_command_after_the_death_acts_at_its_step_where_training_stops_there() -> None:
    spec = dying()
    step, seen = first_death(spec)
    session = armed(spec, step + 20)
    session.apply(parse("hold"))
    picture = session.snapshot(live=True)
    assert (picture.step, picture.state) == (step, "paused")
    assert session.current.trainer.parameters.equal(seen[step])
    assert [event.step for event in picture.events if event.death is not None] == [step]


class OtherEngine(Eager):
    name = "other"


def test_another_engine_between_two_looks_hides_no_death_and_nothing_is_run_again_by_it() -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = armed(spec, step + 20)
    trainer = session.current.trainer
    trainer.stepper = OtherEngine(trainer.training_step, trainer.device)
    picture = session.snapshot(live=True)
    assert (picture.step, picture.state) == (step + 20, "paused")
    assert any("between steps 0 and" in event.text for event in picture.events)


def test_new_step_inputs_of_a_remedy_hide_no_death() -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = opened(spec)
    session.advance(step + 20)
    session.current.trainer.step_inputs = dict(session.current.trainer.step_inputs)
    assert any("between steps 0 and" in event.text for event in session.snapshot(live=True).events)


def test_only_deaths_that_are_still_kept_can_be_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(ln())
    monkeypatch.setattr(session.current.watch, "deaths", deque(maxlen=1))
    session.advance(30)
    picture = session.snapshot(live=True)
    assert len([event for event in picture.events if " died" in event.text]) > 1
    numbers = [event.death for event in picture.events if event.death is not None]
    assert numbers == [death.number for death in picture.deaths]


def test_an_early_death_is_found_without_running_the_whole_stretch_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(ln())
    session.advance(2_000)
    steps = steps_run_again(monkeypatch)
    events = session.snapshot(live=True).events
    assert [event.step for event in events if event.death is not None][:2] == [1, 1]
    assert sum(steps) < 100


def test_where_training_has_passed_every_step_only_the_film_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = dying()
    step, _ = first_death(spec)
    session = opened(spec)
    for _ in range(step + 10):
        session.advance(1)
    steps = steps_run_again(monkeypatch)
    events = session.snapshot(live=True).events
    filmed = [event for event in events if event.death is not None]
    assert step in [event.step for event in filmed]
    assert sum(steps) <= 12 * len(filmed)


def steps_run_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets the lengths of all pieces of stretches that are run again from now on."""
    steps: list[int] = []
    run = Stretch._advanced

    def counted(stretch: Stretch, state: State, first: int, count: int) -> State:
        steps.append(count)
        return run(stretch, state, first, count)

    monkeypatch.setattr(Stretch, "_advanced", counted)
    return steps
