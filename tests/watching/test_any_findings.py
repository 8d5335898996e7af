"""Whatever a look finds, and whatever is not finite in it, there is a verdict, and nothing is printed."""

from __future__ import annotations

import math
import random
import warnings

import numpy as np
import pytest

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import LayerLook, Look, LossLook, OptimizerLook, Values
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.verdicts.judge import judge

SHAPES = [(), (1,), (8,), (8, 1), (8, 3), (8, 4, 4), (0,), (1, 1), (3, 8)]
KINDS = ["Linear", "relu", "ReLU", "Tanh", "BatchNorm1d", "Dropout", "Softmax", "Embedding", "conv2d"]
LOSSES = ["mse_loss", "cross_entropy", "nll_loss", "difference", "binary_cross_entropy", "kl_div", "Own"]
MAKERS = ["", "softmax", "sigmoid", "relu", "log_softmax", "tanh"]


class Chance:
    def __init__(self, seed: int) -> None:
        self.of = random.Random(seed)

    def number(self) -> float:
        return self.of.choice([0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e-30, 1e200, self.of.gauss(0, 9)])

    def numbers(self, count: int) -> Floats:
        return np.array([self.number() for _ in range(count)])

    def shares(self, count: int) -> Floats:
        return np.array([self.of.choice([0.0, 0.005, 0.5, 1.0]) for _ in range(count)])

    def values(self) -> Values:
        shape = self.of.choice(SHAPES)
        columns = shape[1] if len(shape) == 2 else 0
        low, high, mean, std, spread = self.numbers(5).tolist()
        share = self.of.choice([1.0, 1.0, 0.5, 0.0])
        ends = self.numbers(columns), self.numbers(columns)
        return Values(shape, "float32", low, high, mean, std, spread, share, *ends)

    def layer(self, place: int) -> LayerLook:
        count, held = self.of.choice([0, 2, 5]), self.of.randint(0, 9)
        return LayerLook(
            self.of.choice([str(place), "fc"]), self.of.choice(KINDS), "weights", self.values(), self.values(), 9, 9,
            held, self.shares(count), self.shares(count), weight=self.number(), gradient=self.number(),
            update=self.number(), training=self.of.random() < 0.5, equal=self.of.random() < 0.3, rate=self.number(),
            finite_weights=self.of.random() < 0.9, fresh=self.of.random() < 0.5,
        )  # fmt: skip

    def loss(self) -> LossLook:
        return LossLook(
            self.of.choice(LOSSES), self.values(), self.values(), self.of.random() < 0.4, self.of.choice(MAKERS),
            self.of.random() < 0.5, self.number(), self.shares(self.of.choice([0, 3])), self.of.choice([None, 0]),
        )  # fmt: skip

    def optimizer(self) -> OptimizerLook:
        cleared, foreign = self.of.choice([None, True, False]), self.of.random() < 0.2
        return OptimizerLook("SGD", self.number(), 0.0, self.number(), 9, ("a",), cleared, 1, foreign)

    def memory(self) -> Memory:
        memory, step = Memory(), 1
        layers = tuple(self.layer(place) for place in range(self.of.randint(0, 6)))
        losses = tuple(self.loss() for _ in range(self.of.choice([0, 1, 1, 2])))
        optimizers = tuple(self.optimizer() for _ in range(self.of.choice([0, 1, 1, 2])))
        for _ in range(self.of.randint(0, 8)):
            count = self.of.choice([1, 5, 100])
            memory.lost(step, [self.of.choice([1.0, 1.0, 0.0, self.number()])] * count)
            step += count
            look = Look(
                step - 1, 0.0, self.number(), 8, layers, losses, optimizers, self.values(), self.values(), ("N",)
            )
            memory.saw(look)
        return memory


@pytest.mark.parametrize("seed", range(8))
def test_anything_has_a_verdict(seed: int) -> None:
    chance = Chance(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(60):
            causes = judge(chance.memory())
            assert causes
            assert all(0 < len(cause.short) <= 78 for cause in causes)
            assert len({cause.code for cause in causes}) == len(causes)
