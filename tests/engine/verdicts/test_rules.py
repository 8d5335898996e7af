"""The rules of the verdicts: both sides of every limit, the words with their figures, and who goes before whom."""

from __future__ import annotations

import json
import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.remedies import remedies
from periodic_tui.engine.verdicts.rules import CODES, RULES, first_of, undecided, verdict_of
from periodic_tui.ui.formatting import plain
from tests.engine.verdicts.evidence import HOLDING, evidence, layer

Changes = dict[str, Any]


def found(changes: Changes) -> str:
    return CODES[first_of(evidence(**changes))[0]]


def holds(code: str, changes: Changes) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(RULES[CODES.index(code)].predicate(evidence(**changes))[0])


HELD_OUT = {"test_variance": 2.0, "target_std": 3.0, "loss": 0.1, "loss_test": 2.0}
"""A loss of 0.45 leaves 5 % of the variance on the training domain, one of 1 half of it on the test domain."""
NOISY = {"noise": 2.0}
FAR = {"distance": 2.0, "basin": 1.0, "target_std": 2.0}
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
    ("dead-network", "layer", {"dead_layer": 0}, {"dead_layer": -1}),
    ("collapsed-to-constant", "spread", {"fit_std": 0.0199, "target_std": 2.0}, {"fit_std": 0.0201, "target_std": 2.0}),
    ("step-too-large", "here", {"lr": 0.1, "sharpness": 20.02}, {"lr": 0.1, "sharpness": 19.98}),
    ("step-too-large", "exactly", {"lr": 0.5, "sharpness": 4.0001}, {"lr": 0.5, "sharpness": 4.0}),
    ("step-too-large", "thrown out", {"lr": 0.1, "best_sharpness": 20.02}, {"lr": 0.1, "best_sharpness": 19.98}),
    ("stuck-outside-basin", "distance", {**FAR, "loss": 4, "distance": 1.001}, {**FAR, "loss": 4, "distance": 1.0}),
    ("stuck-outside-basin", "explained", {**FAR, "loss": 3.801}, {**FAR, "loss": 3.799}),
    ("noise-floor", "above", {**NOISY, "train_loss": 4.399}, {**NOISY, "train_loss": 4.401}),
    ("noise-floor", "below", {**NOISY, "train_loss": 3.601}, {**NOISY, "train_loss": 3.599}),
    ("noise-floor", "exactly", {"noise": 10.0, "train_loss": 110.0}, {"noise": 10.0, "train_loss": 110.001}),
    ("noise-floor", "no noise", {"noise": 1e-3, "train_loss": 1e-6}, {"noise": 0.0, "train_loss": 0.0}),
    ("learning", "fall", {"loss": 0.979, "loss_before": 1.0}, {"loss": 0.981, "loss_before": 1.0}),
    ("learning", "no step yet", {"loss_before": math.nan}, {}),
    ("dead-units", "one", {"dead": 1}, {"dead": 0}),
    ("duplicate-units", "one", {"duplicate": 1}, {"duplicate": 0}),
    ("mute-units", "one", {"mute": 1}, {"mute": 0}),
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


EXCLUSIVE = ("no-extrapolation", "stuck-outside-basin")
"""One needs a fit that explains nearly all of the target, the other one a fit that explains nothing."""
AT_THE_FLOOR = ("step-too-large", "noise-floor")
"""A run at its noise floor is not called the other."""
BEYOND = ("solved", "no-extrapolation")
"""Who answers all that was seen rightly and little of what was not has not solved it."""
PAIRS_OF_CODES = [pair for pair in combinations(HOLDING, 2) if pair not in (EXCLUSIVE, AT_THE_FLOOR, BEYOND)]


@pytest.mark.parametrize(("first", "second"), PAIRS_OF_CODES)
def test_where_two_rules_hold_the_earlier_one_names_the_verdict(first: str, second: str) -> None:
    both = HOLDING[first] | HOLDING[second]
    assert holds(first, both)
    assert holds(second, both)
    assert found(both) == first
    assert undecided(evidence(**both), first).all()
    assert not undecided(evidence(**both), second).any()


def test_a_fit_that_explains_nothing_never_explains_nearly_all() -> None:
    both = HOLDING[EXCLUSIVE[0]] | HOLDING[EXCLUSIVE[1]]
    for loss in np.linspace(0, 2, 201):
        assert sum(holds(code, both | {"loss": loss}) for code in EXCLUSIVE) < 2


@pytest.mark.parametrize("where", ["sharpness", "best_sharpness"])
def test_a_run_at_its_noise_floor_has_no_step_too_large(where: str) -> None:
    noisy = {"lr": 0.1, where: 50.0, "noise": 2.0}
    assert found({**noisy, "train_loss": 4.399}) == "noise-floor"
    assert found({**noisy, "train_loss": 4.401}) == "step-too-large"


