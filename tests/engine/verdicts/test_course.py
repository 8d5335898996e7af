"""How surely it is known that a loss falls, and where it leads, against closed forms."""

import math

import numpy as np
import pytest

from periodic_tui.engine.arrays import error_of_mean
from periodic_tui.engine.training.history import History
from periodic_tui.engine.verdicts.loss_trend import LossTrend
from periodic_tui.engine.verdicts.rules import verdict_of
from periodic_tui.engine.verdicts.rules.course import by_batches, course, has_fallen, levels_off, limit_of
from tests.engine.verdicts.evidence import evidence, layer

_SHARE = 0.25
"""Of what is left to fall after a fifth of the steps."""
FALLING = {"trend_error": math.inf, "batch_error": 1e-3, "loss_before": 1.0}


def decaying(limit: float, size: float, share: float = _SHARE, **changes: object) -> dict[str, object]:
    """Minibatch losses of a geometric decay, in three fifths of the steps."""
    fifths = [limit + size * share**number for number in range(3)]
    return FALLING | dict(zip(("oldest_loss", "earlier_loss", "recent_loss"), fifths, strict=True)) | changes


def test_the_error_of_a_mean_is_that_of_independent_values_and_knows_no_drift() -> None:
    values = np.random.default_rng(0).normal(scale=3.0, size=(400, 2_000))
    told = error_of_mean(values)
    assert told.mean() == pytest.approx(3.0 / math.sqrt(400), rel=0.01)
    assert values.mean(0).std() == pytest.approx(told.mean(), rel=0.05)
    drift = np.linspace(0.0, 100.0, 400)[:, None]
    assert error_of_mean(values + drift).mean() == pytest.approx(told.mean(), rel=0.01)
    assert np.isinf(error_of_mean(values[:2])).all()
    assert np.isinf(error_of_mean(np.array([[0.0], [math.nan], [1.0], [2.0]]))).all()


def test_a_history_tells_the_error_of_its_middle() -> None:
    logs = np.random.default_rng(1).normal(scale=0.2, size=(512, 500))
    history = History(500, geometric=True)
    history.add(0, np.exp(logs))
    assert history.error(0, 512).mean() == pytest.approx(0.2 / math.sqrt(512), rel=0.02)
    assert np.isinf(history.error(510, 512)).all()


def test_the_trend_of_many_readings_is_sure_and_of_few_is_not() -> None:
    past, noise = LossTrend(), np.random.default_rng(2).normal(scale=0.1, size=(2_001, 300))
    for step in range(2_001):
        if step >= past.due:
            past.remember(step, np.exp(noise[step]))
    inside = [sum(low < step <= high for step in past._steps) for low, high in ((1_200, 1_600), (1_600, 2_000))]
    found = past.error(2_000, np.exp(noise[2_000]))
    assert found.mean() == pytest.approx(0.1 * math.hypot(*(1 / math.sqrt(count) for count in inside)), rel=0.1)
    few = LossTrend(cost=100.0)
    for step in (0, 1_000):
        few.remember(step, np.ones(1))
    assert np.isinf(few.error(2_000, np.ones(1))).all()


@pytest.mark.parametrize("limit", [0.0, 0.2, 0.9])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_geometric_decay_leads_to_its_limit(limit: float, share: float) -> None:
    assert limit_of(evidence(**decaying(limit, 1.0, share)))[0] == pytest.approx(limit, abs=1e-9)


@np.errstate(divide="ignore")
def test_what_shrinks_no_more_has_no_limit_and_what_does_not_fall_leads_nowhere() -> None:
    steady = FALLING | {"oldest_loss": 3.0, "earlier_loss": 2.0, "recent_loss": 1.0}
    assert limit_of(evidence(**steady))[0] == -math.inf
    faster = FALLING | {"oldest_loss": 3.0, "earlier_loss": 2.5, "recent_loss": 1.0}
    assert limit_of(evidence(**faster))[0] == -math.inf
    rising = FALLING | {"oldest_loss": 1.0, "earlier_loss": 2.0, "recent_loss": 3.0}
    assert np.isnan(limit_of(evidence(**rising))[0])
    assert np.isnan(limit_of(evidence())[0])


