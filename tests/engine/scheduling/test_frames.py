"""Pictures take a fiftieth of the time, with all that is measured little more, and are never long in coming; time is a
number here."""

import pytest

from periodic_tui.engine.scheduling.frames import FrameScheduler


@pytest.mark.parametrize("cost", [1e-4, 1e-3, 5e-3, 2e-2])
def test_pictures_take_their_share_of_the_time(cost: float) -> None:
    frames, now, spent = FrameScheduler(0.05), 0.0, 0.0
    while now < 100.0:
        frames.took(now, now + cost)
        spent += cost
        now = frames.next
    assert spent / now <= 0.0201


def spent(cost: float, aside: dict[float, float], until: float) -> tuple[float, float]:
    """Seconds that go into pictures of such a cost until then, and into what is spent aside from these moments on."""
    frames, now, pictures, others = FrameScheduler(0.05), 0.0, 0.0, 0.0
    while now < until:
        due = [moment for moment in aside if moment <= now]
        more = sum(aside.pop(moment) for moment in due)
        frames.took(now + more, now + more + cost, more)
        pictures, others, now = pictures + cost, others + more, frames.next
    return pictures, others


@pytest.mark.parametrize("cost", [1e-4, 1e-3, 5e-3, 1e-2])
@pytest.mark.parametrize("burst", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("share", [0.002, 0.006, 0.012])
def test_pictures_and_what_is_aside_take_their_share_together(cost: float, burst: float, share: float) -> None:
    every = burst / share
    pictures, others = spent(cost, {number * every: burst for number in range(int(500 / every))}, 500.0)
    indebted = share / (0.024 - 0.02 / 2)  # of the time
    assert pictures + others <= 0.0245 * 500
    assert pictures >= 0.95 * min(0.02 * (1 - indebted / 2), cost / 0.051) * 500


@pytest.mark.parametrize("cost", [5e-3, 1e-2])
def test_what_is_spent_at_once_is_earned_back_within_some_seconds_in_which_pictures_go_on(cost: float) -> None:
    pictures, others = spent(cost, {0.5: 0.05, 4.0: 0.06}, 8.0)
    assert others == 0.11
    assert pictures + others <= 0.03 * 8
    assert pictures >= 0.0095 * 8


def test_cheap_pictures_come_at_the_period_of_the_screen() -> None:
    frames = FrameScheduler(0.05)
    frames.took(10.0, 10.0001)
    assert frames.next == pytest.approx(10.0501)


def test_a_dear_picture_is_followed_by_news_within_two_seconds_and_paid_for_later() -> None:
    frames = FrameScheduler(0.05)
    frames.took(10.0, 10.5)
    assert frames.next == pytest.approx(11.9)
    frames.took(11.9, 11.901)
    assert frames.next == pytest.approx(11.9 + 1.9)


def test_a_picture_can_be_put_off_for_a_while() -> None:
    frames = FrameScheduler(0.05)
    assert frames.patient(5.0)
    frames.interrupted(5.0)
    frames.interrupted(5.2)
    assert frames.patient(5.29)
    assert not frames.patient(5.31)
    frames.took(5.31, 5.32)
    assert frames.patient(5.4)
