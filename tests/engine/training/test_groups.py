"""A population is trained group by group, and nobody can tell by how many threads."""

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.preemption import Flag
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.conftest import CompiledFor
from tests.engine.experiments import experiment, magnitude, sine
from tests.engine.training.test_compiled import INTERVALS
from tests.engine.training.test_threads import WIDE

Start = tuple[State, StepInputs, Tensor]


def population(spec: Experiment, replicas: int, **training: object) -> Experiment:
    changed = spec.training.model_copy(update={"replicas": replicas, **training})
    return spec.model_copy(update={"training": changed})


def groups_of(spec: Experiment) -> Groups:
    trainer = Trainer(spec, torch.device("cpu"))
    return Groups.of(spec, trainer.state, trainer.step_inputs)


def start_of(trainer: Trainer) -> Start:
    return trainer.state, trainer.step_inputs, trainer.seeds


def same(one: tuple[State, Tensor], other: tuple[State, Tensor]) -> bool:
    return one[1].equal(other[1]) and all(value.equal(other[0][name]) for name, value in one[0].items())


@pytest.mark.parametrize(
    ("replicas", "width", "count"), [(1, 1, 1), (2, 1, 2), (31, 1, 31), (32, 16, 2), (33, 16, 3), (1024, 16, 64)]
)
def test_small_steps_are_taken_together_where_there_are_many(replicas: int, width: int, count: int) -> None:
    groups = groups_of(magnitude(replicas=replicas))
    assert (groups.width, groups.count) == (width, count)


def test_larger_steps_are_taken_one_by_one() -> None:
    assert groups_of(population(WIDE, 64)).width == 1


def test_only_a_wide_network_alone_is_for_torchs_threads() -> None:
    together = [groups_of(spec).one.together for spec in (WIDE, population(WIDE, 2), sine(), sine(replicas=40))]
    assert together == [True, False, False, False]


def test_the_last_group_is_filled_up_with_the_last_replica() -> None:
    groups = groups_of(magnitude(replicas=33))
    rows = torch.arange(33.0).unsqueeze(-1)
    filled = groups.filled(rows)
    assert filled.shape == (48, 1)
    assert filled[32:].unique().tolist() == [32.0]
    assert groups.own(filled).equal(rows)


def test_the_step_of_a_group_has_the_shapes_of_a_group() -> None:
    groups = groups_of(magnitude(replicas=33))
    for whole, one in zip(groups.whole.state, groups.one.state, strict=True):
        assert (one[2][0], one[2][1:]) == (16, whole[2][1:])
    assert {name: shape for name, _, shape in groups.one.step_inputs}["lr"] == (16, 1)


@pytest.fixture
def five(compiled_for: CompiledFor) -> tuple[Trainer, Compiled]:
    """Five replicas in five groups."""
    trainer, compiled = compiled_for(population(INTERVALS, 5))
    assert compiled.parts == 5
    return trainer, compiled


def test_the_bits_do_not_depend_on_the_threads(five: tuple[Trainer, Compiled]) -> None:
    trainer, compiled = five
    compiled.threads = 1
    one = compiled.run(*start_of(trainer), 3, 3000)
    assert one[1].shape == (3000, 5)
    assert one[1].unique().numel() > 10_000
    for count in (2, 3, 5, 40):
        compiled.threads = count
        for _ in range(3):  # of which the first one does not know yet what a step costs
            assert same(compiled.run(*start_of(trainer), 3, 3000), one)


def test_nor_do_those_of_a_wide_network_whose_steps_they_share(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(WIDE)
    before = torch.get_num_threads()
    try:
        runs = []
        for compiled.threads in (1, 2, 3):
            runs.append(compiled.run(*start_of(trainer), 0, 30))
    finally:
        torch.set_num_threads(before)
    assert runs[0][1].unique().numel() == 30
    assert all(same(run, runs[0]) for run in runs[1:])


def test_each_replica_is_the_single_run_of_its_seed(five: tuple[Trainer, Compiled], compiled_for: CompiledFor) -> None:
    trainer, compiled = five
    state, losses = compiled.run(*start_of(trainer), 0, 500)
    for replica in range(5):
        single, alone = compiled_for(population(INTERVALS, 1, seed=INTERVALS.training.seed + replica))
        own, own_losses = alone.run(*start_of(single), 0, 500)
        assert own_losses[:, 0].equal(losses[:, replica])
        assert own["parameters"][0].equal(state["parameters"][replica])


@pytest.mark.parametrize("threads", [1, 2])
def test_who_gives_way_gives_way_at_one_step(five: tuple[Trainer, Compiled], threads: int) -> None:
    trainer, compiled = five
    compiled.threads, flag = threads, Flag(1)
    compiled.run(*start_of(trainer), 0, 1000)
    state, losses = compiled.run_until(flag, *start_of(trainer), 0, 1 << 22)
    assert 1 <= len(losses) < 1 << 22
    assert same(compiled.run(*start_of(trainer), 0, len(losses)), (state, losses))


@pytest.mark.slow
def test_groups_of_sixteen_have_the_bits_of_groups_of_one(compiled_for: CompiledFor) -> None:
    spec = experiment(
        target="magnitude",
        model={"kind": "mlp", "hidden": [3]},
        optimizer={"kind": "adam", "lr": 1e-3},
        training={"replicas": 35},
    )
    trainer, compiled = compiled_for(spec)
    assert (compiled.groups.width, compiled.parts) == (16, 3)
    few, apart = compiled_for(population(spec, 3))
    state, losses = compiled.run(*start_of(trainer), 0, 300)
    own, own_losses = apart.run(*start_of(few), 0, 300)
    assert own_losses.equal(losses[:, :3])
    assert own["parameters"].equal(state["parameters"][:3])
    compiled.threads = 2
    assert same(compiled.run(*start_of(trainer), 0, 300), (state, losses))
