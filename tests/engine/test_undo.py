"""Undo: the same parameters, optimizer state, step_inputs and experiment as before; only the steps count on."""

import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.optimizers import ElementWise, optimizers
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from tests.engine.experiments import experiment, magnitude, sine


def opened(spec: Experiment) -> Session:
    session = Session(lambda name: (name, spec), "test", spec, device="cpu", engine="eager")
    session.open()
    session.advance(5)
    return session


COMMANDS = ["reinitialize:7", "set:optimizer.lr=0.5", "set:optimizer.kind=sgd", "set:model.activation=elu"]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_run_goes_on_as_if_the_command_had_not_been(words: str) -> None:
    session, twin = opened(magnitude(replicas=2)), opened(magnitude(replicas=2))
    session.apply(parse(words))
    session.apply(parse("undo"))
    assert session.current.experiment == twin.current.experiment
    session.advance(5)
    twin.advance(5)
    assert session.step == twin.step
    for name, value in twin.current.trainer.state.items():
        assert torch.equal(session.current.trainer.state[name], value), name
    assert session.snapshot().loss == twin.snapshot().loss


TORCH_KEEPS = [kind for kind in optimizers if not issubclass(optimizers[kind], ElementWise) and kind != "sparseadam"]
BRIEF = {"lbfgs": {"max_iter": 2}}
"""So that it has not arrived at the end of the first steps."""


@pytest.mark.parametrize("words", ["reinitialize:7", "set:optimizer.kind=sgd", "set:model.activation=elu"])
@pytest.mark.parametrize("kind", TORCH_KEEPS)
def test_optimizers_that_torch_keeps_go_on_where_they_were(kind: str, words: str) -> None:
    spec = experiment(
        target="magnitude",
        domain={"distribution": "normal", "points": 16},
        model={"kind": "mlp", "hidden": [3], "bias": kind != "muon"},
        optimizer={"kind": kind, **BRIEF.get(kind, {})},
        training={"batch_size": 0, "replicas": 2},
    )
    session, twin = opened(spec), opened(spec)
    session.apply(parse(words))
    session.advance(3)
    session.apply(parse("undo"))
    session.apply(parse("inject"))
    session.apply(parse("undo"))
    assert losses(session, 5).equal(losses(twin, 5))


def test_an_optimizer_that_torch_keeps_outlives_a_change_elsewhere() -> None:
    spec = magnitude().model_copy(update={"optimizer": optimizers["nadam"].model_validate({"kind": "nadam"})})
    session, twin = opened(spec), opened(spec)
    session.apply(parse("set:model.activation=elu"))
    session.apply(parse("set:model.activation=relu"))
    assert losses(session, 5).equal(losses(twin, 5))


def losses(session: Session, steps: int) -> torch.Tensor:
    """Of the next steps, `[steps, replicas]`."""
    return session.current.trainer.advance(steps)


def test_the_steps_count_on_and_the_journal_tells_both() -> None:
    session = opened(sine())
    before = session.current.trainer.parameters.clone()
    session.apply(parse("inject"))
    session.advance(3)
    event = session.apply(parse("undo"))
    assert session.current.trainer.parameters.equal(before)
    assert session.step == 8
    assert event.text.startswith("undid inject: ω ")
    assert [entry.command for entry in session.current.journal] == ["inject", "undo"]


def test_commands_are_undone_from_the_last_to_the_first() -> None:
    session = opened(sine())
    session.apply(parse("set:optimizer.lr=0.5"))
    session.apply(parse("set:optimizer.lr=0.25"))
    session.apply(parse("pace:10"))
    rates = []
    for _ in range(2):
        session.apply(parse("undo"))
        rates.append(session.current.experiment.optimizer.lr)
    assert rates == [0.5, 1e-4]
    with pytest.raises(Refused, match="nothing to undo"):
        session.apply(parse("undo"))


def test_a_refused_command_and_another_run_leave_nothing_to_undo() -> None:
    session = opened(sine())
    with pytest.raises(Refused):
        session.apply(parse("set:model.kind=mlp"))
    with pytest.raises(Refused, match="nothing to undo"):
        session.apply(parse("undo"))
    session.apply(parse("inject"))
    session.apply(parse("load:other"))
    with pytest.raises(Refused, match="nothing to undo"):
        session.apply(parse("undo"))


def test_undoing_a_remedy_ends_it_and_puts_its_learning_rate_back() -> None:
    session = opened(sine())
    session.apply(parse("remedy:smaller-step"))
    session.advance(10)
    session.apply(parse("undo"))
    assert session.current.treatment is None
    assert session.current.trainer.step_inputs["lr"].unique().tolist() == [pytest.approx(1e-4)]


def test_a_diverged_run_is_revived() -> None:
    session = opened(magnitude())
    session.apply(parse("set:optimizer.kind=sgd"))
    session.apply(parse("set:optimizer.lr=1e18"))
    session.advance(50)
    assert session.snapshot().state == "diverged"
    session.apply(parse("undo"))
    assert session.snapshot().state == "training"


def test_a_step_is_undone() -> None:
    session = opened(magnitude())
    before = session.current.trainer.parameters.clone()
    session.apply(parse("step"))
    assert not session.current.trainer.parameters.equal(before)
    session.apply(parse("undo"))
    assert session.current.trainer.parameters.equal(before)
