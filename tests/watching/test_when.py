"""When a picture is due, by a clock that the test turns."""

from itertools import pairwise

from periodic_tui.watching.hooks.when import When

SHARE = 0.02


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def pictures(look: float, picture: float, seconds: float = 100.0) -> tuple[list[float], int, When]:
    """Moments of the pictures and number of looks, of which the first cost so much each; steps of 10 ms."""
    clock = Clock()
    when, moments, looks, step = When(SHARE, clock), [], 0, 0
    while clock.now < seconds:
        step, clock.now = step + 1, clock.now + 0.01
        if when.is_idle(step):
            continue
        if when.looks_at(step):
            started, clock.now = clock.now, clock.now + look
            when.took(started)
            looks += 1
        if when.ticks():
            moments.append(clock.now)
            started, clock.now = clock.now, clock.now + picture
            when.showed(started)
        when.plan(step)
    return moments, looks, when


def test_pictures_come_within_a_second_however_dear_looks_are() -> None:
    moments, looks, _ = pictures(look=3.0, picture=0.005)
    apart = sorted(after - before for before, after in pairwise(moments))
    assert apart[-1] < 1.0 + 3.0, "a look itself takes three seconds"
    assert apart[-looks - 1] < 1.0


def test_cheap_ones_are_a_quarter_of_a_second_apart_and_all_together_a_share_of_the_time() -> None:
    moments, looks, when = pictures(look=0.002, picture=0.001)
    assert 380 < len(moments) <= 401
    assert looks > 300
    assert when.spent < 1.2 * SHARE


def test_dear_pictures_leave_half_of_the_time_for_looks() -> None:
    _, looks, when = pictures(look=0.02, picture=0.05, seconds=400.0)
    assert looks > 150
    assert when.spent > 0.04, "what is spent is told as it is"
