"""Pictures take a fiftieth of the time and are never long in coming; time is a number here."""

import pytest

from periodic_tui.engine.scheduling.frames import Framing


@pytest.mark.parametrize("cost", [1e-4, 1e-3, 5e-3, 2e-2])
def test_pictures_take_their_share_of_the_time(cost: float) -> None:
    framing, now, spent = Framing(), 0.0, 0.0
    while now < 100.0:
        framing.took(now, now + cost)
        spent += cost
        now = framing.next
    assert spent / now <= 0.0201


def test_cheap_pictures_come_twenty_times_a_second() -> None:
    framing = Framing()
    framing.took(10.0, 10.0001)
    assert framing.next == pytest.approx(10.0501)


def test_a_dear_picture_is_followed_by_news_within_two_seconds_and_paid_for_later() -> None:
    framing = Framing()
    framing.took(10.0, 10.5)
    assert framing.next == pytest.approx(11.9)
    framing.took(11.9, 11.901)
    assert framing.next == pytest.approx(11.9 + 1.9)


def test_a_picture_can_be_put_off_for_a_while() -> None:
    framing = Framing()
    assert framing.patient(5.0)
    framing.interrupted(5.0)
    framing.interrupted(5.2)
    assert framing.patient(5.29)
    assert not framing.patient(5.31)
    framing.took(5.31, 5.32)
    assert framing.patient(5.4)
