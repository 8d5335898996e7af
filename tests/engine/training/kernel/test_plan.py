"""What is kept, when, and where."""

from itertools import combinations

import pytest
import torch

from periodic_tui.engine.training.kernel.plan import Plan
from periodic_tui.engine.training.kernel.program import Program, program_of
from periodic_tui.engine.training.kernel.values import Chosen, Folded, Value
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, magnitude


def program(name: str) -> Program:
    trainer = Trainer(load(name)[1], torch.device("cpu"))
    return program_of(trainer.training_step, trainer.state, trainer.step_inputs)


def levels(plan: Plan, value: Value) -> range:
    """From when to when others may read a value."""
    users = [task.level for task in plan.tasks if any(value is read for read, _ in task.reads)]
    makers = [task.level for task in plan.kept[value]]
    return range(min(makers), max(users) + 1)


@pytest.mark.parametrize("name", ["magnitude-population", "ln-collapse", "snake-cycles", "clock-oscillators"])
def test_what_is_needed_at_the_same_time_lies_apart(name: str) -> None:
    plan = program(name).plan
    places = {value: range(start, start + value.size * value.dtype.itemsize) for value, start in plan.offsets.items()}
    shared = 0
    for one, other in combinations([value for value in places if value in plan.kept and not value.steady], 2):
        apart = places[one].stop <= places[other].start or places[other].stop <= places[one].start
        shared += not apart
        at_once = set(levels(plan, one)) & set(levels(plan, other))
        assert apart or not at_once, (one.name, other.name)
    assert shared
    assert all(place.stop <= plan.memory for place in places.values())


def test_the_population_fits_many_times_beside_a_processor() -> None:
    population = program("magnitude-population")
    assert population.lanes == 32
    assert population.memory < 2_000
    assert len({task.level for task in population.plan.tasks}) <= 8


def test_lanes_and_program_depend_on_nothing_but_the_step() -> None:
    sources = []
    for replicas in (1, 7):
        trainer = Trainer(magnitude(replicas=replicas, seed=replicas), torch.device("cpu"))
        found = program_of(trainer.training_step, trainer.state, trainer.step_inputs)
        sources.append(found.source(found.lanes))
    assert sources[0] == sources[1]


def test_what_does_not_change_is_worked_out_before_the_steps() -> None:
    whole_set = experiment(target="sine", domain={"points": 40}, model="linear", training={"batch_size": 0})
    trainer = Trainer(whole_set, torch.device("cpu"))
    plan = program_of(trainer.training_step, trainer.state, trainer.step_inputs).plan
    steady = [task.value for task in plan.tasks if task.steady]
    assert any(isinstance(value, Folded) and value.size == 1 for value in steady)  # the sum of all weights
    assert not any(isinstance(value, Chosen) for value in plan.kept)