def test_each_replica_is_held_against_its_own_basin() -> None:
    several = evidence(distance=[2.0, 2.0], basin=[1.0, 3.0], loss=[0.99, 0.99])
    assert [CODES[code] for code in first_of(several)] == ["stuck-outside-basin", "underfit"]


def test_a_population_is_judged_replica_by_replica() -> None:
    several = evidence(alive=[True, False, True], dead=[0, 3, 3], loss=[0.5, 0.5, 0.5])
    assert [CODES[code] for code in first_of(several)] == ["underfit", "diverged", "dead-units"]
    assert undecided(several, "dead-units").tolist() == [True, False, True]


MEANS = {"fit_mean": -0.95351, "target_mean": -0.95349, "target_median": -0.6931}
STUCK_FIGURES = {"distance": 30.25, "basin": 0.0044934, "lr": 1e-4}
STUCK = {**STUCK_FIGURES, "loss": 0.999, "answer_sharpness": 1000**2 / 3, "batch_size": 32}
STUCK_TEXT = "ω is lost: 30.25 from the answer, 6,732 basins away; gradients point home only within ±0.004493."
TOO_LARGE_TEXT = " The step is too large as well: lr 0.0001 against 2/L″ = 6e-06 at the answer, 17 times."
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
        {"dead": 1, "loss": 0.5, "loss_before": 0.506, "layers": (layer(0, 9, dead=(4,)),)},
        "1 dead unit (hidden.0: 4) reacts on less than 1 % of the probe; the loss has not fallen by 2 % in the last "
        "fifth of the steps: 0.506 then, 0.5 now.",
        {"count": 1, "loss": 0.5, "loss_before": 0.506},
        math.inf,
    ),
    (
        "dead-units",
        {"dead": 9, "layers": (layer(0, 9, dead=(0, 1, 2, 4, 5, 6, 7)), layer(1, 4), layer(2, 4, dead=(2, 3)))},
        "9 dead units (hidden.0: 0, 1, 2, 4, 5, 6 and 1 more; hidden.2: 2, 3) react on less than 1 % of the probe; "
        + STILL,
        {"count": 9, "loss": 0.5, "loss_before": 0.5},
        math.inf,
    ),
    (
        "duplicate-units",
        {"duplicate": 4, "layers": (layer(0, 6, **ALIKE),)},
        "4 duplicate pairs (hidden.0: 0=3=4, 1=2) do the same work; " + STILL,
        {"count": 4, "loss": 0.5, "loss_before": 0.5},
        math.inf,
    ),
    (
        "duplicate-units",
        {"duplicate": 10_188, "layers": (layer(0, 200, **CROWDED),)},
        "10,188 duplicate pairs (hidden.0: 143 alike (57=58=59=60=…), 9 alike (30=31=32=33=…), 0=1=2 and 2 more "
        "groups) do the same work; " + STILL,
        {"count": 10_188, "loss": 0.5, "loss_before": 0.5},
        math.inf,
    ),
    (
        "mute-units",
        {"mute": 1, "layers": (layer(0, 3, mute=(2,)),)},
        "1 mute unit (hidden.0: 2) hardly reaches the next layer; " + STILL,
        {"count": 1, "loss": 0.5, "loss_before": 0.5},
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
    {"loss": 1.2345678e-300, "loss_before": 1.2345678e300},
    {"loss": 1.2345678e-300, "loss_before": math.nan, "steps": 10**15},
    {"dead": 1, "layers": LARGE["dead"], "loss": 1.2345678e-100},
    {"duplicate": 1, "layers": LARGE["duplicate"], "loss": 1.2345678e-100},
    {"mute": 1, "layers": LARGE["mute"], "loss": 1.2345678e-100},
    {"wrong_sign": 1, "layers": LARGE["wrong_sign"], "loss": 1.2345678e-100},
    {"loss": 1.2345678e-100, "target_std": 1.2345678e-40},
    {"loss": 1.2345678e100},
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
    ({"dead": 1, "layers": (layer(0, 9, dead=(4,)),), "loss_before": 0.506},
     "1 dead unit in hidden.0; loss 0.506 to 0.5 in the last fifth of the steps."),
    ({"dead": 3, "layers": (layer(0, 9, dead=(4,)), layer(1, 9, dead=(1, 2))), "loss_before": 0.506},
     "3 dead units in hidden.0, hidden.1; loss 0.506 to 0.5 in the last fifth."),
    ({"loss": 0.3, "loss_before": 0.306, "target_std": 2.0},
     "The fit explains 92.5 % of the target; loss 0.306 to 0.3 in the last fifth."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "short"), SHORT)
def test_the_short_form_keeps_the_figures_where_there_is_room(changes: Changes, short: str) -> None:
    assert verdict_of(evidence(**changes)).short == short


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