@pytest.mark.parametrize(("batch_error", "fallen"), [(0.05, True), (0.06, False)])
def test_a_fall_counts_from_twice_its_standard_error(batch_error: float, fallen: bool) -> None:
    """ln(1 / 0.89) is 0.1165."""
    losses = {"oldest_loss": 1.1, "earlier_loss": 1.0, "recent_loss": 0.89}
    assert has_fallen(evidence(**FALLING | losses | {"batch_error": batch_error}))[0] == fallen


def test_the_surer_of_two_tells_the_course() -> None:
    both = {"loss_before": 0.5, "loss": 0.4, "earlier_loss": 0.6, "recent_loss": 0.3}
    probe = evidence(**both, trend_error=0.01, batch_error=0.02)
    assert not by_batches(probe)[0]
    assert [float(value[0]) for value in course(probe)] == [0.5, 0.4, 0.01]
    batches = evidence(**both, trend_error=0.02, batch_error=0.01)
    assert by_batches(batches)[0]
    assert [float(value[0]) for value in course(batches)] == [0.6, 0.3, 0.01]


def test_declared_noise_is_no_loss_and_makes_minibatches_less_sure() -> None:
    noisy = evidence(loss=0.4, earlier_loss=1.6, recent_loss=1.3, noise=1.0, trend_error=0.2, batch_error=0.04)
    assert [float(value[0]) for value in course(noisy)] == pytest.approx([0.6, 0.3, 0.04 * 1.3 / 0.3])
    assert not by_batches(evidence(recent_loss=0.9, noise=1.0, trend_error=0.2, batch_error=0.04))[0]


@pytest.mark.parametrize(("size", "still"), [(0.2, False), (8.0, True)])
def test_who_is_nearly_at_the_limit_and_not_good_learns_no_more(size: float, still: bool) -> None:
    """Of what is left after the last fifth's middle, half a fifth takes the square root of the share: from 0.2 on 0.3
    the loss at the end is 0.306, and 2 % of it are left; from 8, 0.55 and 45 %."""
    found = evidence(**decaying(0.3, size))
    assert has_fallen(found)[0]
    assert levels_off(found)[0] != still
    assert (verdict_of(found).code == "learning") == still


def test_who_comes_to_something_good_learns() -> None:
    assert not levels_off(evidence(**decaying(0.003, 0.002), loss=0.4, solved_below=0.004))[0]


def test_it_is_said_where_the_loss_leads() -> None:
    learning = verdict_of(evidence(**decaying(0.3, 8.0)))
    assert learning.text == (
        "Learning: the minibatch loss fell by 65.2 % to 0.8 over the last fifth of the steps. It falls ever more "
        "slowly, and may level off near 0.3."
    )
    assert learning.figures["limit"] == pytest.approx(0.3)
    dead = evidence(**decaying(0.3, 0.2), dead=1, gain=0.3, layers=(layer(0, 3, dead=(2,)),))
    assert verdict_of(dead).code == "dead-units"
    assert (
        "; the minibatch loss falls ever more slowly, 0.5, 0.35 and 0.312 in the last three fifths of the steps, and "
        "levels off near 0.3. A unit"
    ) in verdict_of(dead).text


def test_who_swings_more_than_it_falls_is_told_so() -> None:
    losses = {"oldest_loss": 0.5, "earlier_loss": 0.5, "recent_loss": 0.45, "batch_error": 0.1}
    found = verdict_of(evidence(**FALLING | losses))
    assert found.code == "underfit"
    assert (
        "the loss swings more than it falls: 0.5 in the fifth of the steps before the last, 0.45 ± 0.09" in found.text
    )
