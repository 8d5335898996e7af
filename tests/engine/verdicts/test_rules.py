"""The rules of the verdicts: both sides of every limit, the words with their figures, and who goes before whom."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.remedies import remedies
from periodic_tui.engine.snapshot import Baselines
from periodic_tui.engine.verdicts.evidence import Method
from periodic_tui.engine.verdicts.rules import CODES, RULES, first_of, undecided, verdict_of
from periodic_tui.ui.formatting import plain
from tests.engine.verdicts.evidence import HOLDING, SIGMOID, WIDE, column, evidence, layer, samples

Changes = dict[str, Any]


def found(changes: Changes) -> str:
    return CODES[first_of(evidence(**changes))[0]]


def holds(code: str, changes: Changes) -> bool:
    with np.errstate(invalid="ignore", divide="ignore"):
        return bool(np.broadcast_to(RULES[CODES.index(code)].predicate(evidence(**changes)), 1)[0])


HELD_OUT = {"test_variance": 2.0, "target_std": 3.0, "loss": 0.1, "loss_test": 2.0}
"""A loss of 0.45 leaves 5 % of the variance on the training domain, one of 1 half of it on the test domain."""
NOISY = {"noise": 2.0}
FAR = {"distance": 2.0, "basin": 1.0, "target_std": 2.0}
FAR_X = {"samples": WIDE}
GOOD = {"loss": 0.0099, "target_std": 1.0}
BEHIND = {"samples": samples(x=(column(mean=40.0, std=6.0),), rows=5), "method": Method(first_units=10)}
DESCENT = {"samples": samples(x=WIDE.x, steepest=400.0), "method": Method("sgd"), "lr": 0.01, "sharpness": 201.0}
HIGH_Y = {"samples": samples(y=(column("y", high=1e4, mean=3_000.0, std=4_000.0),)), "lr": 0.001, "steps": 49_999,
          "method": Method("adam")}  # fmt: skip
FEW_HUGE = samples(rows=100, held_by_few=0.51)
TWINS = samples(baselines=Baselines(1.0, 1.0, 0.4))
AT_LINE = {"straight": True, "samples": samples(baselines=Baselines(1.0, 0.4))}
SLOW = {"fall": 1e-5, "fall_larger": 0.011, "trial_steps": 50.0, "steps": 1_000}
UNMOVED = {"moved": 0.149, "fall": 1e-9, "fall_larger": 1e-6, "trial_steps": 50.0, "steps": 1_000}
TINY = {"start_weights": 0.099, "fit_std": 0.049}
UNBIASED = {"method": Method(biases=False, first_units=3), "gain_through_origin": 0.0}
STEEP = {"method": Method(is_linear=True), "samples": samples(flattest=0.0099, baselines=Baselines(1.0, 0.4))}
COSTLY = {"dead": 1, "gain": 0.101, "target_std": 1.0}
ENDED = {"saturated": 0.5, "samples": samples()}
LEFT = {"steps": 1_000, "loss": 0.5, "trial_steps": 50.0, "fall_larger": 1.0}
"""The loss must fall to 0.01, by ln 50 = 3.912; 2,000 steps are twice those that are left."""
SIDES: list[tuple[str, str, Changes, Changes]] = [
    ("diverged", "finite", {"alive": False}, {"alive": True}),
    ("solved", "loss", {"loss": 0.001, "solved_below": 0.001}, {"loss": 0.00101, "solved_below": 0.001}),
    (
        "solved",
        "test loss",
        {"loss": 0.0, "loss_test": 0.001, "solved_below": 0.001},
        {"loss": 0.0, "loss_test": 0.00101, "solved_below": 0.001},
    ),
    ("solved", "accuracy", {"accuracy": 1.0}, {"accuracy": 0.99999, "loss": 0.0, "solved_below": 0.001}),
    ("no-extrapolation", "training", {**HELD_OUT, "loss": 0.449}, {**HELD_OUT, "loss": 0.451}),
    ("no-extrapolation", "test", {**HELD_OUT, "loss_test": 1.001}, {**HELD_OUT, "loss_test": 0.999}),
    ("no-extrapolation", "no test domain", HELD_OUT, {**HELD_OUT, "loss_test": math.nan}),
    (
        "no-extrapolation",
        "solved inside",
        {"loss": 0.001, "solved_below": 0.001, "loss_test": 0.0501, "test_variance": 1.0},
        {"loss": 0.0011, "solved_below": 0.001, "loss_test": 0.0501, "test_variance": 1.0, "target_std": 10.0},
    ),
    ("unscaled", "size", {"start_size": 4.01, **FAR_X}, {"start_size": 3.99, **FAR_X}),
    ("unscaled", "saturated", {"start_saturated": 0.5, **FAR_X}, {"start_saturated": 0.49, **FAR_X}),
    ("unscaled", "x of order one", {"start_size": 9.0, **FAR_X}, {"start_size": 9.0, "samples": samples()}),
    ("unscaled", "good", {"start_size": 9.0, **FAR_X, "loss": 0.0101}, {"start_size": 9.0, **FAR_X, **GOOD}),
    ("unscaled", "kinks", {"start_kinks": 0.09, **BEHIND}, {"start_kinks": 0.1, **BEHIND}),
    ("unscaled", "units", {"start_kinks": 0.0, **BEHIND, "method": Method(first_units=4)},
     {"start_kinks": 0.0, **BEHIND, "method": Method(first_units=3)}),
    ("unscaled", "standardized", DESCENT,
     {**DESCENT, "samples": samples(x=WIDE.x, steepest=400.0, steepest_standardized=101.0), "sharpness": 199.0}),
    ("unscaled", "steps to y", HIGH_Y, {**HIGH_Y, "steps": 50_001}),
    ("unscaled", "method", HIGH_Y, {**HIGH_Y, "method": Method("sgd")}),
    ("unscaled", "few huge", {"samples": FEW_HUGE}, {"samples": samples(rows=100, held_by_few=0.5)}),
    ("unscaled", "rows", {"samples": FEW_HUGE}, {"samples": samples(rows=99, held_by_few=0.51)}),
    ("out-of-reach", "of the variance", {"output_range": SIGMOID, "target_std": 4.99},
     {"output_range": SIGMOID, "target_std": 5.01}),
    ("out-of-reach", "of solved", {"output_range": SIGMOID, "solved_below": 0.2499},
     {"output_range": SIGMOID, "solved_below": 0.2501}),
    ("unpredictable", "equal rows", {"loss": 0.439, "samples": TWINS}, {"loss": 0.441, "samples": TWINS}),
    ("unpredictable", "of the variance", {"loss": 0.0109, "samples": samples(baselines=Baselines(1, 1, 0.0101))},
     {"loss": 0.0109, "samples": samples(baselines=Baselines(1, 1, 0.0099))}),
    ("unpredictable", "neighbors", {"noise_share": 0.901}, {"noise_share": 0.899}),
    ("unpredictable", "few huge", {"noise_share": 0.95, "samples": samples(rows=99, held_by_few=0.49)},
     {"noise_share": 0.95, "samples": samples(rows=99, held_by_few=0.5)}),
    ("unpredictable", "no wave", {"noise_share": 0.95, "wave_share": 0.9, "wave_cycles": 2.9},
     {"noise_share": 0.95, "wave_share": 0.9, "wave_cycles": 3.0}),
    ("dead-network", "layer", {"dead_layer": 0}, {"dead_layer": -1}),
    ("collapsed-to-constant", "spread", {"fit_std": 0.0199, "target_std": 2.0}, {"fit_std": 0.0201, "target_std": 2.0}),
    ("step-too-large", "here", {"lr": 0.1, "sharpness": 20.02}, {"lr": 0.1, "sharpness": 19.98}),
    ("step-too-large", "exactly", {"lr": 0.5, "sharpness": 4.0001}, {"lr": 0.5, "sharpness": 4.0}),
    ("step-too-large", "thrown out", {"lr": 0.1, "best_sharpness": 20.02}, {"lr": 0.1, "best_sharpness": 19.98}),
    ("stuck-outside-basin", "distance", {**FAR, "loss": 4, "distance": 1.001}, {**FAR, "loss": 4, "distance": 1.0}),
    ("stuck-outside-basin", "explained", {**FAR, "loss": 3.801}, {**FAR, "loss": 3.799}),
    ("step-too-large", "at the start", {"lr": 0.1, "start_sharpness": 20.02}, {"lr": 0.1, "start_sharpness": 19.98}),
    ("linear-network", "line", {**AT_LINE, "loss": 0.4199}, {**AT_LINE, "loss": 0.4201}),
    ("linear-network", "bends", {**AT_LINE, "loss": 0.4}, {**AT_LINE, "loss": 0.4, "straight": False}),
    ("linear-network", "enough", {"straight": True, "samples": samples(baselines=Baselines(1, 0.0101)), "loss": 0.0101},
     {"straight": True, "samples": samples(baselines=Baselines(1, 0.0099)), "loss": 0.0099}),
    ("noise-floor", "above", {**NOISY, "train_loss": 4.399}, {**NOISY, "train_loss": 4.401}),
    ("noise-floor", "below", {**NOISY, "train_loss": 3.601}, {**NOISY, "train_loss": 3.599}),
    ("noise-floor", "exactly", {"noise": 10.0, "train_loss": 110.0}, {"noise": 10.0, "train_loss": 110.001}),
    ("overfit", "noisy points", {"noise": 0.9, "train_loss": 0.404}, {"noise": 0.9, "train_loss": 0.406}),
    ("overfit", "without noise", {"noise": 0.9, "train_loss": 0.1, "loss": 0.406},
     {"noise": 0.9, "train_loss": 0.1, "loss": 0.404}),
    ("overfit", "explained", {"noise": 0.1, "train_loss": 0.0, "loss": 0.0101},
     {"noise": 0.1, "train_loss": 0.0, "loss": 0.0099}),
    ("noise-floor", "no noise", {"noise": 1e-3, "train_loss": 1e-6}, {"noise": 0.0, "train_loss": 0.0}),
    ("step-too-small", "three times", {**SLOW, "fall": 0.0036}, {**SLOW, "fall": 0.0037}),
    ("step-too-small", "noticed", {**SLOW, "fall_larger": 0.0101}, {**SLOW, "fall_larger": 0.0099}),
    ("step-too-small", "arrives", {**LEFT, "fall": 0.0977}, {**LEFT, "fall": 0.0979}),
    ("step-too-small", "not moved", UNMOVED, {**UNMOVED, "moved": 0.151}),
    ("step-too-small", "not halfway", UNMOVED, {**UNMOVED, "method": Method(planned=2_001)}),
    ("step-too-small", "a trace", UNMOVED, {**UNMOVED, "fall_larger": 0.9e-7}),
    ("plateau", "start", TINY, {**TINY, "start_weights": 0.101}),
    ("plateau", "constant", TINY, {**TINY, "fit_std": 0.051}),
    ("learning", "fall", {"loss": 0.979, "loss_before": 1.0}, {"loss": 0.981, "loss_before": 1.0}),
    ("learning", "no step yet", {"loss_before": math.nan}, {}),
    ("learning", "minibatches", {"loss": 0.9, "loss_before": 1.0, "recent_loss": 0.989, "earlier_loss": 1.0},
     {"loss": 0.9, "loss_before": 1.0, "recent_loss": 0.991, "earlier_loss": 1.0}),
    ("learning", "nearly there", {"loss": 0.099, "fall": 0.021}, {"loss": 0.101, "fall": 0.021}),
    ("saturated", "half", ENDED, {**ENDED, "saturated": 0.49}),
    ("saturated", "good", {**ENDED, "loss": 0.0101}, {**ENDED, **GOOD}),
    ("no-bias", "helps", {**UNBIASED, "gain": 0.101}, {**UNBIASED, "gain": 0.1}),
    ("no-bias", "more than without", {**UNBIASED, "gain": 0.5, "gain_through_origin": 0.44},
     {**UNBIASED, "gain": 0.5, "gain_through_origin": 0.45}),
    ("no-bias", "has them", {**UNBIASED, "gain": 0.5}, {**UNBIASED, "gain": 0.5, "method": Method(first_units=3)}),
    ("ill-conditioned", "line", {**STEEP, "loss": 0.441}, {**STEEP, "loss": 0.439}),
    ("ill-conditioned", "condition", {**STEEP},
     {**STEEP, "samples": samples(flattest=0.0101, baselines=Baselines(1.0, 0.4))}),
    ("dead-units", "one", COSTLY, {**COSTLY, "dead": 0}),
    ("dead-units", "one more helps", COSTLY, {**COSTLY, "gain": 0.099}),
    ("dead-units", "well", {**COSTLY, "loss": 0.051}, {**COSTLY, "loss": 0.049}),
    ("duplicate-units", "one", {"duplicate": 1, "gain": 0.3}, {"duplicate": 0, "gain": 0.3}),
    ("mute-units", "one", {"mute": 1, "gain": 0.3}, {"mute": 0, "gain": 0.3}),
    ("wrong-sign", "one", {"wrong_sign": 1}, {"wrong_sign": 0}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "inside", "outside"), [pytest.param(*(s[0], *s[2:]), id=f"{s[0]} {s[1]}") for s in SIDES]
)
def test_a_rule_holds_on_one_side_of_its_limit_and_not_on_the_other(
    code: str, inside: Changes, outside: Changes
) -> None:
    assert found(inside) == code
    assert found(outside) == "underfit"


def test_every_rule_but_the_last_has_its_limit_tested() -> None:
    assert [*dict.fromkeys(side[0] for side in SIDES), "underfit"] == list(CODES)


def test_what_is_not_known_holds_against_nobody() -> None:
    assert found({"loss": math.nan, "fit_std": math.nan, "lr": math.nan, "loss_before": 0.5}) == "underfit"


def test_the_order_is_the_contracts() -> None:
    assert tuple(HOLDING) == CODES


UNITS = ("dead-units", "duplicate-units", "mute-units")
NOT_JOINED = {
    ("unscaled", "linear-network"), ("unscaled", "ill-conditioned"), ("collapsed-to-constant", "plateau"),
}  # fmt: skip
"""Both could hold, but not by this evidence."""
EXCLUSIVE = {
    *NOT_JOINED,
    # What is frozen is not asked how it goes on, nor is what is nearly right.
    ("diverged", "saturated"), ("diverged", "ill-conditioned"), ("no-extrapolation", "step-too-small"),
    ("no-extrapolation", "stuck-outside-basin"), ("no-extrapolation", "linear-network"),
    ("no-extrapolation", "ill-conditioned"), ("no-extrapolation", "overfit"), ("solved", "no-extrapolation"),
    # A symptom is not named beside the cause that it follows from.
    ("unscaled", "saturated"), ("collapsed-to-constant", "stuck-outside-basin"),
    ("collapsed-to-constant", "linear-network"), ("step-too-large", "noise-floor"), ("linear-network", "plateau"),
    ("noise-floor", "overfit"),
    ("step-too-small", "plateau"), ("step-too-small", "saturated"),
    ("dead-network", "dead-units"), ("linear-network", "ill-conditioned"), ("no-bias", "ill-conditioned"),
    *((code, unit) for unit in UNITS for code in (
        "no-extrapolation", "unscaled", "out-of-reach", "unpredictable", "linear-network", "step-too-small", "learning",
        "no-bias",
    )),
}  # fmt: skip
"""Pairs of which only one holds."""
PAIRS_OF_CODES = [pair for pair in combinations(HOLDING, 2) if pair not in EXCLUSIVE]


@pytest.mark.parametrize(("first", "second"), PAIRS_OF_CODES)
def test_where_two_rules_hold_the_earlier_one_names_the_verdict(first: str, second: str) -> None:
    both = HOLDING[first] | HOLDING[second]
    assert holds(first, both)
    assert holds(second, both)
    assert found(both) == first
    assert undecided(evidence(**both), first).all()
    assert not undecided(evidence(**both), second).any()


@pytest.mark.parametrize(("first", "second"), sorted(EXCLUSIVE - NOT_JOINED))
def test_a_cause_stands_alone_where_another_follows_from_it(first: str, second: str) -> None:
    both = HOLDING[first] | HOLDING[second]
    assert not (holds(first, both) and holds(second, both))


EXPLAINING = ("no-extrapolation", "stuck-outside-basin")
"""One needs a fit that explains nearly all of the target, the other one a fit that explains nothing."""


def test_a_fit_that_explains_nothing_never_explains_nearly_all() -> None:
    both = HOLDING[EXPLAINING[0]] | HOLDING[EXPLAINING[1]]
    for loss in np.linspace(0, 2, 201):
        assert sum(holds(code, both | {"loss": loss}) for code in EXPLAINING) < 2


@pytest.mark.parametrize("where", ["sharpness", "best_sharpness"])
def test_a_run_at_its_noise_floor_has_no_step_too_large(where: str) -> None:
    noisy = {"lr": 0.1, where: 50.0, "noise": 2.0}
    assert found({**noisy, "train_loss": 4.399}) == "noise-floor"
    assert found({**noisy, "train_loss": 4.401}) == "step-too-large"


def test_a_step_too_large_for_the_answer_is_named_inside_its_basin_too() -> None:
    inside = {"distance": 0.14, "basin": 0.449, "lr": 0.075, "answer_sharpness": 100 / 3}
    assert found(inside) == "step-too-large"
    assert verdict_of(evidence(**inside)).text == (
        "The step is too large: lr 0.075 is 1.25 times 2/L″ = 0.06, the largest stable one at the answer."
    )
    for mended in ({"lr": 0.059}, {"distance": 0.45}, {"loss": 0.005}, {"loss_before": math.nan}):
        assert found(inside | mended) != "step-too-large"
    assert found(inside | {"loss": 0.3, "loss_before": 0.5, "recent_loss": 0.3, "earlier_loss": 0.5}) == "learning"


def test_each_replica_is_held_against_its_own_basin() -> None:
    several = evidence(distance=[2.0, 2.0], basin=[1.0, 3.0], loss=[0.99, 0.99])
    assert [CODES[code] for code in first_of(several)] == ["stuck-outside-basin", "underfit"]


def test_a_population_is_judged_replica_by_replica() -> None:
    several = evidence(alive=[True, False, True], dead=[0, 3, 3], loss=[0.5, 0.5, 0.5], gain=0.3)
    assert [CODES[code] for code in first_of(several)] == ["underfit", "diverged", "dead-units"]
    assert undecided(several, "dead-units").tolist() == [True, False, True]


MEANS = {"fit_mean": -0.95351, "target_mean": -0.95349, "target_median": -0.6931}
STUCK_FIGURES = {"distance": 30.25, "basin": 0.0044934, "lr": 1e-4}
STUCK = {**STUCK_FIGURES, "loss": 0.999, "answer_sharpness": 1000**2 / 3, "batch_size": 32}
STUCK_TEXT = "ω is lost: 30.25 from the answer, 6,732 basins away; gradients point home only within ±0.004493."
TOO_LARGE_TEXT = " The step is too large as well: lr 0.0001 against 2/L″ = 6e-06 at the answer, 17 times."
COSTS = " A unit that is fitted in its place would take 30.0 % of the loss."
STILL = "the loss has not fallen by 2 % in the last fifth of the steps: 0.5 then, 0.5 now."
CROWDED: dict[str, Any] = {
    "duplicate": ((0, 1),) * 10_188,
    "groups": ((0, 1, 2), (3, 4), (5, 6), tuple(range(30, 39)), tuple(range(57, 200))),
}
ALIKE: dict[str, Any] = {"duplicate": ((0, 3), (0, 4), (3, 4), (1, 2)), "groups": ((0, 3, 4), (1, 2))}

WORDS: list[tuple[str, Changes, str, dict[str, Any], float]] = [
    (
        "diverged",
        {"alive": False, "loss": 123.0},
        "Training blew up: a parameter or the loss is no longer finite. Frozen at the last good step, at loss 123.",
        {"loss": 123.0},
        math.inf,
    ),
    (
        "diverged",
        {"alive": False, "loss": math.inf},
        "Training blew up: a parameter or the loss is no longer finite. Frozen at the last good step.",
        {"loss": None},
        math.inf,
    ),
    (
        "solved",
        {"loss": 2.5e-7, "solved_below": 1e-6},
        "Solved: the probe loss is 2.5e-07; up to 1e-06 counts as solved.",
        {"loss": 2.5e-7, "solved_below": 1e-6, "loss_test": None},
        4.0,
    ),
    (
        "solved",
        {"loss": 1e-7, "loss_test": 5e-7, "solved_below": 1e-6},
        "Solved: the probe loss is 1e-07 (5e-07 on the test domain); up to 1e-06 counts as solved.",
        {"loss": 1e-7, "solved_below": 1e-6, "loss_test": 5e-7},
        2.0,
    ),
    (
        "solved",
        {"loss": 0.0, "solved_below": 1e-6},
        "Solved: the loss is 0 because every sample fits.",
        {"loss": 0.0, "solved_below": 1e-6, "loss_test": None},
        math.inf,
    ),
    (
        "solved",
        {"loss": 0.0, "solved_below": 1e-6, "distance": 0.0, "basin": 0.1, "omega": (31.0,)},
        "ω is exactly 31: the loss is 0 because every sample fits.",
        {"loss": 0.0, "solved_below": 1e-6, "loss_test": None},
        math.inf,
    ),
    (
        "solved",
        {"loss": 1e-8, "solved_below": 1e-6, "distance": 2.5e-7, "basin": 0.1, "omega": (31.00000025,)},
        "ω is 2.5e-07 from the answer: the probe loss is 1e-08; up to 1e-06 counts as solved.",
        {"loss": 1e-8, "solved_below": 1e-6, "loss_test": None},
        100.0,
    ),
    (
        "solved",
        {"loss": 1e-8, "solved_below": 1e-6, "distance": 2.5e-7, "basin": 0.1, "omega": (1.0, 2.0)},
        "All 2 frequencies are within 2.5e-07 of the answer: the probe loss is 1e-08; up to 1e-06 counts as solved.",
        {"loss": 1e-8, "solved_below": 1e-6, "loss_test": None},
        100.0,
    ),
    (
        "solved",
        {"loss": 1e-8, "solved_below": 1e-6, "distance": 62.0, "basin": 0.1, "omega": (-31.0,)},
        "Solved: the probe loss is 1e-08; up to 1e-06 counts as solved.",
        {"loss": 1e-8, "solved_below": 1e-6, "loss_test": None},
        100.0,
    ),
    (
        "solved",
        {"loss": 0.0123, "accuracy": 1.0},
        "Solved: every answer is right; loss 0.012.",
        {"accuracy": 1.0},
        math.inf,
    ),
    (
        "no-extrapolation",
        {"loss": 0.02, "loss_test": 0.8, "target_std": 1.0, "test_variance": 1.0},
        "It fits what it has seen and not what lies beyond: the fit explains 98.0 % of the target where it was trained "
        "and 20.0 % on the test domain that the preset holds out, test loss 0.8 against 1 for the best constant.",
        {"explained": 0.98, "explained_test": 0.2, "loss_test": 0.8},
        1.6,
    ),
    (
        "no-extrapolation",
        {"loss": 0.025, "loss_test": 1.5, "target_std": 1.0, "test_variance": 0.5},
        "It fits what it has seen and not what lies beyond: the fit explains 97.5 % of the target where it was trained "
        "and nothing on the test domain that the preset holds out, test loss 1.5 against 0.5 for the best constant.",
        {"explained": 0.975, "explained_test": -2.0, "loss_test": 1.5},
        2.0,
    ),
    (
        "dead-network",
        {**MEANS, "dead_layer": 1, "layers": (layer(0, 50), layer(1, 10))},
        "All 10 units of hidden.1 are dead: no gradient passes, and only what lies behind them still learns. The fit "
        "is the constant -0.9535 (mean of y -0.9535, median -0.6931).",
        {"layer": "hidden.1", "units": 10, **MEANS},
        math.inf,
    ),
    (
        "dead-network",
        {**MEANS, "dead_layer": 0, "layers": (layer(0, 2, certified=(0, 1)),)},
        "All 2 units of hidden.0 are dead: no point of the domain can revive them, no gradient passes, and only what "
        "lies behind them still learns. The fit is the constant -0.9535 (mean of y -0.9535, median -0.6931).",
        {"layer": "hidden.0", "units": 2, **MEANS},
        math.inf,
    ),
    (
        "dead-network",
        {**MEANS, "dead_layer": 0, "layers": (layer(0, 1, certified=(0,)),)},
        "The unit of hidden.0 is dead: no point of the domain can revive it, no gradient passes, and only what lies "
        "behind it still learns. The fit is the constant -0.9535 (mean of y -0.9535, median -0.6931).",
        {"layer": "hidden.0", "units": 1, **MEANS},
        math.inf,
    ),
    (
        "dead-network",
        {**MEANS, "dead_layer": 1, "layers": (layer(0, 5), layer(1, 1)), "method": Method(output_layer=False)},
        "The unit of hidden.1 is dead: no gradient passes. The fit is the constant -0.9535 (mean of y -0.9535, "
        "median -0.6931).",
        {"layer": "hidden.1", "units": 1, **MEANS},
        math.inf,
    ),
    (
        "collapsed-to-constant",
        {**MEANS, "fit_std": 0.0025, "target_std": 0.885},
        "The fit is the constant -0.9535 (mean of y -0.9535, median -0.6931): it varies by 0.0025, the target by "
        "0.885.",
        {"fit_std": 0.0025, "target_std": 0.885, **MEANS},
        3.54,
    ),
    (
        "step-too-large",
        {"lr": 1e-4, "sharpness": 8e4},
        "The step is too large: lr 0.0001 is 4 times 2/L″ = 2.5e-05, the largest stable one here.",
        {"lr": 1e-4, "lr_limit": 2.5e-5, "ratio": 4.0, "distance": None},
        4.0,
    ),
    (
        "step-too-large",
        {"lr": 0.1, "sharpness": 5.0, "best_sharpness": 50.0},
        "The step is too large and threw the run out: lr 0.1 is 2.5 times 2/L″ = 0.04, the largest stable one at its "
        "lowest loss.",
        {"lr": 0.1, "lr_limit": 0.04, "ratio": 2.5, "distance": None},
        2.5,
    ),
    (
        "step-too-large",
        {"lr": 1e-4, "sharpness": 5.0, "best_sharpness": 1000**2 / 3, "distance": 0.25},
        "The step is too large and threw the run out: lr 0.0001 is 16.7 times 2/L″ = 6e-06, the largest stable one at "
        "the answer.",
        {"lr": 1e-4, "lr_limit": 6e-6, "ratio": 50 / 3, "distance": 0.25},
        50 / 3,
    ),
    (
        "stuck-outside-basin",
        STUCK,
        STUCK_TEXT + TOO_LARGE_TEXT,
        {**STUCK_FIGURES, "lr_limit": 6e-6},
        30.25 / 0.0044934,
    ),
    (
        "stuck-outside-basin",
        {**STUCK, "lr": 1e-6, "gradient": (1.0625, 125.04)},
        STUCK_TEXT + " At this ω a batch of 32 carries a gradient of 1.1 in noise of 125.",
        {**STUCK_FIGURES, "lr": 1e-6, "gradient": 1.0625, "gradient_noise": 125.04, "lr_limit": 6e-6},
        30.25 / 0.0044934,
    ),
    (
        "stuck-outside-basin",
        {**STUCK, "lr": 1e-6, "gradient": (1.0625, 125.04), "measured_at": 4_000},
        STUCK_TEXT + " At step 4,000 a batch of 32 carried a gradient of 1.1 in noise of 125.",
        {**STUCK_FIGURES, "lr": 1e-6, "gradient": 1.0625, "gradient_noise": 125.04, "lr_limit": 6e-6},
        30.25 / 0.0044934,
    ),
    (
        "stuck-outside-basin",
        {**STUCK, "lr": 1e-6, "gradient": (math.nan, math.nan)},
        STUCK_TEXT,
        {**STUCK_FIGURES, "lr": 1e-6, "lr_limit": 6e-6},
        30.25 / 0.0044934,
    ),
    (
        "stuck-outside-basin",
        {**STUCK, "peak": True, "answer_sharpness": math.nan},
        STUCK_TEXT.replace("the answer", "the peak of the data's spectrum (no answer is declared)"),
        STUCK_FIGURES,
        30.25 / 0.0044934,
    ),
    (
        "noise-floor",
        {"loss": 0.05, "train_loss": 1.05, "noise": 1.0},
        "Only the declared noise is left: training loss 1.05, noise variance 1.",
        {"loss": 0.05, "train_loss": 1.05, "noise_variance": 1.0},
        2.0,
    ),
    (
        "noise-floor",
        {"loss": 0.01, "train_loss": 0.25, "noise": 0.5},
        "Only the declared noise is left: training loss 0.25, noise variance 0.25.",
        {"loss": 0.01, "train_loss": 0.25, "noise_variance": 0.25},
        math.inf,
    ),
    (
        "noise-floor",
        {"loss": 0.7, "train_loss": 25.7, "noise": 5.0},
        "The declared noise hides the rest: training loss 25.7, noise variance 25. The fit explains 30.0 % of the "
        "target.",
        {"loss": 0.7, "train_loss": 25.7, "noise_variance": 25.0},
        25.0 / 7.0,
    ),
    (
        "overfit",
        {"loss": 0.36, "train_loss": 1e-3, "noise": 0.6},
        "The noise is learned, too: the loss is 0.001 on the noisy points and 0.36 against their noise-free values; "
        "the noise has a variance of 0.36. More points, fewer units or fewer steps help.",
        {"loss": 0.36, "train_loss": 1e-3, "noise_variance": 0.36, "explained": 0.64},
        2.0,
    ),
    (
        "learning",
        {"loss": 0.3, "loss_before": 0.4},
        "Learning: the probe loss fell by 25.0 % to 0.3 over the last fifth of the steps.",
        {"loss": 0.3, "loss_before": 0.4, "fall": 0.25},
        12.5,
    ),
    (
        "learning",
        {"loss": 0.3, "loss_before": math.nan},
        "No step was taken from here yet; probe loss 0.3.",
        {"loss": 0.3},
        math.inf,
    ),
    (
        "learning",
        {"loss": 1e-9, "loss_before": 1.0},
        "Learning: the probe loss fell by over 99.9 % to 1e-09 over the last fifth of the steps.",
        {"loss": 1e-9, "loss_before": 1.0, "fall": 1 - 1e-9},
        50 * (1 - 1e-9),
    ),
    (
        "learning",
        {"loss": 0.3, "loss_before": math.nan, "steps": 1},
        "Only 1 step from here yet; probe loss 0.3.",
        {"loss": 0.3},
        math.inf,
    ),
    (
        "dead-units",
        {"dead": 1, "gain": 0.3, "loss": 0.5, "loss_before": 0.506, "layers": (layer(0, 9, dead=(4,)),)},
        "1 dead unit (hidden.0: 4) reacts on less than 1 % of the probe; the loss has not fallen by 2 % in the last "
        "fifth of the steps: 0.506 then, 0.5 now." + COSTS,
        {"count": 1, "loss": 0.5, "loss_before": 0.506, "gain": 0.3},
        math.inf,
    ),
    (
        "dead-units",
        {
            "dead": 9,
            "gain": 0.3,
            "layers": (layer(0, 9, dead=(0, 1, 2, 4, 5, 6, 7)), layer(1, 4), layer(2, 4, dead=(2, 3))),
        },
        "9 dead units (hidden.0: 0, 1, 2, 4, 5, 6 and 1 more; hidden.2: 2, 3) react on less than 1 % of the probe; "
        + STILL
        + COSTS,
        {"count": 9, "loss": 0.5, "loss_before": 0.5, "gain": 0.3},
        math.inf,
    ),
    (
        "duplicate-units",
        {"duplicate": 4, "gain": 0.3, "layers": (layer(0, 6, **ALIKE),)},
        "4 duplicate pairs (hidden.0: 0=3=4, 1=2) do the same work; " + STILL + COSTS,
        {"count": 4, "loss": 0.5, "loss_before": 0.5, "gain": 0.3},
        math.inf,
    ),
    (
        "duplicate-units",
        {"duplicate": 10_188, "gain": 0.3, "layers": (layer(0, 200, **CROWDED),)},
        "10,188 duplicate pairs (hidden.0: 143 alike (57=58=59=60=…), 9 alike (30=31=32=33=…), 0=1=2 and 2 more "
        "groups) do the same work; " + STILL + COSTS,
        {"count": 10_188, "loss": 0.5, "loss_before": 0.5, "gain": 0.3},
        math.inf,
    ),
    (
        "mute-units",
        {"mute": 1, "gain": 0.3, "layers": (layer(0, 3, mute=(2,)),)},
        "1 mute unit (hidden.0: 2) hardly reaches the next layer; " + STILL + COSTS,
        {"count": 1, "loss": 0.5, "loss_before": 0.5, "gain": 0.3},
        math.inf,
    ),
    (
        "wrong-sign",
        {"wrong_sign": 2, "layers": (layer(0, 3, wrong_sign=(0, 2)),)},
        "2 wrong-sign units (hidden.0: 0, 2) would help with the other sign and cannot with their own; " + STILL,
        {"count": 2, "loss": 0.5, "loss_before": 0.5},
        math.inf,
    ),
    (
        "underfit",
        {"loss": 0.3, "loss_before": 0.3, "target_std": 2.0},
        "The fit explains 92.5 % of the target, and the loss has not fallen by 2 % in the last fifth of the steps: 0.3 "
        "then, 0.3 now.",
        {"loss": 0.3, "loss_before": 0.3, "explained": 0.925},
        math.inf,
    ),
    (
        "diverged",
        {
            "alive": False,
            "loss": 4e40,
            "lr": 0.001,
            "batch_size": 1,
            "samples": samples(longest_row=39602.0, steepest=13168.0),
            "method": Method("sgd"),
        },
        "Training blew up: a parameter or the loss is no longer finite. The step was too large: lr 0.001 "
        "is 39.6 times 2.53e-05, the largest stable one. Frozen at the last good step, at loss 4e+40.",
        {"loss": 4e40, "lr": 0.001, "lr_limit": 2.525124994e-05},
        math.inf,
    ),
    (
        "diverged",
        {"alive": False, "loss": 4e40, "lr": 0.1, "sharpness": 104.0},
        "Training blew up: a parameter or the loss is no longer finite. The step was too large: lr 0.1 "
        "is 5.2 times 0.0192, the largest stable one. Frozen at the last good step, at loss 4e+40.",
        {"loss": 4e40, "lr": 0.1, "lr_limit": 0.01923076923},
        math.inf,
    ),
    (
        "unscaled",
        {
            "start_size": 288.0,
            "start_saturated": 1.0,
            "samples": WIDE,
            "method": Method("sgd", activation="tanh", first_units=10),
        },
        "Unscaled: x runs from -1 to 999: at the start 10 of 10 tanh units of hidden.0 were saturated at "
        "nearly every point, with pre-activations of 288.",
        {"column": "x", "saturated": 10, "units": 10, "pre_activation": 288.0},
        72.0,
    ),
    (
        "unscaled",
        {
            "start_size": 11.3,
            "start_saturated": 0.0,
            "samples": WIDE,
            "method": Method("sgd", activation="sigmoid", first_units=50),
        },
        "Unscaled: x runs from -1 to 999: at the start pre-activations of hidden.0 were 11.3 in size, "
        "and a sigmoid is flat beyond 4.",
        {"column": "x", "saturated": 0, "units": 50, "pre_activation": 11.3},
        2.825,
    ),
    (
        "unscaled",
        {"start_kinks": 0.03, **BEHIND, "method": Method("sgd", first_units=100)},
        "Unscaled: x runs from -1 to 1: 97 of 100 units of hidden.0 had their kink, −b/w, outside of "
        "that at the start, and are straight there.",
        {"column": "x", "straight": 97, "units": 100},
        3.333333333,
    ),
    (
        "unscaled",
        {**DESCENT},
        "Unscaled: x runs from -1 to 999: inputs of that size allow steps up to 1/λ = 0.0025, and lr "
        "0.01 is 4 times that (with x standardized, up to 1).",
        {"column": "x", "lr": 0.01, "lr_limit": 0.0025, "lr_limit_standardized": 1.0},
        4.0,
    ),
    (
        "unscaled",
        {**HIGH_Y},
        "Unscaled: y runs from -1 to 1e+04: an output moves by about lr, 0.001, in a step, so that y "
        "takes some 5,000,000 steps; the run has 49,999.",
        {"column": "y", "lr": 0.001, "steps_needed": 5000000.0, "target_size": 5000.0},
        1.00002,
    ),
    (
        "unscaled",
        {"samples": samples(held_by_few=0.9)},
        "Unscaled: y runs from -1 to 1: the most extreme hundredth of the rows holds 90.0 % of the "
        "variance, so that the loss is about these few and the others hardly count.",
        {"column": "y", "held_by_few": 0.9},
        1.8,
    ),
    (
        "out-of-reach",
        {"samples": samples(), "output_range": SIGMOID},
        "Out of reach: the output is a sigmoid, which gives values from 0 to 1, and y runs from -1 to 1: "
        "50.0 % of the targets lie outside. No training gets below loss 0.25 (now 0.5); an output layer "
        "does.",
        {"outside": 0.5, "floor": 0.25, "loss": 0.5, "low": 0.0, "high": 1.0},
        25.0,
    ),
    (
        "out-of-reach",
        {"samples": samples(), "output_range": SIGMOID._replace(activation="relu", high=math.inf)},
        "Out of reach: the output is a relu, which gives values from 0 up, and y runs from -1 to 1: 50.0 "
        "% of the targets lie outside. No training gets below loss 0.25 (now 0.5); an output layer does.",
        {"outside": 0.5, "floor": 0.25, "loss": 0.5, "low": 0.0, "high": None},
        25.0,
    ),
    (
        "unpredictable",
        {"loss": 0.41, "samples": TWINS},
        "Not in the inputs: rows with the same inputs have different y (floor 0.4, loss 0.41, the best "
        "constant 1, the best line 1). 60.0 % of the variance can be explained, the fit explains 59.0 %.",
        {"loss": 0.41, "floor": 0.4, "mean": 1.0, "line": 1.0, "explained": 0.59},
        1.073170732,
    ),
    (
        "unpredictable",
        {"noise_share": 0.99},
        "Not in the inputs: neighboring rows differ as much as the residual (floor 0.495, loss 0.5, the "
        "best constant nan). Nothing of the best constant's loss can be explained, the fit explains 50.0 %.",
        {"loss": 0.5, "floor": 0.495, "mean": None, "line": None, "explained": 0.5},
        1.1,
    ),
    (
        "step-too-large",
        {"lr": 0.1, "start_sharpness": 57.2},
        "The step is too large and threw the units to their ends: lr 0.1 is 2.86 times 2/L″ = 0.035, the "
        "largest stable one at the start.",
        {"lr": 0.1, "lr_limit": 0.03496503497, "ratio": 2.86, "distance": None},
        2.86,
    ),
    (
        "linear-network",
        {**AT_LINE, "loss": 0.4},
        "The model has no hidden layer, so that the network is a straight line, and it is the best one: "
        "loss 0.4, the best line 0.4, the best constant 1. A line explains 60.0 % of the target; more "
        "takes an activation that bends within the data.",
        {"loss": 0.4, "line": 0.4, "mean": 1.0, "explained": 0.6},
        1.05,
    ),
    (
        "linear-network",
        {**AT_LINE, "loss": 0.4, "layers": (layer(0, 10),)},
        "No unit bends, so that the network is a straight line, and it is the best one: loss 0.4, the "
        "best line 0.4, the best constant 1. A line explains 60.0 % of the target; more takes an "
        "activation that bends within the data.",
        {"loss": 0.4, "line": 0.4, "mean": 1.0, "explained": 0.6},
        1.05,
    ),
    (
        "step-too-small",
        {**LEFT, "fall": 0.0977, "lr": 1e-5},
        "The steps are too small: after 1,000 steps of lr 1e-05 the loss is 0.5, and at this rate 2,002 "
        "more would bring it to 0.01. In a trial, in 50 more it fell by 9.3 %, with ten times lr by 63.2 "
        "%.",
        {"lr": 1e-05, "loss": 0.5, "steps_needed": 2002.058856, "fall": 0.0977, "fall_larger": 1.0},
        3.411804845,
    ),
    (
        "step-too-small",
        {**UNMOVED, "lr": 1e-9},
        "The steps are too small: after 1,000 steps of lr 1e-09 the loss is 0.5, and it hardly falls. In "
        "a trial, in 50 more it fell by 0.0 %, with ten times lr by 0.0 %; the weights have moved by "
        "14.9 % of their size.",
        {"lr": 1e-09, "loss": 0.5, "steps_needed": 195601150300.0, "fall": 1e-09, "fall_larger": 1e-06},
        333.3333333,
    ),
    (
        "plateau",
        {**TINY, "steps": 2000},
        "On the plateau around zero: the weights began at 0.099 of 1/√inputs (torch's at 0.58), so that "
        "every gradient is a product of small numbers; after 2,000 steps the fit varies by 0.049, the "
        "target by 1, loss 0.5.",
        {"start_weights": 0.099, "fit_std": 0.049, "target_std": 1.0, "loss": 0.5},
        1.01010101,
    ),
    (
        "learning",
        {"loss": 0.099, "fall": 0.3, "trial_steps": 250.0},
        "Nearly there: loss 0.099; in a trial of 250 more steps it fell by 25.9 %.",
        {"loss": 0.099, "fall": 0.2591817793},
        12.95908897,
    ),
    (
        "saturated",
        {"saturated": 0.7, "method": Method(activation="tanh", first_units=10)},
        "Saturated: 70.0 % of the tanh units of a hidden layer are at their ends nearly everywhere, with "
        "less than 5 % of their slope; hardly any gradient passes. The fit explains 50.0 %.",
        {"saturated": 0.7, "explained": 0.5},
        1.4,
    ),
    (
        "no-bias",
        {**UNBIASED, "gain": 0.54, "gain_through_origin": 0.42},
        "No biases: every unit turns at the origin. One more unit with a bias takes 54.0 % of what is "
        "left, one without 42.0 %; the fit explains 50.0 % of the target.",
        {"gain": 0.54, "gain_without": 0.42, "explained": 0.5},
        5.4,
    ),
    (
        "ill-conditioned",
        {**STEEP, "lr": 0.1, "steps": 500},
        "Ill-conditioned: λ of the inputs (x, 1) are 0.0099 to 1, 101 times apart; at best, gradient "
        "descent takes some 101 steps in the slowest direction, 500 were taken. Loss 0.5, the best line "
        "0.4.",
        {"condition": 101.010101, "slowest": 101.010101, "loss": 0.5, "line": 0.4},
        1.136363636,
    ),
    (
        "ill-conditioned",
        {**STEEP, "method": Method("sgd", is_linear=True), "lr": 0.1, "steps": 500},
        "Ill-conditioned: λ of the inputs (x, 1) are 0.0099 to 1, 101 times apart; with lr 0.1 it takes "
        "some 505 steps in the slowest direction, 500 were taken. Loss 0.5, the best line 0.4.",
        {"condition": 101.010101, "slowest": 505.0505051, "loss": 0.5, "line": 0.4},
        1.136363636,
    ),
    (
        "underfit",
        {"loss": 0.3, "target_std": 1.0, "samples": samples(), "fall": 1e-6, "noise_share": 0.2, "gain": 0.05},
        "The fit explains 70.0 % of the target (loss 0.3; the best line 1, the best constant 1), and the "
        "loss has not fallen by 2 % in the last fifth of the steps: 0.3 then, 0.3 now. Ruled out: a step "
        "too small, noise in the data, one more unit, which would take 5.0 % of the rest. Left are more "
        "units or layers, or another start.",
        {"loss": 0.3, "loss_before": 0.3, "explained": 0.7},
        math.inf,
    ),
    (
        "underfit",
        {"loss": 1.3, "target_std": 1.0, "samples": samples()},
        "The fit explains nothing of the target (loss 1.3; the best line 1, the best constant 1: less "
        "than a constant would), and the loss has not fallen by 2 % in the last fifth of the steps: 1.3 "
        "then, 1.3 now.",
        {"loss": 1.3, "loss_before": 1.3, "explained": -0.3},
        math.inf,
    ),
    (
        "underfit",
        {"loss": 0.009, "target_std": 1.0, "loss_test": 0.02, "solved_below": 0.001},
        "Nearly there: the fit explains 99.1 % of the target; probe loss 0.009, on the test domain 0.02; "
        "up to 0.001 counts as solved.",
        {"loss": 0.009, "loss_before": 0.009, "explained": 0.991, "solved_below": 0.001},
        math.inf,
    ),
    (
        "underfit",
        {"loss": 0.9, "target_std": 1.0, "wave_share": 0.925, "wave_cycles": 5.0, "samples": samples()},
        "Too many cycles: what is left is a wave of 5 cycles over the domain, which alone takes 92.5 % "
        "of it, and the fit explains 10.0 % of the target (loss 0.9; the best line 1, the best constant "
        "1). Networks learn slow waves first.",
        {"loss": 0.9, "loss_before": 0.9, "explained": 0.1, "cycles": 5.0, "wave_share": 0.925},
        math.inf,
    ),
]


@pytest.mark.parametrize(
    ("code", "changes", "text", "figures", "margin"),
    [pytest.param(*words, id=f"{words[0]} {number}") for number, words in enumerate(WORDS)],
)
def test_a_verdict_says_its_figures(
    code: str, changes: Changes, text: str, figures: dict[str, Any], margin: float
) -> None:
    verdict = verdict_of(evidence(**changes))
    assert (verdict.code, verdict.text) == (code, text)
    assert verdict.figures == pytest.approx(figures)
    assert verdict.margin == pytest.approx(margin)
    assert {type(value) for value in verdict.figures.values()} <= {float, int, str, type(None)}
    assert json.loads(json.dumps(verdict.figures)) == verdict.figures


def test_every_code_has_its_words_tested() -> None:
    assert {words[0] for words in WORDS} == set(CODES)


LARGE = {
    name: tuple(layer(n, 100_000, **{name: tuple(range(99_999)), "groups": groups}) for n in range(30))
    for name in ("dead", "mute", "wrong_sign", "duplicate")
    for groups in [((0, 1), tuple(range(2, 99_999)))]
}
HUGE = samples(
    x=(column("a_column_of_a_long_name", -1.2345678e100, 1.2345678e100, 1.2345678e100, 1.2345678e90),),
    y=(column("another_column_of_a_long_name", -1.2345678e100, 1.2345678e100, 1.2345678e100, 1.2345678e90),),
    steepest=1.2345678e301, longest_row=1.2345678e305,
)  # fmt: skip
LONGEST: list[Changes] = [
    {"alive": False, "loss": 1.2345678e300},
    {"loss": 1.2345678e-300, "solved_below": 1.2345678e-300, "loss_test": 1.2345678e-301},
    {"loss": 1.2345678e-300, "solved_below": 1.2345678e-300, "distance": 1.2e-300, "basin": 1.0, "omega": (1.0,) * 999},
    {"loss": 0.0, "solved_below": 1e-6, "distance": 0.0, "basin": 1.0, "omega": (-1.2345678e-300,)},
    {"loss": 1.2345678e-300, "accuracy": 1.0},
    {"loss": 1e-9, "loss_test": 1.2345678e300, "test_variance": 1.0},
    {"dead_layer": 0, "layers": LARGE["dead"], "fit_mean": -1.2345678e-300},
    {"fit_mean": -1.2345678e-300, "fit_std": 1.2345678e-200, "target_std": 1.2345678e100},
    {"lr": 1.2345678e-300, "sharpness": 1.2345678e305},
    {"lr": 1.2345678e-300, "best_sharpness": 1.2345678e305},
    {"loss": 9.0, "distance": 1.2345678e300, "basin": 1.2345678e-5},
    {"loss": 9.0, "distance": 1.2345678e300, "basin": 1.2345678e-5, "peak": True},
    {"noise": 1.11111e-70, "train_loss": 1.2345678e-140},
    {"noise": 1.11111e70, "train_loss": 1.2345678e-140, "loss": 1.2345678e140},
    {"loss": 1.2345678e-300, "loss_before": 1.2345678e300},
    {"loss": 1.2345678e-300, "loss_before": math.nan, "steps": 10**15},
    {"dead": 1, "gain": 0.3, "layers": LARGE["dead"], "loss": 1.2345678e-100, "target_std": 1e-50},
    {"duplicate": 1, "gain": 0.3, "layers": LARGE["duplicate"], "loss": 1.2345678e-100, "target_std": 1e-50},
    {"mute": 1, "gain": 0.3, "layers": LARGE["mute"], "loss": 1.2345678e-100, "target_std": 1e-50},
    {"wrong_sign": 1, "layers": LARGE["wrong_sign"], "loss": 1.2345678e-100, "target_std": 1e-50},
    {"loss": 1.2345678e-100, "target_std": 1.2345678e-40},
    {"loss": 1.2345678e100},
    {"alive": False, "loss": 1.2345678e300, "lr": 1.2345678e-100, "sharpness": 1.2345678e305},
    {"start_size": 1.2345678e300, "samples": HUGE, "method": Method(activation="sigmoid", first_units=16_384)},
    {"start_saturated": 0.987, "samples": HUGE, "method": Method(activation="sigmoid", first_units=16_384)},
    {"start_kinks": 0.0123, "samples": HUGE, "method": Method(activation="sigmoid", first_units=16_384)},
    {"lr": 1.2345678e-3, "sharpness": 1.2345678e305, "samples": HUGE, "method": Method("sgd")},
    {"lr": 1.2345678e-30, "steps": 123_456_789, "samples": HUGE, "method": Method("adam")},
    {"samples": replace(HUGE, held_by_few=0.98765)},
    {"output_range": SIGMOID._replace(low=-1.2345678e-30, activation="exponential"), "samples": HUGE},
    {"loss": 1.2345678e-30, "samples": samples(baselines=Baselines(1.0, 1.0, 1.2345678e-30)), "target_std": 1.2e-15},
    {"loss": 1.2345678e-30, "noise_share": 0.98765, "target_std": 1.2e-15},
    {
        "loss": 1.2345678e-30,
        "straight": True,
        "samples": samples(baselines=Baselines(1.0, 1.2345678e-30)),
        "target_std": 1.2e-15,
        "layers": (layer(0, 1),),
    },
    {**SLOW, "lr": 1.2345678e-300, "fall": 1.2345678e-300},
    {"start_weights": 1.2345678e-300, "fit_std": 0.03},
    {"saturated": 0.98765, "method": Method(activation="sigmoid", first_units=1)},
    {**UNBIASED, "gain": 0.98765, "gain_through_origin": 0.12345},
    {**STEEP, "samples": samples(flattest=1.2345678e-300, baselines=Baselines(1.0, 1.2345678e-300))},
    {"loss": 0.98765, "target_std": 1.0, "wave_share": 0.98765, "wave_cycles": 1023.5},
    {"loss": 1.2345678e-300, "target_std": 1.2345678e-20, "loss_test": 1.2345678e-300, "solved_below": 1.2345678e-305},
    {"loss": 1.2345678e-300, "fall": 0.123, "trial_steps": 1_000.0},
]


@pytest.mark.parametrize("changes", [*(words[1] for words in WORDS), *LONGEST])
def test_the_short_form_is_one_line_that_ends_with_its_figures(changes: Changes) -> None:
    verdict = verdict_of(evidence(**changes))
    for glyphs in ("braille", "ascii"):
        line = plain(verdict.short, glyphs)
        assert len(line) <= 78, line
        assert line.endswith(".")
        assert "…" not in line
    assert "\n" not in verdict.text + verdict.short


def test_the_longest_forms_are_of_every_code() -> None:
    assert {verdict_of(evidence(**changes)).code for changes in LONGEST} == set(CODES)


SHORT = [
    ({"loss": 0.0, "solved_below": 1e-6, "distance": 0.0, "basin": 0.1, "omega": (31.0,)},
     "ω is exactly 31: the loss is 0 because every sample fits."),
    (STUCK, "ω is lost: 30.25 from the answer, 6,732 basins away (one is 0.004493)."),
    ({"lr": 0.1, "best_sharpness": 50.0}, "The step threw the run out: lr 0.1 is 2.5 times the stable 0.04."),
    ({"dead": 1, "gain": 0.3, "layers": (layer(0, 9, dead=(4,)),), "loss_before": 0.506},
     "1 dead unit in hidden.0; loss 0.506 to 0.5 in the last fifth of the steps."),
    ({"dead": 3, "gain": 0.3, "layers": (layer(0, 9, dead=(4,)), layer(1, 9, dead=(1, 2))), "loss_before": 0.506},
     "3 dead units in hidden.0, hidden.1; loss 0.506 to 0.5 in the last fifth."),
    ({"loss": 0.3, "loss_before": 0.306, "target_std": 2.0},
     "The fit explains 92.5 % of the target; loss 0.306 to 0.3 in the last fifth."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "short"), SHORT)
def test_the_short_form_keeps_the_figures_where_there_is_room(changes: Changes, short: str) -> None:
    assert verdict_of(evidence(**changes)).short == short


def test_each_column_is_named_once_for_its_scale() -> None:
    method = Method("adam", activation="tanh", first_units=10)
    far = samples(x=WIDE.x, y=(column("y", high=1e4, mean=3_000.0, std=4_000.0),), rows=1_000)
    text = verdict_of(evidence(start_size=300.0, start_kinks=0.0, samples=far, method=method, lr=1e-3, steps=9)).text
    assert text.count("x runs from") == 1
    assert text.count("y runs from") == 1


def next_of(**changes: Any) -> list[str]:
    return [words for words, _ in verdict_of(evidence(**changes)).next]


def test_what_to_do_next_are_commands_or_the_menu_of_remedies() -> None:
    for changes in [*(words[1] for words in WORDS), *LONGEST]:
        for words, does in verdict_of(evidence(**changes)).next:
            assert words == "remedies" or parse(words)
            assert does


def test_the_menu_is_offered_where_some_remedy_is_for_the_verdict() -> None:
    known = {code for remedy in remedies.values() for code in remedy.verdicts}
    for changes in [*(words[1] for words in WORDS), *LONGEST]:
        verdict = verdict_of(evidence(**changes))
        assert "remedies" not in dict(verdict.next) or verdict.code in known


def test_the_answer_is_shown_only_where_one_is_known() -> None:
    assert next_of(**STUCK)[0] == "inject"
    assert "inject" not in next_of(**STUCK, peak=True)


def test_who_was_thrown_out_starts_over_who_is_about_to_be_need_not() -> None:
    assert "reinitialize" in next_of(lr=0.1, best_sharpness=50.0)
    assert "reinitialize" not in next_of(lr=0.1, sharpness=50.0)
