"""What the menu offers first."""

from typing import Any

import pytest

from periodic_tui.engine.treatment import offers
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
