"""Every built-in preset: it trains, its answer is one, and its populations are made of single runs."""

import re

import numpy as np
import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.commands.on_run import Inject
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer, known_answer
from periodic_tui.engine.session import Session
from periodic_tui.engine.training.sampling import noise_free
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment import offers
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.training.test_step import batch_of

CPU = torch.device("cpu")
WITHOUT_ANSWER = ("clock-siren", "clock-gelu", "clock-snake", "snake-decay", "magnitude-tanh")


def preset(name: str, **training: int) -> Experiment:
    return load(name, [(f"training.{key}", value) for key, value in training.items()])[1]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_preset_trains_to_finite_losses(name: str) -> None:
    trainer = Trainer(preset(name, replicas=1), CPU)
    start = trainer.parameters.clone()
    assert trainer.advance(3).isfinite().all()
    assert not torch.equal(trainer.parameters, start)


@pytest.mark.parametrize("name", [name for name in BUILT_IN if name not in WITHOUT_ANSWER])
def test_the_injected_answer_solves_the_preset(name: str) -> None:
    session = Session(load, name, preset(name, replicas=1))
    session.open()
    session.apply(Inject())
    summary = session.summary()
    assert summary["loss"] <= session.current.experiment.training.solved_below
    assert summary["verdict"]["code"] == "solved"
    assert summary["answer_error"] in (None, 0) or summary["answer_error"] < 1e-6


@pytest.mark.parametrize(("name", "reverse"), [("snake-extrapolation", False), ("snake-interpolation", True)])
def test_the_points_of_a_sine_are_those_of_the_write_up(name: str, reverse: bool) -> None:
    """`gen_data2(L=2000, start=-50, end=50)`: indices 250 to 749 and 1,000 to 1,499, or all others."""
    every = np.linspace(-50, 50, 2_000)
    shown = np.isin(np.arange(2_000) // 250, (1, 2, 4, 5))
    x = noise_free(preset(name))[0][:, 0].double().numpy()
    step = every[1] - every[0]
    np.testing.assert_allclose(x, every[shown ^ reverse], atol=0.01 * step if reverse else 0.51 * step)


def test_what_must_be_seen_reaches_the_screen() -> None:
    session = Session(load, "sine-landscape", preset("sine-landscape", replicas=2))
    session.open()
    assert session.snapshot().must_show == ("landscape", "population")


TO_TYPE = re.compile(r"\btype (\S+?)[,.:]?(?=\s)")
STORIES = {name: preset(name).story for name in BUILT_IN}


@pytest.mark.parametrize("name", [name for name in BUILT_IN if "type" in STORIES[name]])
def test_what_a_story_asks_to_type_can_be_done_in_mid_run(name: str) -> None:
    session = Session(load, name, preset(name, replicas=1, batch_size=8))
    session.open()
    (words,) = TO_TYPE.findall(STORIES[name])
    session.advance(2)
    assert session.apply(parse(words)).command == words
    assert session.advance(1) == 1


@pytest.mark.parametrize("name", [name for name in BUILT_IN if "H, then i" in STORIES[name]])
def test_an_answer_is_lost_unless_it_is_held_where_the_story_says_so(name: str) -> None:
    session = Session(load, name, preset(name))
    session.open()
    session.apply(parse("inject"))
    session.advance(100)
    assert session.summary()["verdict"]["code"] != "solved"
    session.apply(parse("toggle-hold"))
    session.apply(parse("inject"))
    session.advance(100)
    assert session.summary()["verdict"]["code"] == "solved"


@pytest.mark.parametrize("name", WITHOUT_ANSWER)
def test_a_preset_without_answer_says_why(name: str) -> None:
    with pytest.raises(NoAnswer):
        known_answer(preset(name))
    with pytest.raises(Refused):
        Trainer(preset(name, replicas=1), CPU).inject(0.0)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_replica_is_the_single_run_of_its_seed(name: str) -> None:
    seed = preset(name).training.seed
    together = Trainer(preset(name, replicas=3), CPU)
    alone = Trainer(preset(name, replicas=1, seed=seed + 2), CPU)
    assert torch.equal(together.parameters[2], alone.parameters[0])
    for step in (0, 7):
        many, single = batch_of(together, step), batch_of(alone, step)
        assert torch.equal(many.x[2], single.x[0])
        assert torch.equal(many.y[2], single.y[0])


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_a_preset_offers_comes_first_and_can_be_applied(name: str) -> None:
    preferred = preset(name).remedies.offer
    first = offers(preset(name), "")[: len(preferred)]
    assert [(offer.name, offer.unfit) for offer in first] == [(remedy, "") for remedy in preferred]
