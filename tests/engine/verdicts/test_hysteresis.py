"""When the screen changes its mind."""

from dataclasses import replace

import pytest

from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.hysteresis import Hysteresis
from periodic_tui.engine.verdicts.rules import verdict_of
from tests.engine.verdicts.evidence import evidence


def shown(*found: str, focus: int = 0, after: Hysteresis | None = None) -> list[str]:
    """What is shown while these are found one after the other."""
    steady = Hysteresis() if after is None else after
    return [steady(Verdict(code), focus).code for code in found]


def test_another_verdict_is_shown_when_it_is_found_a_third_time_running() -> None:
    assert shown("learning", "underfit", "underfit", "underfit") == ["learning"] * 3 + ["underfit"]


def test_what_is_interrupted_is_counted_afresh() -> None:
    found = ["learning", "underfit", "underfit", "learning", "underfit", "mute-units", "underfit", "underfit"]
    assert shown(*found) == ["learning"] * 8
    assert shown(*found, "underfit")[-1] == "underfit"


@pytest.mark.parametrize("fact", ["diverged", "solved", "dead-network"])
def test_a_fact_is_shown_at_once_but_not_what_comes_after_it(fact: str) -> None:
    assert shown("learning", fact, "learning", "learning", "learning") == ["learning", fact, fact, fact, "learning"]


def test_the_same_verdict_shows_its_newest_figures() -> None:
    steady = Hysteresis()
    steady(Verdict("learning", "old"), 0)
    assert steady(Verdict("learning", "new"), 0).text == "new"


def test_another_replica_is_shown_at_once() -> None:
    steady = Hysteresis()
    assert shown("learning", after=steady) == ["learning"]
    assert shown("underfit", "learning", focus=1, after=steady) == ["underfit", "underfit"]


def test_after_a_command_what_is_found_next_is_shown() -> None:
    steady = Hysteresis()
    assert shown("learning", "underfit", after=steady) == ["learning", "learning"]
    steady.forget()
    assert shown("underfit", after=steady) == ["underfit"]


@pytest.mark.parametrize(("steps", "said"), [(0, "No step was taken"), (3, "Only 3 steps")])
def test_that_nothing_was_done_yet_is_replaced_by_whatever_is_found_next(steps: int, said: str) -> None:
    steady = Hysteresis()
    nothing = verdict_of(evidence(loss_before=float("nan"), steps=steps))
    assert steady(nothing, 0).text.startswith(said)
    found = Verdict("underfit")
    assert steady(found, 0) is found


def test_a_held_verdict_keeps_its_step() -> None:
    steady = Hysteresis()
    steady(Verdict("learning", step=10), 0)
    assert [steady(Verdict("underfit", step=step), 0).step for step in (20, 30, 40)] == [10, 10, 40]


def test_what_is_settled_is_shown_at_once_and_held_like_any_other() -> None:
    steady = Hysteresis()
    assert shown("learning", "underfit", "underfit", after=steady)[-1] == "learning"
    assert steady.settle(Verdict("dead-units", step=7), 0) == Verdict("dead-units", step=7)
    assert shown("underfit", "underfit", "underfit", after=steady) == ["dead-units", "dead-units", "underfit"]


def test_what_was_found_before_a_settled_one_does_not_count() -> None:
    steady = Hysteresis()
    shown("learning", "underfit", "underfit", after=steady)
    steady.settle(Verdict("learning"), 0)
    assert shown("underfit", after=steady) == ["learning"]


def test_a_real_learning_verdict_is_held() -> None:
    steady = Hysteresis()
    learning = replace(verdict_of(evidence(loss=0.3, loss_before=0.4)), step=5)
    steady(learning, 0)
    assert steady(Verdict("underfit"), 0) is learning
