"""When frames may go, by a clock that only the test turns."""

import math

import pytest

from periodic_tui.ui.terminal.pace import (
    EVERY,
    HURRY,
    LATE,
    LEAST,
    LOST,
    PROMPT,
    QUICK,
    SHARE,
    SILENT,
    UNHEARD,
    Pace,
)  # fmt: skip

FPS = 10.0
FRAME = 3_000


class Line:
    """A line that carries `rate` bytes a second, and a program that shows a frame on it as often as it may."""

    def __init__(self, rate: float, latency: float = 0.001, fps: float = FPS) -> None:
        self.rate, self.latency, self.now = rate, latency, 0.0
        self.pace = Pace(fps, clock=lambda: self.now)
        self.free = 0.0
        """Moment at which the last byte has arrived."""
        self.due: list[float] = []
        self.frames: list[float] = []
        self.questions = 0
        self._send(4, asks=True)

    def _send(self, size: float, asks: bool, whole: bool = True) -> None:
        self.free = max(self.free, self.now) + size / self.rate
        self.pace.sent(round(size), asks, whole)
        if asks:
            self.questions += 1
            self.due.append(self.free + self.latency)

    def frame(self, size: float = FRAME) -> bool:
        """Show a frame, if it may go."""
        if self.pace.wait() > 0:
            return False
        budget = self.pace.budget
        self._send(min(size, budget), self.pace.asks(), size <= budget)
        self.frames.append(self.now)
        return True

    def run(self, seconds: float, size: float = FRAME) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.001
            while self.due and self.due[0] <= self.now:
                self.pace.answered(self.due.pop(0))
            self.frame(size)

    @property
    def waiting(self) -> float:
        """Seconds until a byte that is sent now arrives."""
        return max(self.free - self.now, 0.0)


def test_a_fast_line_gets_every_frame_and_a_question_now_and_then() -> None:
    line = Line(rate=1e7)
    line.run(10.0, size=700)
    assert not line.pace.slow
    assert len(line.frames) == pytest.approx(10 * FPS, abs=2)
    assert line.questions == pytest.approx(10 / EVERY, abs=2)
    assert line.pace.budget == math.inf


@pytest.mark.parametrize("fps", [1, 10, 30])
def test_no_more_frames_go_than_were_asked_for(fps: int) -> None:
    line = Line(rate=1e8, fps=fps)
    line.run(10.0)
    assert 10 * fps - 2 <= len(line.frames) <= 10 * fps + 2


@pytest.mark.parametrize("rate", [5_000, 20_000, 50_000])
def test_on_a_slow_line_little_is_under_way_and_half_of_the_time_nothing(rate: float) -> None:
    line, size = Line(rate), max(FRAME, 0.3 * rate)
    line.run(15.0, size)
    assert line.pace.slow
    assert line.pace.budget == pytest.approx(max(SHARE * rate, LEAST), rel=0.2)
    waits = []
    for _ in range(100):
        line.run(0.05, size)
        waits.append(line.waiting)
    assert max(waits) <= 1.3 * max(SHARE, LEAST / rate)
    assert sum(waits) / len(waits) < 0.5 * max(SHARE, LEAST / rate)


def test_a_line_that_is_long_and_fast_is_no_slow_one() -> None:
    line = Line(rate=1e7, latency=0.6)
    line.run(10.0)
    assert not line.pace.slow
    assert len(line.frames) > 50


def test_a_line_that_becomes_faster_is_slow_no_longer() -> None:
    line = Line(rate=20_000)
    line.run(5.0)
    assert line.pace.slow
    line.rate = 1e7
    line.run(0.1 * PROMPT + 5.0)
    assert not line.pace.slow


def test_one_late_answer_makes_no_slow_line_but_holds_frames_back() -> None:
    line = Line(rate=1e7)
    line.run(2.0)
    line.free = line.now + 0.5
    sent = len(line.frames)
    line.run(0.4)
    assert len(line.frames) - sent <= EVERY * FPS
    line.run(5.0)
    assert not line.pace.slow
    assert LATE > 1


def test_a_line_that_stands_still_gets_next_to_nothing() -> None:
    line = Line(rate=1e7)
    line.run(2.0)
    line.free, sent = line.now + 60.0, len(line.frames)
    line.run(60.0)
    assert len(line.frames) - sent <= EVERY * FPS + math.log2(60.0 / LOST) + 2


def test_a_terminal_that_never_answers_gets_frames_all_the_same() -> None:
    line = Line(rate=1e7, latency=math.inf)
    line.run(10.0)
    assert not line.pace.slow
    assert 30 < len(line.frames) < 70
    assert line.questions < 5


def test_until_it_is_known_whether_it_answers_it_gets_some_frames() -> None:
    line = Line(rate=1e7, latency=math.inf)
    line.run(0.9 * SILENT, size=UNHEARD / 4)
    assert len(line.frames) == 4


def test_a_terminal_that_must_not_be_asked_is_not() -> None:
    pace = Pace(asking=False)
    assert pace.wait() == 0
    assert not pace.asks()


def test_a_key_is_answered_before_the_next_frame_is_due() -> None:
    line = Line(rate=1e7, fps=1)
    line.run(1.5)
    assert line.pace.wait() > 0.1
    line.pace.hurry()
    assert line.pace.wait() == 0
    line.now += HURRY
    assert line.pace.wait() >= 0


def test_on_a_slow_line_a_key_waits_for_no_more_than_the_frame_that_is_under_way() -> None:
    line = Line(rate=20_000)
    line.run(5.0)
    while line.waiting == 0:
        line.run(0.001)
    line.pace.hurry()
    line.run(line.waiting + line.latency + 0.002)
    assert line.now - line.frames[-1] < 0.003
    assert QUICK <= SHARE
