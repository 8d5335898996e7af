"""`--vary`: values, ranges, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.errors import Refused
from periodic_tui.sweeping.values import axis, between, split


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("optimizer.kind=adam,sgd", ("adam", "sgd")),
        ("model.hidden=[3],[4, 5]", ([3], [4, 5])),
        ("domain.train=[[-1, 1]],[[-2, 2], [3, 4]]", ([[-1, 1]], [[-2, 2], [3, 4]])),
        ('init.weights={ kind = "normal", std = 1.0 },siren', ({"kind": "normal", "std": 1.0}, "siren")),
        ('target.path="a,b.csv"', ("a,b.csv",)),
        ("training.seed=0..4", (0, 1, 2, 3, 4)),
        ("training.seed=-1..1", (-1, 0, 1)),
        ("optimizer.lr=1e-5..1e-1:5", (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)),
        ("optimizer.lr=1e-3..1e-2:3", (1e-3, 3.162e-3, 1e-2)),
        ("optimizer.lr=0.1..0.5:3", (0.1, 0.3, 0.5)),
        ("optimizer.lr=lin:1..100:4,log:2..8:3", (1, 34, 67, 100, 2, 4, 8)),
        ("training.batch_size=1..1024:11", (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)),
        ("x.y=-1..1:3", (-1, 0, 1)),
        ("domain.train=±0.5,±2", ([[-0.5, 0.5]], [[-2, 2]])),
        ("domain.train=+-1..100:3", ([[-1, 1]], [[-10, 10]], [[-100, 100]])),
        ("domain.train=lin:±1..3:3", ([[-1, 1]], [[-2, 2]], [[-3, 3]])),
    ],
)
def test_what_is_meant(text: str, values: tuple[Any, ...]) -> None:
    assert axis(text).values == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("optimizer.lr", "--vary optimizer.lr: expected KEY=V,V,…"),
        ("=3", "--vary =3: expected KEY=V,V,…"),
        ("a..b=3", "--vary a..b=3: expected KEY=V,V,…"),
        ("lr=", "--vary lr=: expected a value behind ="),
        ("lr=1,,2", "--vary lr=1,,2: expected a value between two commas"),
        ("lr=1,2,1", "--vary lr: 1 comes twice"),
        ("lr=1,1.0", "--vary lr: 1.0 comes twice"),
        ("lr=3..1:4", "--vary lr: 3..1: expected a smaller number before a larger one"),
        ("lr=1..1", "--vary lr: 1..1: expected a smaller number before a larger one"),
        ("lr=0.1..0.5", "--vary lr: 0.1..0.5: expected how many values, as in 0.1..0.5:9"),
        ("lr=1..2:1", "--vary lr: 1..2: expected from 2 to 10,000 values, got 1"),
        ("lr=0..1000000", "--vary lr: 0..1000000: expected from 2 to 10,000 values, got 1,000,001"),
        ("lr=log:0..1:3", "--vary lr: 0..1: a logarithmic range needs ends above 0"),
        ("lr=1..1e999:3", "--vary lr: 1..inf: expected a smaller number before a larger one"),
        ("domain.train=±0", "--vary domain.train: ±0: expected a number above 0 behind ±"),
        ("domain.train=±1e999", "--vary domain.train: ±1e999: expected a number above 0 behind ±"),
    ],
)
def test_what_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        axis(text)
    assert str(refused.value) == told


@given(st.floats(1e-9, 1e3), st.floats(10, 1e6), st.integers(2, 60))
def test_a_wide_range_has_equal_ratios_and_its_own_ends(low: float, factor: float, count: int) -> None:
    values = between(low, low * factor, count)
    assert (values[0], values[-1], len(set(values))) == (low, low * factor, count)
    exact = [low * factor ** (place / (count - 1)) for place in range(count)]
    assert values == pytest.approx(exact, rel=1e-3)


@given(st.lists(st.sampled_from(["1", "[1,2]", "{a=1,b=[2,3]}", '"x,y"', "'[,'"]), min_size=1, max_size=6))
def test_commas_within_brackets_and_quotes_part_nothing(parts: list[str]) -> None:
    assert split(",".join(parts)) == parts
