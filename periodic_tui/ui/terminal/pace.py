"""When a frame may go to the terminal, and how large it may be, by how soon the terminal answers."""

import math
import time
from collections.abc import Callable

QUICK = 0.1
"""Seconds within which a line that is fast enough carries a frame."""
LATE = 3
"""Frames in a row, each answered late or too large, that make the line a slow one, and …"""
PROMPT = 20
"""… whole ones in a row, each answered quickly, after which it is none."""
EVERY, MUCH = 1.0, 8192
"""Seconds between two questions where answers are quick, unless so many bytes have gone."""
SILENT = 2.0
"""Seconds after which a terminal that has never answered is taken for one that cannot; …"""
UNHEARD = 65536
"""… until then it gets no more bytes than this, …"""
SELDOM = 0.25
"""… and afterwards a frame each so many seconds."""
LOST = 5.0
"""Seconds after which an answer may be lost, and a frame asks again; each time it is twice as long."""
SHARE = 0.1
"""Seconds that a frame may take on a slow line."""
LEAST = 1000
"""Bytes that it may have on any."""
TELLING = 500
"""Bytes from which on a frame's answer tells how fast the line is; below, how long it is."""
HURRY = 0.5
"""Seconds after a key, and after the screen has opened, in which no frame waits for its turn."""


class Pace:
    """Lets one frame be under way where answers are late, no larger than the line carries in `SHARE`; else every one.

    `fps` is the most frames a second. A terminal that must not be asked is not. `hurry` may be called from any thread.
    """

    def __init__(self, fps: float = math.inf, asking: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self.asking = asking
        self.slow = False
        """Whether the line carries less than the screen shows."""
        self.clock = clock
        self._period = 1 / fps
        self._next = self._hurried = self._last_asked = -math.inf
        """Moments: from which the next frame may go; until which none waits for that; of the latest question."""
        self._asked: float | None = None
        """Moment of the question that has no answer yet."""
        self._patience = LOST
        self._talks: bool | None = None
        """Whether the terminal answers at all; None while that is not known."""
        self._unanswered = 0
        """Bytes since the last answer."""
        self._whole = True
        """Whether the last frame left nothing to be sent."""
        self._late = self._prompt = 0
        """Answers that came late, or to a part of a frame, one after the other; and prompt ones to whole frames."""
        self._latency = math.inf
        """Seconds that an answer takes where nothing is under way."""
        self._cost = 0.0
        """Seconds that the line takes for a byte; 0 while that is not known."""

    @property
    def budget(self) -> float:
        """The most bytes of the next frame."""
        return max(SHARE / self._cost, LEAST) if self._careful and self._cost else math.inf

    @property
    def _careful(self) -> bool:
        return self.slow or self._late > 0

    def hurry(self) -> None:
        """A key was pressed, or the screen opens."""
        self._hurried = self.clock() + HURRY

    def wait(self) -> float:
        """Seconds until a frame may go; an answer may make it fewer."""
        now = self.clock()
        held = 0.0 if self._asked is None else self._held(now - self._asked)
        return held or (0.0 if now < self._hurried else max(0.0, self._next - now))

    def _held(self, age: float) -> float:
        """Seconds for which a question of that age holds frames back that has no answer yet."""
        if self._talks:
            late = self._careful or age >= QUICK + self._latency
            return max(self._patience - age, 0.0) if late else 0.0
        if self._talks is None and self._unanswered >= UNHEARD:
            return max(SILENT - age, 0.0)
        return 0.0

    def asks(self) -> bool:
        """Whether the next frame brings a question with it."""
        if not self.asking:
            return False
        if self._asked is not None:
            return self.clock() - self._asked >= self._patience
        return self._careful or self._unanswered >= MUCH or self.clock() - self._last_asked >= EVERY

    def sent(self, size: int, asked: bool, whole: bool = True) -> None:
        """So many bytes have gone, with a question or without, and nothing is left, or they were only a part."""
        now = self.clock()
        self._unanswered += size
        self._whole = whole
        if self._talks is None and self._asked is not None and now - self._asked >= SILENT:
            self._talks = False
        period = max(self._period, SELDOM) if self._talks is False else self._period
        self._next = max(self._next + period, now)
        if asked and self._asked is not None:
            self._patience *= 2
            self._late += 1
        if asked:
            self._asked = self._last_asked = now

    def answered(self, moment: float) -> None:
        """The terminal has answered then, and so has taken all that had been sent before the question."""
        asked, self._asked, self._talks, self._patience = self._asked, None, True, LOST
        if asked is None:
            return
        took, size, self._unanswered = moment - asked, self._unanswered, 0
        if size < TELLING and self._latency < math.inf:
            self._latency = (self._latency + took) / 2
        self._latency = min(self._latency, took)
        drained = max(took - self._latency, 1e-3)
        if size >= TELLING:
            self._cost = (self._cost + drained / size) / 2 if self._cost else drained / size
        self._judge(drained <= QUICK and self._whole)
        if self._careful:
            self._next = max(self._next, moment + drained)

    def _judge(self, prompt: bool) -> None:
        self._late, self._prompt = (0, self._prompt + 1) if prompt else (self._late + 1, 0)
        self.slow = self._late >= LATE or (self.slow and self._prompt < PROMPT)
