import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.history import History

losses = st.one_of(st.floats(1e-12, 1e12), st.sampled_from([0.0, math.inf, math.nan]))


@given(st.lists(st.lists(losses, min_size=1, max_size=40), min_size=1, max_size=12))
def test_bins_hold_what_a_plain_loop_over_all_values_finds(chunks: list[list[float]]) -> None:
    history, step = History(1, geometric=True, capacity=8), 0
    for chunk in chunks:
        history.add(step, np.array(chunk)[:, None])
        step += len(chunk)
    everything = [math.inf if math.isnan(value) else value for chunk in chunks for value in chunk]
    curve = history.curve(0)
    assert curve.width & (curve.width - 1) == 0
    assert len(curve.step) == -(-step // curve.width) <= 8
    for position, first in enumerate(curve.step.astype(int)):
        held = everything[first : first + curve.width]
        assert curve.low[position] == min(held)
        assert curve.high[position] == max(held)
        finite = [max(value, 5e-324) for value in held if math.isfinite(value)]
        if finite:
            expected = math.exp(math.fsum(map(math.log, finite)) / len(finite))
            assert math.isclose(curve.middle[position], expected, rel_tol=1e-9, abs_tol=1e-320)
        else:
            assert math.isnan(curve.middle[position])


def test_a_spike_survives_ten_million_steps() -> None:
    history = History(1, geometric=True)
    ordinary = np.ones((10_000, 1))
    for chunk in range(1000):
        values = ordinary.copy()
        if chunk == 123:
            values[456] = 1e9
        history.add(chunk * 10_000, values)
    curve = history.curve(0)
    spike = int(np.argmax(curve.high))
    assert curve.high[spike] == 1e9
    assert curve.step[spike] <= 1_230_456 < curve.step[spike] + curve.width
    assert len(curve.step) <= 512


def test_bins_without_a_value_are_left_out() -> None:
    history = History(2, geometric=False, capacity=16)
    history.add(0, np.array([[1.0, 2.0]]))
    history.add(9, np.array([[3.0, 4.0]]))
    assert history.curve(1).step.tolist() == [0.0, 9.0]
    assert history.curve(1).middle.tolist() == [2.0, 4.0]
