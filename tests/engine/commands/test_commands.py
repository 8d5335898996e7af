"""Commands: their words, what relative ones stand for where they are applied, and refusals that change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from periodic_tui.engine.commands.base import COMMANDS, parse
from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.pacing import faster, slower
from periodic_tui.engine.session import Session
from tests.engine.experiments import experiment, ln, magnitude, sine

WORDS = [
    "inject", "inject:+0.002", "inject-beside", "reinitialize", "reinitialize:7", "set:optimizer.lr=0.5",
    "remedy:widen-range", "undo", "pace:0", "pace:30", "pause", "resume", "toggle-pause", "step", "slower", "faster",
    "load:magnitude", "engine:eager", "threads:2", "scale-lr:0.5", "next:optimizer", "next:activation", "next:seed",
    "next:preset", "previous:preset", "hold", "release", "toggle-hold",
    "new:model.hidden=[8]", "new:model.hidden=[8]; optimizer.kind=adam", "branch:1000", "branch:1000@12",
]  # fmt: skip


def opened(spec: Experiment, **options: Any) -> Session:
    session = Session(lambda name: (name, spec), "b", spec, device="cpu", engine="eager", **options)
    session.open()
    return session


def applied(session: Session, *words: str) -> list[str | None]:
    """The journal's words after these commands."""
    for each in words:
        session.apply(parse(each))
    return [event.command for event in session.current.journal]


@pytest.mark.parametrize("words", WORDS)
def test_a_command_is_written_as_it_is_read(words: str) -> None:
    assert parse(words).words == words


