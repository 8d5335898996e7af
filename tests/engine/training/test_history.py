import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.training.history import History

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


def test_every_bin_of_a_million_steps_holds_the_extremes_of_its_own_steps() -> None:
    generator = np.random.default_rng(31)
    everything = generator.lognormal(size=1_200_003)
    spikes = generator.choice(len(everything), 40, replace=False)
    everything[spikes] = 1e9 * (1 + np.arange(40))
    history, step = History(1, geometric=True), 0
    while step < len(everything):
        chunk = everything[step : step + int(generator.integers(1, 5_000))]
        history.add(step, chunk[:, None])
        step += len(chunk)
    curve = history.curve(0)
    firsts = np.arange(0, len(everything), curve.width)
    assert len(firsts) <= 512
    assert curve.step.tolist() == firsts.tolist()
    assert curve.low.tolist() == np.minimum.reduceat(everything, firsts).tolist()
    assert curve.high.tolist() == np.maximum.reduceat(everything, firsts).tolist()
    assert (curve.high[spikes // curve.width] >= everything[spikes]).all()


def test_bins_without_a_value_are_left_out() -> None:
    history = History(2, geometric=False, capacity=16)
    history.add(0, np.array([[1.0, 2.0]]))
    history.add(9, np.array([[3.0, 4.0]]))
    assert history.curve(1).step.tolist() == [0.0, 9.0]
    assert history.curve(1).middle.tolist() == [2.0, 4.0]
