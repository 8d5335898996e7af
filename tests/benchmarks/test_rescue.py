"""When a network counts as rescued, and which key is pressed."""

import numpy as np

from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Event, Verdict
from tests.benchmarks.rescue import Goal, named
from tests.engine.experiments import experiment

CAUSES = (
    Verdict("stuck-outside-basin", "", {}, next=(("inject", "shows it"), ("remedies", "may help"))),
    Verdict("underfit", "", {}),
)


def test_a_network_must_leave_no_more_than_its_twin() -> None:
    assert Goal(0.01, 1.0).is_met(np.array([0.01]))
    assert not Goal(0.01, 1.0).is_met(np.array([0.02]))
    assert not Goal(0.01, 1.0).is_met(np.array([np.inf]))


def test_of_a_population_as_many_must_as_of_the_twin_but_for_chance() -> None:
    goal, left = Goal(0.01, 0.5), np.array([0.0] * 12 + [1.0] * 20)
    assert goal.is_met(left)
    assert not goal.is_met(np.sort(left)[4:])
    assert not Goal(0.01, 1.0).is_met(left)


def test_the_first_entry_of_the_menu_is_pressed_then_the_next_and_the_answer_never() -> None:
    spec = experiment(target="sine", model="sine-unit")
    runner = Runner(lambda name: (name, spec), "sine", spec, engine="eager", device="cpu")
    runner.open()
    run = runner.current
    first = named(run, CAUSES)
    assert first is not None
    assert first.startswith("remedy:")
    run.journal.append(Event(0, "", first))
    assert named(run, CAUSES) not in (None, first, "inject")
    assert named(run, CAUSES[1:]) is None
