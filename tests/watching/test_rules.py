"""The rules about somebody's training: both sides of every limit, who goes before whom, and who is not accused."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.watching.findings import LayerLook, LossLook, OptimizerLook, Values
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import progress_of
from periodic_tui.watching.verdicts.judge import judge
from periodic_tui.watching.verdicts.rules import CODES, HEALTHY
from tests.watching.looks import BATCH, linear, relu
from tests.watching.scenes import CLASSES, LINEAR, NET, PLAIN, layers, training, values, with_units

Scene = dict[str, Any]


def codes(scene: Scene) -> list[str]:
    return [verdict.code for verdict in judge(training(**scene))]


def of(loss: LossLook = PLAIN, /, **changes: Any) -> Scene:
    return {"loss": replace(loss, **changes)}


def opt(*all_: dict[str, Any]) -> Scene:
    return {"optimizers": [OptimizerLook(**{"kind": "SGD", "lr": 0.01, "cleared": True, **each}) for each in all_]}


GOOD: Scene = {"losses": (1.0, 0.01)}
"""Learns by the same share all the time."""
FALLS_FAST: Scene = {"losses": (1.0, 0.4)}
UNHELD = layers({}, {"held": 0}, {"held": 0})
NO_GRADIENT = {"gradient": math.nan}
OUTER: Scene = {"prediction": values(BATCH, 1), "target": values(BATCH), "broadcast": True}
SHARES: Scene = {"prediction": values(BATCH, 4, mean=0.25, std=0.1), "comes_from": "softmax"}
SIGMOID: Scene = {"comes_from": "sigmoid", "prediction": values(BATCH, 1, mean=0.5, std=0.1)}
BATCH_NORM = LayerLook("bn", "BatchNorm1d", "normalization", values(BATCH, 3), trainable=6, held=6, training=False)
IN_EVAL = tuple(replace(each, training=False) for each in (*NET, BATCH_NORM))
SORTED = [np.eye(4)[n % 2] * BATCH for n in range(6)]
TANH = LayerLook("tanh", "Tanh", "activation", values(BATCH, 4), input=values(BATCH, 4, std=20.0))
AT_ENDS = (NET[0], replace(TANH, ends=np.ones(4)), *NET[1:])
HALF_AT_ENDS = (NET[0], replace(TANH, ends=np.array([1.0, 1.0, 1.0, 0.0])), *NET[1:])
STRAIGHT = tuple(linear(f"fc{n}", trainable=12, held=12) for n in range(2))
DROPOUT = LayerLook("drop", "Dropout", "dropout", values(BATCH, 3), rate=0.8)
DEAD = with_units(0.0, 0.009)
BEHIND_DEAD = (replace(DEAD[0], gradient=0.0), *DEAD[1:])


def steps(update: float, weight: float = 1.0) -> tuple[LayerLook, ...]:
    return tuple(replace(each, update=update, weight=weight) for each in NET)


def in_eval(first: Scene, second: LayerLook) -> tuple[LayerLook, ...]:
    return tuple(replace(each, training=False) for each in (*layers(first)[:1], second, *NET[1:]))


def pulled(gradient: float) -> tuple[LayerLook, ...]:
    return tuple(replace(each, gradient=gradient) for each in steps(1e-6))


def giving(size: float) -> tuple[LayerLook, ...]:
    return layers({}, {"output": values(BATCH, 3, std=size)})


def rate(lr: float) -> Scene:
    return {"optimizers": (OptimizerLook("SGD", lr, cleared=True),)}


def ratio(first: float, last: float = 1.0) -> tuple[LayerLook, ...]:
    return layers({"gradient": first, "weight": 1.0}, {}, {}, {"gradient": last, "weight": 1.0})


SIDES: list[tuple[str, str, Scene, Scene]] = [
    ("shape-broadcast", "both stretched", of(**OUTER), of(**{**OUTER, "target": values(BATCH, 1), "broadcast": False})),
    (
        "shape-broadcast",
        "in code only where both are",
        of(**OUTER, kind="difference"),
        of(prediction=values(BATCH, 3), target=values(BATCH, 1), broadcast=True, kind="difference"),
    ),
    (
        "shape-broadcast",
        "a number is no mistake",
        of(prediction=values(BATCH, 3), target=values(BATCH, 1), broadcast=True),
        of(prediction=values(BATCH, 3), target=values(), broadcast=True),
    ),
    (
        "softmax-wrong-dim",
        "axis",
        of(CLASSES, kind="nll_loss", **SHARES, axis=0),
        of(CLASSES, **SHARES, kind="mse_loss"),
    ),
    (
        "softmax-wrong-dim",
        "one sample",
        of(PLAIN, prediction=values(2, 4), axis=0, comes_from="softmax"),
        of(PLAIN, prediction=values(1, 4), axis=0, comes_from="softmax"),
    ),
    (
        "softmax-wrong-dim",
        "no dimension of classes",
        of(CLASSES, prediction=values(BATCH), target=values(BATCH)),
        of(CLASSES, prediction=values(BATCH), target=Values(())),
    ),
    (
        "one-class-softmax",
        "classes",
        of(CLASSES, prediction=values(BATCH, 1)),
        of(CLASSES, prediction=values(BATCH, 2)),
    ),
    (
        "one-class-softmax",
        "always 1",
        of(prediction=values(BATCH, 1, mean=1.0, std=0.0), comes_from="softmax"),
        of(prediction=values(BATCH, 1, mean=1.0, std=0.01), comes_from="softmax"),
    ),
    ("softmax-twice", "softmax", of(CLASSES, **SHARES), of(CLASSES, **{**SHARES, "comes_from": "log_softmax"})),
    (
        "softmax-twice",
        "sigmoid",
        of(kind="binary_cross_entropy_with_logits", target=values(BATCH, 1, mean=0.5, std=0.1), **SIGMOID),
        of(kind="binary_cross_entropy", target=values(BATCH, 1, mean=0.5, std=0.1), **SIGMOID),
    ),
    (
        "wrong-loss",
        "above 0",
        of(CLASSES, kind="nll_loss", prediction=values(BATCH, 4, mean=-2.0, std=1.001)),
        of(CLASSES, kind="nll_loss", prediction=values(BATCH, 4, mean=-2.0, std=1.0)),
    ),
    ("gradients-not-cleared", "cleared", opt({"cleared": False}), opt({"cleared": True})),
    ("gradients-not-cleared", "known", opt({"cleared": False}), opt({"cleared": None})),
    ("gradients-not-cleared", "a backward each", opt({"cleared": False}), opt({"cleared": False, "backwards": 0})),
    ("not-in-optimizer", "foreign", opt({"foreign": True}), opt({"foreign": True}, {})),
    (
        "not-in-optimizer",
        "never trained",
        {"net": layers({}, {"held": 0, "fresh": True}), **GOOD},
        {"net": layers({}, {"held": 0}), **GOOD},
    ),
    ("not-in-optimizer", "no better than a constant", {"net": UNHELD, "losses": 0.91}, {"net": UNHELD, "losses": 0.89}),
    (
        "not-in-optimizer",
        "an image",
        {"net": (replace(LINEAR[0], kind="linear"), *layers({}, {"held": 0}))},
        {"net": (replace(LINEAR[0], kind="linear"), *layers(*4 * [{"held": 0}]))},
    ),
    (
        "not-in-optimizer",
        "a backbone",
        {"net": UNHELD},
        {"net": layers({"held": 0}, {"held": 0})},
    ),
    ("not-in-optimizer", "frozen", {"net": UNHELD}, {"net": layers({}, {"held": 0, "trainable": 0})}),
    ("not-in-optimizer", "soon", {"net": UNHELD}, {"net": UNHELD, "at": (1, 2, 9), "steps": 9}),
    ("no-gradient", "none", {"net": layers(*4 * [NO_GRADIENT])}, {"net": layers(*4 * [{"gradient": 0.0}])}),
    ("no-gradient", "cut off", {"net": layers(NO_GRADIENT)}, {"net": layers({}, NO_GRADIENT)}),
    (
        "no-gradient",
        "trained before",
        {"net": layers({**NO_GRADIENT, "fresh": True}), **GOOD},
        {"net": layers(NO_GRADIENT), **GOOD},
    ),
    ("eval-mode", "all of it", {"net": IN_EVAL}, {"net": (*IN_EVAL[1:], NET[0])}),
    (
        "eval-mode",
        "functions",
        {"net": (*IN_EVAL, relu("fc0 → relu", [0.5], kind="relu"))},
        {"net": (*IN_EVAL, NET[0])},
    ),
    ("eval-mode", "frozen", {"net": IN_EVAL}, {"net": (*IN_EVAL[:-1], replace(BATCH_NORM, held=0))}),
    (
        "eval-mode",
        "a dropout in the backbone",
        {"net": in_eval({}, DROPOUT)},
        {"net": in_eval({"held": 0, "trainable": 0}, DROPOUT)},
    ),
    ("eval-mode", "nobody cares", {"net": IN_EVAL}, {"net": IN_EVAL[:-1]}),
    (
        "out-of-reach",
        "beyond",
        of(target=values(BATCH, 1, low=-1.01), comes_from="relu") | GOOD,
        of(target=values(BATCH, 1, low=-0.99), comes_from="relu") | GOOD,
    ),
    (
        "out-of-reach",
        "stuck",
        of(target=values(BATCH, 1, low=-0.26), comes_from="relu"),
        of(target=values(BATCH, 1, low=-0.24), comes_from="relu"),
    ),
    (
        "out-of-reach",
        "labels",
        of(kind="binary_cross_entropy", target=values(BATCH, 1, low=0.0, high=1.01)) | GOOD,
        of(kind="binary_cross_entropy", target=values(BATCH, 1, low=0.0, high=1.0)) | GOOD,
    ),
    (
        "out-of-reach",
        "signs",
        of(kind="binary_cross_entropy", target=values(BATCH, 1, mean=0.6, std=0.8, low=-1.0, high=1.0)),
        of(kind="binary_cross_entropy", target=values(BATCH, 1, mean=0.4, std=0.8, low=-1.0, high=1.0)),
    ),
    (
        "constant-input",
        "spread",
        {"inputs": values(BATCH, 1, spread=0.0)} | of(prediction=values(BATCH, 1, std=0.0)),
        {"inputs": values(BATCH, 1, spread=1e-9)} | of(prediction=values(BATCH, 1, std=0.0)),
    ),
    (
        "constant-input",
        "something else comes in",
        {"inputs": values(BATCH, 1, spread=0.0)} | of(prediction=values(BATCH, 1, std=0.0)),
        {"inputs": values(BATCH, 1, spread=0.0)},
    ),
    ("duplicate-units", "used", {"net": layers({"equal": True})}, {"net": layers({"equal": True, **NO_GRADIENT})}),
    ("duplicate-units", "equal", {"net": layers({"equal": True})}, {"net": layers({"equal": True, "held": 0})}),
    ("unscaled", "inputs", {"inputs": values(BATCH, 1, std=10.1)}, {"inputs": values(BATCH, 1, std=9.9)}),
    (
        "unscaled",
        "offset",
        {"inputs": values(BATCH, 1, mean=2.0, std=0.19)},
        {"inputs": values(BATCH, 1, mean=2.0, std=0.21)},
    ),
    ("unscaled", "faint", {"inputs": values(BATCH, 1, std=0.0099)}, {"inputs": values(BATCH, 1, std=0.0101)}),
    (
        "unscaled",
        "small targets",
        of(target=values(BATCH, 1, std=0.019)) | {"losses": 0.019**2},
        of(target=values(BATCH, 1, std=0.021)) | {"losses": 0.021**2},
    ),
    (
        "unscaled",
        "learns",
        {"inputs": values(BATCH, 1, std=99.0), "losses": 0.51},
        {"inputs": values(BATCH, 1, std=99.0), "losses": 0.49},
    ),
    (
        "unscaled",
        "learns, far out",
        {"inputs": values(BATCH, 1, std=101.0), "losses": 0.11},
        {"inputs": values(BATCH, 1, std=101.0), "losses": 0.09},
    ),
    (
        "unscaled",
        "how far",
        {"inputs": values(BATCH, 1, std=101.0), "losses": 0.3},
        {"inputs": values(BATCH, 1, std=99.0), "losses": 0.3},
    ),
    ("unscaled", "on its way", {"inputs": values(BATCH, 1, std=99.0)}, {"inputs": values(BATCH, 1, std=99.0), **GOOD}),
    (
        "unscaled",
        "above the constant",
        {"inputs": values(BATCH, 1, std=99.0), "losses": (1e4, 0.42)},
        {"inputs": values(BATCH, 1, std=99.0), "losses": (1e4, 0.30)},
    ),
    ("dead-network", "all", {"net": BEHIND_DEAD}, {"net": (BEHIND_DEAD[0], *with_units(0.0, 0.011)[1:])}),
    ("dead-network", "a way around", {"net": BEHIND_DEAD}, {"net": DEAD}),
    ("dead-network", "learns", {"net": BEHIND_DEAD, "losses": 0.51}, {"net": BEHIND_DEAD, "losses": 0.49}),
    ("step-too-large", "first", {"net": steps(0.51)}, {"net": steps(0.49)}),
    ("step-too-large", "shakes", {"net": steps(0.101), "losses": 2.1}, {"net": steps(0.099), "losses": 2.1}),
    ("step-too-large", "far above", {"net": steps(0.101), "losses": 2.1}, {"net": steps(0.101), "losses": 1.9}),
    ("step-too-large", "raised", {"losses": (3.0, 31.0, 31.0)}, {"losses": (3.2, 31.0, 31.0)}),
    ("step-too-large", "far", {"net": steps(3.1), "losses": 0.11}, {"net": steps(2.9), "losses": 0.11}),
    ("exploding", "apart", {"net": ratio(1_001.0)}, {"net": ratio(999.0)}),
    ("exploding", "large", {"net": ratio(10.1, 0.01)}, {"net": ratio(9.9, 0.001)}),
    ("exploding", "learns", {"net": ratio(2_000.0), "losses": 0.91}, {"net": ratio(2_000.0), "losses": 0.89}),
    ("exploding", "grown", {"net": giving(1_001.0), "losses": 2.0}, {"net": giving(999.0), "losses": 2.0}),
    ("exploding", "worse", {"net": giving(1e5), "losses": (9.0, 1.1)}, {"net": giving(1e5), "losses": (9.0, 0.5)}),
    ("vanishing", "apart", {"net": ratio(0.00099)}, {"net": ratio(0.00101)}),
    ("vanishing", "learns", {"net": ratio(1e-4), "losses": 0.91}, {"net": ratio(1e-4), "losses": 0.89}),
    ("vanishing", "deep", {"net": ratio(1e-4)}, {"net": ratio(1e-4)[1:]}),
    (
        "weight-decay-too-strong",
        "shrunk",
        opt({"weight_decay": 0.1}) | {"later": {"net": None}},
        opt({"weight_decay": 0.0}) | {"later": {"net": None}},
    ),
    ("dropout-too-high", "rate", {"net": (*NET, DROPOUT)}, {"net": (*NET, replace(DROPOUT, rate=0.79))}),
    ("dropout-too-high", "learns", {"net": (*NET, DROPOUT), "losses": 0.11}, {"net": (*NET, DROPOUT), "losses": 0.09}),
    (
        "saturated",
        "half",
        {"net": (NET[0], replace(TANH, ends=np.array([1.0, 0.91, 0.0, 0.0])), *NET[1:])},
        {"net": (NET[0], replace(TANH, ends=np.array([1.0, 0.89, 0.0, 0.0])), *NET[1:])},
    ),
    (
        "saturated",
        "learns",
        {"later": {"layers": AT_ENDS}, "losses": 0.51},
        {"later": {"layers": AT_ENDS}, "losses": 0.49},
    ),
    ("saturated", "began there", {"net": AT_ENDS, "losses": 0.11}, {"net": AT_ENDS, "losses": 0.09}),
    ("saturated", "lasts", {"net": AT_ENDS, "losses": (0.9, 0.12)}, {"net": AT_ENDS, "losses": (0.9, 0.05)}),
    ("saturated", "all", {"net": AT_ENDS, "losses": (0.9, 0.2)}, {"net": HALF_AT_ENDS, "losses": (0.9, 0.2)}),
    ("saturated", "long", {"net": AT_ENDS, "losses": (0.9, 0.2)}, {"net": AT_ENDS, "losses": (0.9, 0.2), "steps": 499}),
    ("linear-network", "bends", {"net": STRAIGHT}, {"net": (STRAIGHT[0], relu("relu", [0.5]), STRAIGHT[1])}),
    ("linear-network", "ran", {"net": STRAIGHT}, {"net": (STRAIGHT[0], replace(STRAIGHT[1], output=Values()))}),
    ("linear-network", "deep", {"net": STRAIGHT}, {"net": STRAIGHT[:1]}),
    ("linear-network", "learns", {"net": STRAIGHT, "losses": 0.11}, {"net": STRAIGHT, "losses": 0.09}),
    ("step-too-small", "gone", {"later": rate(0.000_009)}, {"later": rate(0.000_011)}),
    ("step-too-small", "gone, learnt", {"later": rate(0.0), "losses": 0.11}, {"later": rate(0.0), "losses": 0.09}),
    (
        "step-too-small",
        "gone soon",
        {"later": rate(0.0), "losses": 0.4},
        {"later": rate(0.0), "losses": 0.4, "at": (1, 2, 101, 400, 700, 1_000)},
    ),
    ("step-too-small", "small", {"net": steps(0.000_049)}, {"net": steps(0.000_051)}),
    ("step-too-small", "no gradient", {"net": steps(0.0)}, {"net": layers(*4 * [{"gradient": 0.0, "update": 0.0}])}),
    (
        "step-too-small",
        "pulled",
        {"net": steps(1e-6), "later": {"layers": pulled(0.101)}},
        {"net": steps(1e-6), "later": {"layers": pulled(0.099)}},
    ),
    ("step-too-small", "falls", {"net": steps(1e-6)}, {"net": steps(1e-6), **FALLS_FAST}),
    (
        "collapsed-to-constant",
        "spread",
        of(prediction=values(BATCH, 1, std=0.0099)),
        of(prediction=values(BATCH, 1, std=0.0101)),
    ),
    (
        "collapsed-to-constant",
        "logits",
        of(CLASSES, prediction=values(BATCH, 4, std=0.019)) | {"losses": 1.38},
        of(CLASSES, prediction=values(BATCH, 4, std=0.021)) | {"losses": 1.38},
    ),
    (
        "collapsed-to-constant",
        "one target",
        of(prediction=values(BATCH, 1, std=0.0)),
        of(prediction=values(BATCH, 1, std=0.0), target=values(BATCH, 1, spread=0.0)),
    ),
    ("underfit", "explained", {"losses": 0.91}, {"losses": 0.89}),
    ("plateau", "falls", {"losses": (1.0, 0.5, 0.5, 0.5, 0.495)}, {"losses": (1.0, 0.5, 0.5, 0.5, 0.47)}),
    ("too-early", "steps", {"steps": 19, "at": (1, 2)}, {"steps": 20, "at": (1, 2)}),
    ("too-early", "looks", {"at": (1,)}, {"at": (1, 2)}),
]


def _complete(scene: Scene) -> Scene:
    """Weights that weight decay has shrunk are those of later looks."""
    if scene.get("later") == {"net": None}:
        return {**scene, "later": {"layers": tuple(replace(each, weight=0.5) for each in NET)}}
    return scene


@pytest.mark.parametrize(("code", "side", "inside", "outside"), SIDES, ids=[f"{row[0]}: {row[1]}" for row in SIDES])
def test_each_limit_has_two_sides(code: str, side: str, inside: Scene, outside: Scene) -> None:
    assert code in codes(_complete(inside))
    assert code not in codes(_complete(outside))


def test_each_code_but_learning_has_a_limit_that_is_tried() -> None:
    tried = {row[0] for row in SIDES}
    assert set(CODES) - tried == {"diverged", "unshuffled", "dead-units", "learning"}


def test_diverged_says_the_step_and_the_layer_and_what_is_certain() -> None:
    broken = replace(NET[1], output=replace(NET[1].output, finite=0.5, dtype="float32"))
    memory = training((1.0, 1e6), steps=300, at=(1, 2, 300))
    memory.lost(301, [math.nan, math.nan])
    memory.saw(replace(memory.last[-1], step=302, loss=math.nan, layers=(NET[0], broken, *NET[2:])))
    verdict = judge(memory)[0]
    assert verdict.code == "diverged"
    assert verdict.figures["step"] == 301
    assert verdict.figures["layer"] == "fc1"
    assert "the loss had risen" in verdict.text.lower()
    assert "lr" in verdict.text


def test_an_infinite_slope_is_told_from_steps_that_are_too_long() -> None:
    def seen(gradient: float) -> str:
        memory = training(1.0, steps=50, at=(1, 2, 50), net=layers({"gradient": gradient}))
        memory.lost(51, [math.nan])
        return judge(memory)[0].text

    assert "its gradient was not" in seen(math.inf)
    assert "its gradient was not" not in seen(1.0)
    assert "root" in seen(1.0)


def test_losses_that_are_finite_again_have_not_diverged() -> None:
    memory = training(GOOD["losses"])
    memory.lost(1_001, [math.inf, 0.01])
    assert judge(memory)[0].code in HEALTHY


def test_a_fact_outlives_the_loss() -> None:
    memory = training(**of(CLASSES, kind="nll_loss"))
    broken = Values((BATCH, 4), "float32", finite=0.0)
    for step in (1_100, 1_200):
        memory.saw(replace(memory.last[-1], step=step, loss=math.nan, losses=(replace(CLASSES, prediction=broken),)))
    memory.lost(1_001, [math.nan] * 200)
    assert [verdict.code for verdict in judge(memory)][:2] == ["wrong-loss", "diverged"]


def test_data_that_are_not_finite_are_named_as_the_cause() -> None:
    memory = training(steps=100, at=(1, 2, 100), inputs=values(BATCH, 1, finite=0.9))
    memory.lost(101, [math.nan])
    verdict = judge(memory)[0]
    assert verdict.code == "diverged"
    assert "10.00 % of the inputs" in verdict.text
    assert "lr" not in verdict.text


def test_batches_of_one_class_in_turn_are_not_shuffled() -> None:
    def seen(counts: list[Any]) -> list[str]:
        memory = training(0.9, loss=CLASSES, at=())
        for n, each in enumerate(counts):
            memory.saw(replace(training(0.9, at=(1,)).last[0], step=n + 1, losses=(replace(CLASSES, counts=each),)))
        return [verdict.code for verdict in judge(memory)]

    assert "unshuffled" in seen(SORTED)
    assert "unshuffled" not in seen([SORTED[0]] * 6)
    assert "unshuffled" not in seen([*SORTED[:4], np.full(4, 16.0), np.full(4, 16.0)])
    rare = [np.array([8.0, 0, 0, 0])] * 9 + [np.array([7.0, 1, 0, 0])]
    assert "unshuffled" not in seen(rare)


def test_dead_units_are_off_on_eight_batches_together() -> None:
    def seen(*active: tuple[float, ...]) -> list[str]:
        memory = training(0.9, at=())
        for n in range(8):
            net = with_units(*active[n % len(active)])
            memory.saw(replace(training(0.9, at=(1,), net=net).last[0], step=100 * n + 100))
        return [verdict.code for verdict in judge(memory)]

    assert "dead-units" in seen((0.0, 0.0, 0.5))
    assert "dead-units" not in seen((0.0, 0.5, 0.5))
    assert "dead-units" not in seen((0.0, 0.0, 0.5), (0.0, 0.5, 0.0))


GAN = opt({}, {})
HEALTHY_SCENES: dict[str, Scene] = {
    "a head that is trained alone": {"net": layers({"held": 0}, {"held": 0}, {"held": 0}), **GOOD},
    "a frozen backbone": {"net": layers({"trainable": 0, "held": 0, **NO_GRADIENT}), "losses": (1.0, 0.2, 0.2)},
    "a frozen backbone in eval mode": {"net": (replace(BATCH_NORM, trainable=0, held=0), *NET), **GOOD},
    "two optimizers whose losses rest": {**GAN, "losses": 1.386, "net": BEHIND_DEAD},
    "loss at its floor with dead units": {"net": with_units(0.0, 0.0, 0.5), "losses": (1.0, 1e-6, 1e-6, 1e-6)},
    "rate that is being raised": {"losses": 0.99, "steps": 40, "at": (1, 2, 20, 40), "net": steps(1e-7)},
    "large targets that are learned": of(target=values(BATCH, 1, mean=1e4, std=1e3)) | {"losses": (1e6, 1e3)},
    "noise that stays": {"losses": (1.0, 0.5, 0.5, 0.5)},
    "gradients of zero in a table": {"net": layers({"gradient": 0.0}), **GOOD},
    "parts that are not used": {"net": layers({}, {**NO_GRADIENT, "fresh": True}), **GOOD},
    "batches of one sample": of(prediction=values(1, 1, std=0.0, spread=math.nan), target=values(1, 1, std=0.0))
    | {"losses": 1.0},
    "a loss of its own kind": {"loss": None, "losses": 3.0, "net": BEHIND_DEAD},
    "another loss of several": of(CLASSES, kind="kl_div", prediction=values(BATCH, 4, mean=-9.0)) | {"losses": 3.0},
    "accumulated gradients": opt({"backwards": 4}) | GOOD,
    "saturated and good": {"net": AT_ENDS, "losses": 0.01},
}


@pytest.mark.parametrize("name", HEALTHY_SCENES)
def test_what_is_healthy_is_not_accused(name: str) -> None:
    found = codes(HEALTHY_SCENES[name])
    assert found[0] in HEALTHY
    assert len(found) == 1


def test_a_loss_whose_sign_is_turned_is_told_by_its_growth() -> None:
    def seen(first: float, last: float) -> str:
        memory = Memory()
        memory.lost(1, [-v for v in np.linspace(first, last, 100).tolist()])
        for step, value in ((1, first), (50, (first + last) / 2), (100, last)):
            look = training(1.0, at=(1,)).last[0]
            memory.saw(replace(look, step=step, loss=-value, losses=(replace(PLAIN, value=value),)))
        return judge(memory)[0].code

    assert seen(1.0, 100.0) == "wrong-loss"
    assert seen(100.0, 1.0) in HEALTHY


def test_how_far_a_mixed_loss_has_come_is_not_known() -> None:
    def seen(*others: float) -> list[str]:
        memory = training(0.95, at=())
        for step, other in enumerate(others):
            memory.saw(replace(training(0.95, at=(1,)).last[0], step=100 + step, loss=0.95 + other))
        return [verdict.code for verdict in judge(memory)]

    assert "underfit" in seen(0.0, 0.0, 0.1, 0.2, 0.1, 0.2)
    assert "underfit" not in seen(0.0, 0.0, 0.1, 2.0, 0.1, 2.0)


def test_looks_from_long_ago_do_not_tell_how_far_it_has_come() -> None:
    memory = training((0.3, 0.006), at=(1, 2, 4, 8, 16, 32, 64), loss=replace(PLAIN, kind="l1_loss"))
    squared = [
        replace(look, losses=tuple(replace(each, value=look.loss**2) for each in look.losses)) for look in memory.kept
    ]
    memory.first[:], memory.known = squared, None
    memory.last.clear()
    memory.last.extend(squared)
    assert math.isnan(progress_of(memory).explained)


def test_targets_that_the_loss_leaves_out_are_not_held_against_the_activation() -> None:
    masked = replace(PLAIN, kind="difference", target=values(BATCH, 1, low=-999.0), comes_from="relu", value=0.95)

    def seen(*shares: float) -> list[str]:
        memory = training(0.95, at=())
        for step, share in enumerate(shares):
            look = training(0.95, at=(1,)).last[0]
            memory.saw(replace(look, step=100 + step, loss=0.95 * share, losses=(masked,)))
        return [verdict.code for verdict in judge(memory)]

    assert "out-of-reach" in seen(1.0, 1.0, 1.0)
    assert "out-of-reach" not in seen(0.5, 0.3, 0.4)


def test_squared_error_of_classes_is_wrong_where_it_fails() -> None:
    target = values(BATCH, 1, mean=0.5, std=0.5, low=0.0, high=1.0)
    scene = of(target=target, labels=True, **SIGMOID)
    assert "wrong-loss" in codes({**scene, "losses": 0.24})
    assert "wrong-loss" not in codes({**scene, "losses": 0.22})


def test_a_bug_in_the_script_goes_before_what_the_run_is_like() -> None:
    scene = {**opt({"cleared": False}), "net": BEHIND_DEAD, **of(**OUTER), "inputs": values(BATCH, 1, std=99.0)}
    found = codes(scene)
    assert found[:2] == ["shape-broadcast", "gradients-not-cleared"]
    assert found.index("unscaled") < found.index("dead-network")


def test_there_is_always_a_verdict() -> None:
    assert [verdict.code for verdict in judge(Memory())] == ["too-early"]
    assert codes(GOOD) == ["learning"]


@pytest.mark.parametrize(("code", "side", "inside", "outside"), SIDES, ids=[f"{row[0]}: {row[1]}" for row in SIDES])
def test_sentences_are_whole_and_short_ones_fit(code: str, side: str, inside: Scene, outside: Scene) -> None:
    for verdict in judge(training(**_complete(inside))):
        assert verdict.text.endswith((".", ")"))
        assert verdict.text[0].isupper()
        assert "nan" not in verdict.text
        assert 0 < len(verdict.short) <= 78
        assert verdict.margin >= 1
        assert json.loads(json.dumps(verdict.figures, allow_nan=False)) == verdict.figures


def test_the_names_of_a_giant_do_not_break_the_line() -> None:
    net = tuple(replace(each, name="model.encoder.layers." * 5 + each.name) for each in UNHELD)
    assert all(len(verdict.short) <= 78 for verdict in judge(training(net=net)))


def test_every_code_is_explained() -> None:
    text = (Path(__file__).parents[2] / "docs" / "watching.md").read_text()
    table = text.partition("## Verdicts")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.M) == list(CODES)
