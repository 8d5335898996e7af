"""When the screen changes its mind."""

import pytest

from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.hysteresis import Hysteresis


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
