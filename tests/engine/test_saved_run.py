"""A run that was saved and recalled goes on as the one that never was, to the last bit; tampered ones are refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner as Runner
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree, pack, unpack
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.saved_run import recall_run
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.engine.training.saved import saved_trainer
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, ln, magnitude, sine

BRIEF = {"lbfgs": {"max_iter": 2}}


def opened(spec: Experiment, steps: int = 0, *commands: str) -> Runner:
    runner = Runner(lambda name: (name, spec), "test", spec, device="cpu", engine="eager")
    runner.open()
    for words in commands:
        runner.advance(5)
        runner.apply(parse(words))
    runner.advance(steps)
    return runner


def through_a_file(runner: Runner) -> Tree:
    tree = runner.saved()
    assert tree is not None
    return unpack(pack(tree), "test")


def gone_on(before: Runner) -> Runner:
    after = opened(before.current.began)
    recall_run(after.current, through_a_file(before))
    return after


def same(one: Any, other: Any) -> bool:
    match one:
        case np.ndarray():
            return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
        case dict():
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        case list():
            return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)


def pictured(snapshot: Snapshot) -> Any:
    return tree_of(snapshot) | {"picture": None, "pace": None}


def assert_same_course(one: Runner, other: Runner, steps: int) -> None:
    for runner in (one, other):
        runner.advance(steps)
    for name, value in one.current.trainer.state.items():
        assert torch.equal(other.current.trainer.state[name], value), name
    assert torch.equal(one.current.trainer.last_loss, other.current.trainer.last_loss)
    assert one.step == other.step
    assert same(saved_trainer(one.current.trainer), saved_trainer(other.current.trainer))
    assert same(pictured(one.snapshot()), pictured(other.snapshot()))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [kind for kind in optimizers if kind != "sparseadam"])
def test_every_optimizer_goes_on_where_it_was(kind: str, dtype: str) -> None:
    spec = experiment(
        target="magnitude",
        domain={"distribution": "normal", "points": 16},
        model={"kind": "mlp", "hidden": [3], "bias": kind != "muon"},
        optimizer={"kind": kind, **BRIEF.get(kind, {})},
        training={"batch_size": 0, "replicas": 2, "dtype": dtype},
    )
    undisturbed = opened(spec, 25)
    assert_same_course(gone_on(undisturbed), undisturbed, 25)


@pytest.mark.parametrize("name", [name for name in BUILT_IN if not name.startswith(("clock", "snake"))])
def test_every_small_preset_shows_and_trains_on_the_same(name: str) -> None:
    undisturbed = opened(load(name)[1], 40)
    undisturbed.snapshot()
    assert_same_course(gone_on(undisturbed), undisturbed, 40)


@pytest.mark.parametrize(
    "commands",
    [
        ("inject:+1e-3", "set:optimizer.lr=1e-6", "undo"),
        ("hold",),
        ("hold", "release"),
        ("reinitialize:7", "set:domain.train=[[-5.0, 5.0]]"),
        ("set:target.noise=0.1", "set:optimizer.kind=adam"),
        ("set:training.batch_size=8", "set:optimizer.kind=adamw", "set:optimizer.weight_decay=0.1"),
    ],
)
def test_what_commands_did_is_saved_too(commands: tuple[str, ...]) -> None:
    undisturbed = opened(sine(replicas=2), 10, *commands)
    after = gone_on(undisturbed)
    assert after.current.experiment == undisturbed.current.experiment
    assert after.current.trainer.held == undisturbed.current.trainer.held
    assert after.current.journal == undisturbed.current.journal
    for runner in (undisturbed, after):
        runner.current.reinitialize(None)
    assert_same_course(after, undisturbed, 10)


def test_what_a_remedy_left_is_saved_and_while_it_is_at_work_nothing_is() -> None:
    undisturbed = opened(sine(lr=1e-5), 3, "remedy:spectral-start")
    if undisturbed.current.treatment is not None:
        assert undisturbed.saved() is None
        undisturbed.advance(5_000)
    assert undisturbed.current.treatment is None
    assert_same_course(gone_on(undisturbed), undisturbed, 50)


def test_a_dead_unit_and_its_film_are_remembered() -> None:
    undisturbed = opened(ln(), 1)
    for _ in range(4):
        undisturbed.snapshot(live=True)
        undisturbed.advance(1)
    undisturbed.snapshot(live=True)
    assert undisturbed.current.deaths
    after = gone_on(undisturbed)
    assert same(tree_of(after.current.deaths), tree_of(undisturbed.current.deaths))


def damaged(change: Callable[[Tree], object]) -> None:
    runner = opened(magnitude(replicas=2), 3)
    tree = through_a_file(runner)
    change(tree)
    with pytest.raises(NotReadable, match=r"^.* is damaged: .*$"):
        recall_run(opened(runner.current.began).current, tree)


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["trainer"]["state"].pop("parameters"),
        lambda tree: tree["trainer"]["state"].update(parameters=np.zeros((2, 3), np.float32)),
        lambda tree: tree["trainer"]["state"].update(parameters=np.zeros((2, 13))),
        lambda tree: tree["trainer"].update(seeds=np.zeros(5, np.int64)),
        lambda tree: tree["trainer"].update(done=-1),
        lambda tree: tree["trainer"].update(done="many"),
        lambda tree: tree["trainer"].update(stepper={"pairs": []}),
        lambda tree: tree["trainer"]["step_inputs"].update(lr=np.zeros((7, 1), np.float32)),
        lambda tree: tree["measured"]["train_losses"].update(width=0),
        lambda tree: tree["measured"]["train_losses"].update(life=np.zeros(10_000, np.int64)),
        lambda tree: tree["measured"]["judge"].update(start=None),
        lambda tree: tree["measured"]["population"].update(codes=np.zeros(3, np.int64)),
        lambda tree: tree["experiment"].update(optimizer={"kind": "nonsense"}),
        lambda tree: tree.pop("own"),
        lambda tree: tree.update(events=[3]),
    ],
)
def test_a_tampered_checkpoint_is_refused_in_one_line(change: Callable[[Tree], object]) -> None:
    damaged(change)


def test_points_that_are_not_there_are_refused() -> None:
    """A compiled step would read them from memory that is not its own."""
    spec = experiment(
        target="magnitude", domain={"points": 8}, model={"kind": "mlp", "hidden": [2]}, training={"batch_size": 4}
    )
    tree = through_a_file(opened(spec, 2))
    tree["trainer"]["step_inputs"]["count"] = np.array([9])
    with pytest.raises(NotReadable, match="data_x does not fit the preset"):
        recall_run(opened(spec).current, tree)