def test_every_command_is_tried_here_and_has_a_line_of_help() -> None:
    assert {words.partition(":")[0] for words in WORDS} == set(COMMANDS)
    assert all((command.__doc__ or "").partition("\n")[0].endswith(".") for command in COMMANDS.values())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("injekt", "unknown command 'injekt', .*did you mean inject?"),
        ("pause:now", "pause takes no argument, got 'now'"),
        ("inject:far", "an offset must be a number"),
        ("inject:inf", r"an offset must be at most 1e\+18 in size"),
        ("reinitialize:-1", "a seed is a whole number from 0"),
        ("reinitialize:" + "9" * 23, "a seed is a whole number from 0"),
        ("scale-lr:0", "a factor must be above 0"),
        ("next:sead", "unknown thing to go on to 'sead', expected one of optimizer, activation, seed, preset; did you"),
        ("remedy:widen", "unknown remedy 'widen', .*did you mean widen-range?"),
        ("engine:fast", "unknown engine .fast., expected one of eager, compiled"),
        ("set:lr", "expected set:KEY=VALUE"),
    ],
)
def test_words_that_mean_nothing_are_refused_in_one_line(words: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refusal:
        parse(words)
    assert "\n" not in str(refusal.value)


def test_two_keys_are_two_commands_whatever_the_screen_has_seen() -> None:
    session = opened(sine(seed=3), presets=("a", "b", "c"))
    assert applied(session, "toggle-pause", "toggle-pause") == ["pause", "resume"]
    assert applied(session, "scale-lr:0.5", "scale-lr:0.5")[2:] == [
        "set:optimizer.lr=5e-05",
        "set:optimizer.lr=2.5e-05",
    ]
    assert applied(session, "next:seed", "next:seed", "previous:seed")[4:] == [
        "reinitialize:4",
        "reinitialize:5",
        "reinitialize:4",
    ]
    assert session.current.first_seed == 4


def test_presets_go_round_and_two_keys_move_two() -> None:
    session = opened(sine(), presets=("a", "b", "c"))
    for words, name in [("next:preset", "c"), ("next:preset", "a"), ("previous:preset", "c")]:
        session.apply(parse(words))
        assert session.current.name == name


def test_activations_and_optimizers_go_round() -> None:
    session = opened(magnitude())
    names = list(activations)
    place = names.index("relu")
    assert applied(session, "next:activation", "next:activation") == [
        f"set:model.activation={names[place + 1]}",
        f"set:model.activation={names[place + 3]}",
    ]
    assert names[place + 2] == "prelu"
    told = "passed over: set:model.activation=prelu: the parameters would no longer fit: that needs a new run"
    assert told in [event.text for event in session.current.events]
    assert applied(session, "previous:activation", "previous:activation")[-1] == "set:model.activation=relu"
    with pytest.raises(Refused, match="no activation"):
        opened(sine()).apply(parse("next:activation"))


def test_a_key_that_is_refused_says_why_and_not_what_it_comes_to() -> None:
    with pytest.raises(Refused, match=r"^this model has no frequency to add an offset to$"):
        opened(magnitude()).apply(parse("inject-beside"))


def test_what_is_refused_is_passed_over() -> None:
    session = opened(magnitude(replicas=2))
    kinds = []
    for _ in range(20):
        session.apply(parse("next:optimizer"))
        kinds.append(session.current.experiment.optimizer.kind)
        session.advance(1)
        if kinds[-1] == "adam":
            break
    assert kinds[-1] == "adam"
    assert len(set(kinds)) == len(kinds) > 8


def test_beside_the_answer_is_half_a_basin_or_a_thousandth() -> None:
    assert applied(opened(sine()), "inject-beside") == ["inject:+0.002"]


def test_the_pace_climbs_the_ladder_from_where_it_is() -> None:
    session = opened(sine())
    session.apply(parse("pace:100"))
    assert applied(session, "slower", "slower")[1:] == ["pace:30", "pace:10"]
    assert slower(0.0, 571_000.0) == 300_000.0
    assert slower(0.1, 1.0) == 0.1
    assert slower(0.05, 1.0) == 0.05
    assert faster(100.0) == 300.0
    assert faster(3_000.0, falls_short=True) == 0.0
    assert faster(0.0) == 0.0


def test_a_diverged_run_takes_no_step() -> None:
    session = opened(magnitude())
    session.apply(parse("set:optimizer.kind=sgd"))
    session.apply(parse("set:optimizer.lr=1e18"))
    session.advance(50)
    with pytest.raises(Refused, match="every replica has diverged"):
        session.apply(parse("step"))
    assert session.current.journal[-1].command == "set:optimizer.lr=1e18"


def test_a_look_does_not_shorten_an_advance() -> None:
    session = opened(sine())
    session.look(session._view)
    assert session.advance(500) == 500


REFUSALS = [
    (ln, "set:domain.train=[[-1.0, 1.0]]", "ln x needs x above 0"),
    (ln, "inject:+1", "no frequency to add an offset to"),
    (ln, "set:model.hidden=[3]", "needs a new run"),
    (ln, "set:optimizer.lr=-1", "expected"),
    (sine, "remedy:reseed-units", "does not fit"),
    (sine, "set:training.batch_size=0", "data set"),
]


@pytest.mark.parametrize(("spec", "words", "reason"), REFUSALS)
def test_a_refusal_changes_nothing(spec: Callable[[], Experiment], words: str, reason: str) -> None:
    session, other = opened(spec()), opened(spec())
    for each in (session, other):
        each.advance(3)
    trainer = session.current.trainer
    before = (trainer.experiment, trainer.training_step, trainer.stepper, session.current.observer)
    inputs = dict(trainer.step_inputs)
    with pytest.raises(Refused, match=reason):
        session.apply(parse(words))
    assert (trainer.experiment, trainer.training_step, trainer.stepper, session.current.observer) == before
    assert trainer.step_inputs.keys() == inputs.keys()
    assert all(trainer.step_inputs[name] is value for name, value in inputs.items())
    session.advance(5)
    other.advance(5)
    assert torch.equal(trainer.parameters, other.current.trainer.parameters)
    assert session.current.journal == []


@pytest.mark.parametrize("words", ["set:optimizer.lr=-1", "set:model.hidden=[3]", "remedy:reseed-units", "load:no"])
def test_a_refusal_does_not_end_the_remedy_at_work(words: str) -> None:
    def load(name: str) -> tuple[str, Experiment]:
        raise ValueError("unknown preset")

    session = Session(load, "test", sine(), device="cpu", engine="eager")
    session.open()
    session.apply(parse("remedy:widen-range"))
    session.advance(10)
    at_work = session.current.treatment
    with pytest.raises(Refused):
        session.apply(parse(words))
    assert session.current.treatment is at_work is not None
    session.advance(400)
    assert session.snapshot().verdict.code == "solved"


def test_an_answer_that_is_missing_does_not_end_the_remedy_at_work() -> None:
    spec = experiment(target="sine", model={"kind": "mlp", "hidden": [4]}, domain={"train": [[-1.0, 1.0]]})
    session = opened(spec)
    session.apply(parse("remedy:reinitialize-better"))
    session.advance(3)
    with pytest.raises(Refused, match="only approximates"):
        session.apply(parse("inject"))
    assert session.current.treatment is not None


def test_held_parameters_stay_where_they_are_and_let_go_at_the_same_rate() -> None:
    session = opened(magnitude(replicas=2))
    session.advance(5)
    assert applied(session, "toggle-hold") == ["hold"]
    before, rates = session.current.trainer.parameters.clone(), session.current.trainer.step_inputs["lr"]
    session.advance(20)
    assert session.current.trainer.parameters.equal(before)
    assert (session.step, session.snapshot().trained.held, session.snapshot().trained.lr) == (25, True, 0.0)
    assert applied(session, "toggle-hold")[-1] == "release"
    assert session.snapshot().trained.lr == pytest.approx(1e-3)
    assert not rates.any()
    session.advance(1)
    assert not session.current.trainer.parameters.equal(before)


def test_a_held_answer_is_kept_where_adam_would_throw_it_away() -> None:
    spec = sine().model_copy(update={"optimizer": optimizers["adam"].model_validate({"kind": "adam", "lr": 1e-2})})
    lost, kept = opened(spec), opened(spec)
    applied(lost, "inject:+1e-6")
    applied(kept, "hold", "inject:+1e-6")
    for session in (lost, kept):
        session.advance(20)
    assert kept.snapshot().loss < 1e-6 < 0.5 < lost.snapshot().loss


@pytest.mark.parametrize("words", ["reinitialize", "set:optimizer.lr=0.5", "undo"])
def test_whatever_sets_the_learning_rate_lets_go(words: str) -> None:
    session = opened(magnitude())
    session.apply(parse("hold"))
    session.apply(parse(words))
    assert not session.current.trainer.held
    with pytest.raises(Refused, match="not held"):
        session.apply(parse("release"))


def test_ten_presses_of_a_passing_command_leave_one_event() -> None:
    session = opened(magnitude())
    for words in ("pause", "pace:10", "faster", "faster", "slower", "step", "step", "resume"):
        session.apply(parse(words))
    assert [event.text for event in session.current.events[1:]] == ["resumed"]
    assert len(session.current.journal) == 8
    applied(session, "reinitialize", "pace:3", "reinitialize", "pace:1")
    assert [event.command for event in session.current.events[1:]] == [
        "resume", "reinitialize", "pace:3", "reinitialize", "pace:1"
    ]  # fmt: skip


def test_a_new_life_begins_at_the_pace_of_the_preset_and_without_one_at_the_present_pace() -> None:
    slow, flat = opened(ln(pace=0.5, pace_steps=3)), opened(sine())
    for session in (slow, flat):
        session.advance(5)
        session.apply(parse("pace:30"))
        session.apply(parse("next:seed"))
    assert (slow.pacer.pace, flat.pacer.pace) == (0.5, 30.0)
    assert (slow.snapshot().life, slow.pacer.due(8)) == (5, 1)
    assert slow.pacer.pace == 0.0
    slow.apply(parse("undo"))
    assert slow.snapshot().life == 0


def test_a_remedy_is_watched_at_a_pace_of_its_own_until_another_is_set() -> None:
    session = opened(sine())
    session.apply(parse("remedy:widen-range"))
    assert session.pacer.pace == 20.0
    session.pacer.give_back()
    assert session.pacer.pace == 0.0
    session.apply(parse("remedy:widen-range"))
    session.apply(parse("pace:100"))
    session.pacer.give_back()
    assert session.pacer.pace == 100.0


def test_a_new_run_has_one_value_changed_and_a_journal_that_leads_to_it() -> None:
    session = opened(ln())
    session.advance(5)
    words = ["new:model.hidden=[8]", "set:optimizer.lr=0.5", "new:model.activation=tanh"]
    assert applied(session, *words) == ["new:model.hidden=[8]", "new:model.activation=tanh"]
    began = session.current.experiment
    assert (session.step, session.current.number) == (0, 3)
    assert began.model.hidden_units == (8,)
    assert session.current.activation == "tanh"
    assert began.optimizer == ln().optimizer


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("new:model.hiden=[8]", "did you mean hidden"),
        ("new:training.seed=3; model.hiden=[8]", "did you mean hidden"),
        ("new:model.hidden=[0]", "model.hidden"),
        ("new:model.output_layer=false", "expected 1 units in the last one, got 10"),
    ],
)
def test_what_makes_no_sense_begins_no_new_run(words: str, why: str) -> None:
    session = opened(ln())
    with pytest.raises(Refused, match=why):
        session.apply(parse(words))
    assert session.current.number == 1
