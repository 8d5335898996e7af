"""Pictures take a fiftieth of the time and are never long in coming; time is a number here."""

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
