"""Histories, against plain lists of all values."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.training import history as history_module
from periodic_tui.engine.training.fetched import Fetched
from periodic_tui.engine.training.history import History, bins_for, width_for
from periodic_tui.engine.training.reduced import Bins

losses = st.one_of(st.floats(1e-12, 1e12), st.sampled_from([0.0, math.inf, math.nan]))
PARTS = (slice(None), slice(0, 1), slice(1, 2))


@dataclass(frozen=True)
class Add:
    """Values of consecutive steps, the first so many after the last that is known; of some of two replicas."""

    gap: int
    values: list[float]
    part: slice


Act = Add | None
"""None: a new life."""
acts = st.lists(
    st.one_of(
        st.none(),
        st.builds(Add, st.integers(0, 300), st.lists(losses, min_size=1, max_size=40), st.sampled_from(PARTS)),
    ),
    min_size=1,
    max_size=40,
)
capacities = st.sampled_from([8, 16, 512])


@dataclass
class Plain:
    """A history of two replicas beside a list of (life, step, value) of each."""

    history: History
    held: tuple[list[tuple[int, int, float]], ...]
    life: int = 0
    step: int = 0
    fresh: bool = True
    """Whether this life holds nothing."""

    @classmethod
    def after(cls, done: list[Act], capacity: int) -> "Plain":
        plain = cls(History(2, geometric=True, capacity=capacity), ([], []))
        for act in done:
            plain.do(act)
        return plain

    def do(self, act: Act) -> None:
        if act is None:
            self.history.begin(self.step)
            self.life, self.fresh = self.life + (not self.fresh), True
            return
        self.step += act.gap
        values = np.array(act.values)[:, None] * np.ones((1, 2))[:, act.part]
        self.history.add(self.step, values, act.part)
        for replica in range(2)[act.part]:
            self.held[replica].extend((self.life, self.step + n, value) for n, value in enumerate(act.values))
        self.step, self.fresh = self.step + len(act.values), False

    def check(self, replica: int, capacity: int) -> None:
        """Every value is in one bin, that of its life and step; and the bin is what its values make it."""
        curve, counted = self.history.curve(replica), 0
        assert len(curve.step) <= capacity
        for first, last, life, low, middle, high in zip(*columns(curve), strict=True):
            held = [
                math.inf if math.isnan(value) else value
                for own, step, value in self.held[replica]
                if first <= step <= last and own <= life and not any(own <= other < life for other in curve.life)
            ]
            counted += len(held)
            assert first // curve.width == last // curve.width
            assert (low, high) == (min(held), max(held))
            assert math.isclose(middle, mean(held), rel_tol=1e-9, abs_tol=1e-320) or math.isnan(mean(held))
            assert math.isnan(middle) == math.isnan(mean(held))
        assert counted == len(self.held[replica])


def columns(curve: Curve) -> tuple[np.ndarray, ...]:
    return curve.step, curve.last, curve.life, curve.low, curve.middle, curve.high


def mean(values: list[float]) -> float:
    if not any(values):
        return 0.0
    logarithms = [math.log(max(value, 5e-324)) for value in values if math.isfinite(value)]
    return math.exp(math.fsum(logarithms) / len(logarithms)) if logarithms else math.nan


@given(acts, capacities)
def test_bins_hold_what_plain_lists_of_all_values_hold(done: list[Act], capacity: int) -> None:
    plain = Plain.after(done, capacity)
    plain.check(0, capacity)
    plain.check(1, capacity)


@given(acts, st.integers(0, 12_000), acts, capacities)
def test_going_back_forgets_what_came_after_and_nothing_else(
    done: list[Act], step: int, more: list[Act], capacity: int
) -> None:
    plain = Plain.after(done, capacity)
    before = plain.history.curve(0)
    kept = before.step <= step
    plain.history.rewind(step)
    after = plain.history.curve(0)
    assert after.last.tolist() == np.minimum(before.last[kept], step).tolist()
    for was, now in zip(columns(before), columns(after), strict=True):
        if was is before.life:  # what separates lives, whatever their numbers
            np.testing.assert_array_equal(np.diff(was[kept]) > 0, np.diff(now) > 0)
        elif was is not before.last:
            np.testing.assert_array_equal(was[kept], now)
    plain.step = step
    for act in more:
        plain.do(act)
    again = plain.history.curve(0)
    assert len(again.step) <= capacity
    assert (again.last[:-1] <= again.step[1:]).all()
    assert (np.diff(again.life) >= 0).all()


def test_a_life_goes_on_after_going_back_to_it() -> None:
    history = History(1, geometric=False)
    history.add(0, np.ones((10, 1)))
    history.begin(10)
    history.add(10, np.ones((10, 1)))
    history.rewind(10)
    history.add(11, np.ones((2, 1)))
    assert history.curve(0).life.tolist() == [0.0] * 10 + [1.0] * 3
    history.rewind(6)
    history.add(7, np.ones((3, 1)))
    assert history.curve(0).life.tolist() == [0.0] * 10


def test_a_life_that_began_where_one_goes_back_to_is_still_the_present_one() -> None:
    history = History(1, geometric=False)
    history.add(0, np.ones((10, 1)))
    history.begin(10)
    history.rewind(10)
    history.add(10, np.ones((1, 1)))
    assert history.curve(0).life.tolist() == [0.0] * 10 + [1.0]


def test_before_and_after_a_command_are_two_bins_at_the_same_step() -> None:
    history = History(1, geometric=True, capacity=8)
    history.add(100, np.array([[3.0]]))
    history.begin(100)
    history.add(100, np.array([[1e-9]]))
    history.add(101, np.full((10_000, 1), 1e-9))
    curve = history.curve(0)
    assert (curve.step[0], curve.last[0], curve.low[0], curve.high[0]) == (100, 100, 3.0, 3.0)
    assert curve.step[1] == 100
    assert curve.high[1:].tolist() == [1e-9] * (len(curve.step) - 1)
    assert curve.life.tolist() == [0.0] + [1.0] * (len(curve.step) - 1)


def test_measurements_far_apart_stand_at_their_own_steps() -> None:
    history = History(1, geometric=True)
    steps = np.arange(0, 512 * 50_000, 50_000)
    for step in steps.tolist():
        history.add(step, np.ones((1, 1)))
    assert history.curve(0).step.tolist() == steps.tolist()
    assert history.curve(0).last.tolist() == steps.tolist()


@pytest.mark.parametrize("lives", [100, 2_000])
def test_any_number_of_lives_has_room(lives: int) -> None:
    history = History(1, geometric=True)
    for life in range(lives):
        history.begin(30 * life)
        history.add(30 * life, np.full((30, 1), float(1 + life)))
    curve = history.curve(0)
    assert len(curve.step) <= 512
    assert len(set(curve.life)) >= min(lives, 100)
    assert curve.high[curve.life == curve.life[-1]].tolist() == [lives] * int((curve.life == curve.life[-1]).sum())
    assert curve.low.min() == 1


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
    assert curve.last.tolist() == [*(firsts[1:] - 1).tolist(), len(everything) - 1]
    assert curve.low.tolist() == np.minimum.reduceat(everything, firsts).tolist()
    assert curve.high.tolist() == np.maximum.reduceat(everything, firsts).tolist()
    assert (curve.high[spikes // curve.width] >= everything[spikes]).all()


def test_the_mean_of_zeros_is_zero() -> None:
    history = History(1, geometric=True)
    history.add(0, np.zeros((4, 1)))
    assert history.curve(0).middle.tolist() == [0.0] * 4


def test_bins_without_a_value_are_left_out() -> None:
    history = History(2, geometric=False, capacity=16)
    history.add(0, np.array([[1.0, 2.0]]))
    history.add(4, np.array([[5.0]]), slice(0, 1))
    history.add(9, np.array([[3.0, 4.0]]))
    assert history.curve(1).step.tolist() == [0.0, 9.0]
    assert history.curve(1).middle.tolist() == [2.0, 4.0]


def test_the_middle_between_two_steps_is_the_mean_of_half_of_their_bins() -> None:
    history = History(2, geometric=True)
    history.add(0, np.array([[1.0, 2.0], [4.0, 2.0], [16.0, 8.0], [64.0, np.inf]]))
    assert history.middle(0, 2) == pytest.approx([2.0, 2.0])
    assert history.middle(2, 4) == pytest.approx([32.0, np.inf])
    assert history.middle(0, 4) == pytest.approx([8.0, 4.0])
    assert np.isnan(history.middle(4, 9)).all()


def test_spikes_do_not_hide_that_most_losses_fall() -> None:
    losses = np.r_[np.full(100, 1.0), np.full(100, 0.9)]
    losses[105::10] = 1e6
    history = History(1, geometric=True)
    history.add(0, losses[:, None])
    assert history.middle(0, 100) == pytest.approx([1.0])
    assert history.middle(100, 200) == pytest.approx([0.9])


@pytest.mark.parametrize("seed", range(6))
def test_an_accelerator_s_values_are_kept_as_those_of_the_cpu_are(seed: int) -> None:
    """Whatever the chunks and the lives, and where some chunks come from the CPU."""
    random = np.random.default_rng(seed)
    mixed, plain = (History(3, geometric=True, capacity=12, together=True) for _ in range(2))
    first = 0
    while first < 900:
        values = random.random((int(random.integers(1, 60)), 3)).astype(np.float32)
        plain.add(first, values)
        mixed.add(first, values if random.random() < 0.2 else torch.from_numpy(values))
        first += len(values)
        if random.random() < 0.05:
            plain.begin(first)
            mixed.begin(first)
        if random.random() < 0.05:
            first -= int(random.integers(1, 30))
            plain.rewind(first - 1)
            mixed.rewind(first - 1)
    for replica in range(3):
        found, expected = mixed.curve(replica), plain.curve(replica)
        assert mixed.width == plain.width
        for name in ("step", "low", "high", "last", "life"):
            assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name
        assert found.middle == pytest.approx(expected.middle, rel=1e-5)


def test_nobody_waits_for_an_accelerator_s_values_before_the_next_ones_come(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    waited_for: list[int] = []
    wait, send = Fetched.arrived, Bins.sent

    def noted(self: Bins) -> Fetched:
        sent.append(len(sent))
        return send(self)

    def waited(self: Fetched) -> list[torch.Tensor]:
        waited_for.append(len(waited_for))
        return wait(self)

    monkeypatch.setattr(Bins, "sent", noted)
    monkeypatch.setattr(Fetched, "arrived", waited)
    history = History(2, geometric=True, capacity=8, together=True)
    for chunk in range(3):
        before = len(sent)
        history.add(20 * chunk, torch.ones(20, 2))
        assert len(waited_for) == before, "for what was sent with the chunks before, not with this one"
    assert history.curve(0).last[-1] == 59
    assert waited_for == sent


@given(st.lists(st.lists(losses, min_size=1, max_size=40), min_size=1, max_size=40), capacities)
def test_an_accelerators_tensors_are_held_as_arrays_are(chunks: list[list[float]], capacity: int) -> None:
    arrays, tensors = (History(2, geometric=True, capacity=capacity, together=True) for _ in range(2))
    step = 0
    for chunk in chunks:
        values = np.array(chunk)[:, None] * np.array([[1.0, 3.0]])
        arrays.add(step, values)
        tensors.add(step, torch.from_numpy(values))
        step += len(chunk)
    for replica in range(2):
        pairs = zip(columns(arrays.curve(replica)), columns(tensors.curve(replica)), strict=True)
        for ours, theirs in pairs:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_single_precision_loses_no_extreme() -> None:
    values = np.random.default_rng(0).lognormal(size=(9_000, 3)).astype(np.float32)
    history, step = History(3, geometric=True, together=True), 0
    for chunk in np.array_split(values, 100):
        history.add(step, chunk)
        step += len(chunk)
    curve = history.curve(1)
    firsts = np.arange(0, len(values), curve.width)
    assert curve.low.tolist() == np.minimum.reduceat(values[:, 1], firsts).tolist()
    assert curve.high.tolist() == np.maximum.reduceat(values[:, 1], firsts).tolist()
    expected = np.exp(np.add.reduceat(np.log(values[:, 1].astype(float)), firsts) / np.diff(firsts, append=len(values)))
    assert curve.middle == pytest.approx(expected, rel=1e-5)


def test_many_replicas_have_fewer_bins_and_store_fewer_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [bins_for(replicas) for replicas in (1, 4_096, 65_536)] == [512, 512, 128]
    monkeypatch.setattr(history_module, "_SAVED", 64)
    history = History(4, geometric=True, together=True)
    history.add(0, np.arange(1.0, 401.0)[:, None] * np.ones((1, 4)))
    history.begin(400)
    history.add(400, np.full((7, 4), 1e-3))
    again = History(4, geometric=True, together=True)
    again.recall(history.remembered())
    whole, stored = history.curve(3), again.curve(3)
    assert (len(whole.step), len(stored.step)) == (407, 14)
    assert stored.width == 32
    assert (stored.high[:13].tolist(), stored.low[-1]) == ([*range(32, 401, 32), 400.0][:13], 1e-3)
    assert (stored.last[-2], stored.step[-1], stored.last[-1]) == (399, 400, 406)
    assert stored.life.tolist() == [0.0] * 13 + [1.0]
    assert history.curve(3).width == 1, "what is kept for the screen stays as it was"


def test_on_an_accelerator_bins_of_many_replicas_are_wide_from_the_start() -> None:
    assert [width_for(replicas, True) for replicas in (1, 511, 512, 1_024, 4_096, 65_536)] == [1, 1, 1, 2, 8, 128]
    assert width_for(65_536, False) == 1
    history = History(2, geometric=True, together=True, width=8)
    history.add(0, np.arange(1.0, 21.0)[:, None] * np.ones((1, 2)))
    curve = history.curve(1)
    assert (curve.width, curve.step.tolist(), curve.high.tolist()) == (8, [0, 8, 16], [8, 16, 20])
