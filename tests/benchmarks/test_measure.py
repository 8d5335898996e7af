"""The arithmetic of the benchmarks."""

import numpy as np
import pytest

from tests.benchmarks.measure import Figure, interleaved, quantile, ratio, report


def test_measures_take_turns_and_the_warm_up_is_dropped() -> None:
    calls: list[str] = []

    def measure(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    samples = interleaved({"a": lambda: measure("a"), "b": lambda: measure("b")}, rounds=2, warm_up=1)
    assert calls == ["a", "b"] * 3
    assert samples == {"a": [3.0, 5.0], "b": [4.0, 6.0]}


def test_the_ratio_is_taken_round_by_round() -> None:
    assert ratio({"a": [2.0, 30.0, 4.0], "b": [1.0, 10.0, 4.0]}, "a", "b") == 2.0


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("count", [1, 2, 99, 100, 200])
def test_quantiles_are_numpys_inverted_cdf(share: float, count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert quantile(list(values), share) == np.quantile(values, share, method="inverted_cdf")


def test_a_missed_goal_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Figure("one", 1.5, 1.5), Figure("two", 1.0, 2.0)]) == 0
    assert report([Figure("one", 1.51, 1.5), Figure("two", 1.0, 2.0)]) == 1
    assert "one: 1.51 (goal 1.50) MISSED" in capsys.readouterr().out
