"""What the menu offers first."""

from typing import Any

import pytest

from periodic_tui.engine.remedies import MANY_CYCLES
from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.treatment import complaints, offers
from tests.engine.experiments import experiment

NET = {"model": {"kind": "mlp", "hidden": [6], "activation": "tanh"}, "target": "abs"}


def first(*causes: str, **sections: Any) -> str:
    return next(offer.name for offer in offers(experiment(**NET | sections), *causes) if offer.fits)


@pytest.mark.parametrize(
    ("causes", "remedy"),
    [
        (("diverged", "step-too-large"), "smaller-step"),
        (("diverged", "unscaled", "step-too-large"), "standardize"),
        (("step-too-small", "learning"), "larger-step"),
        (("learning", "ill-conditioned"), "solve-output"),
        (("learning", "step-too-small"), "larger-step"),
        (("collapsed-to-constant", "plateau"), "reinitialize-better"),
        (("unscaled", "saturated"), "standardize"),
        (("underfit",), "more-units"),
        (("out-of-reach", "dead-network"), "standardize"),
    ],
)
def test_it_is_for_the_first_cause_and_for_those_after_it_if_it_can_be(causes: tuple[str, ...], remedy: str) -> None:
    assert first(*causes) == remedy


def test_the_first_for_a_network_that_learns_is_adam_unless_it_is_at_work() -> None:
    assert first("learning") == "adam"
    assert first("learning", optimizer={"kind": "adam", "lr": 0.01}) == "larger-step"


def test_a_linear_model_is_solved_where_its_inputs_are_ill_conditioned() -> None:
    assert first("ill-conditioned", model="linear") == "solve-output"


def test_what_is_for_a_wave_of_many_cycles_comes_first_whatever_else_holds() -> None:
    codes = "unscaled", "learning", "underfit"
    assert first(*codes) == "standardize"
    assert first(*codes, MANY_CYCLES) == "by-sines"
    found = [offer.name for offer in offers(experiment(**NET), "underfit", MANY_CYCLES) if offer.fits]
    assert found[:2] == ["by-sines", "more-units"]


def test_a_verdict_that_counts_cycles_asks_for_more_than_its_code() -> None:
    causes = [Verdict("unscaled"), Verdict("underfit", figures={"cycles": 16.0}), Verdict("unscaled")]
    assert complaints(causes) == ("unscaled", "underfit", MANY_CYCLES)
    assert complaints(causes[:1]) == ("unscaled",)


def test_one_that_is_for_a_later_cause_only_does_not_fit() -> None:
    found = {offer.name: offer.fits for offer in offers(experiment(**NET), "unpredictable", "underfit")}
    assert not any(found.values())


def test_without_biases_they_are_added_before_columns_are_moved() -> None:
    without = {"model": {"kind": "mlp", "hidden": [6], "activation": "tanh", "bias": False}}
    assert first("unscaled", "no-bias", **without) == "add-biases"
    assert first("no-bias", **without) == "add-biases"


def test_what_the_preset_offers_comes_first_in_its_order() -> None:
    preferred = ["spread-units", "reseed-units"]
    found = offers(experiment(**NET, remedies={"offer": preferred}), "duplicate-units", "dead-units")
    assert [offer.name for offer in found[:2]] == preferred
