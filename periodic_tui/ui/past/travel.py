"""Time travel: a session, and in its place for a while the pictures of its own recording."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from periodic_tui.engine.commands.base import Command, parse
from periodic_tui.engine.commands.on_loop import Load, New, Pause
from periodic_tui.engine.errors import Refused
from periodic_tui.ui.past.playback import Playback

if TYPE_CHECKING:
    from periodic_tui.engine.snapshot import Snapshot
    from periodic_tui.ui.session import Session

STANDS = ("paused", "diverged", "finished")
"""States in which nothing is trained."""
BEGIN_RUNS = ("next:preset", "previous:preset")
"""Commands besides `load` and `new` after which there is another run, wherever one is in this one."""
REPEATS = 0.2
"""Seconds between two presses of a key that is held down, at most."""
PRESSES, LARGEST = 8, 32
"""After so many presses a held key goes twice as far each time, up to so many places."""


class Travel:
    """Shows the present of a session, or a picture of its past; a session that is a recording itself has no other
    present. What cannot be done raises Refused with one line."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._past: Playback | None = None

    @property
    def in_past(self) -> bool:
        """Whether the session trains (or rests), and one looks at its past."""
        return self._past is not None

    @property
    def shown(self) -> Session:
        """Whose pictures are shown."""
        return self._past or self.session

    def turn(self, by: int) -> None:
        """Go so many pictures on, or back; from the present, back only."""
        self._player(back=by < 0).turn(by)

    def go_before(self, step: int) -> None:
        """Go to the last picture before a step."""
        self._player().go_before(step)

    def leave(self) -> bool:
        """Go back to the present; whether one was in the past."""
        past, self._past = self._past, None
        if past:
            past.stop()
        return past is not None

    def look_up(self) -> str | None:
        """Go back to the present once one has left the past; None, or what the user should know of that."""
        past = self._past
        if not (past and past.left):
            return None
        self.leave()
        if past.failure:
            return str(past.failure)
        return None if past.latest().past else "no earlier picture is recorded"

    def send(self, command: Command) -> None:
        """Send a command to the session; the past cannot be changed."""
        begins = isinstance(command, Load | New) or command.words in BEGIN_RUNS
        if self._past and not begins and command.word != "toggle-pause":
            raise Refused("this is the past: b branches here, space goes back to the present")
        if not self.leave() or begins:
            self.session.send(command)

    def branch(self) -> None:
        """Let the run go on from the picture that is shown."""
        if isinstance(self.session, Playback):
            raise Refused("this is a recording, in which nothing is trained")
        past = self._past.latest().past if self._past else None
        if not (self._past and past):
            raise Refused("go back first, by `,`: b branches where one is")
        if not past.held:
            raise Refused("this course was left before: only the present one can be branched from")
        command = parse(f"branch:{self._past.where()}")
        self.leave()
        self.session.send(command)

    def _player(self, back: bool = True) -> Playback:
        if isinstance(self.session, Playback):
            return self.session
        if self._past is None:
            self._past = self._entered(self.session.latest(), back)
        return self._past

    def _entered(self, present: Snapshot, back: bool) -> Playback:
        if present.state == "starting":
            raise Refused("the run has not begun yet")
        if not present.recording:
            raise Refused("nothing is recorded, so there is no past to go to")
        if not back:
            raise Refused("this is the present; `,` goes back")
        if present.state not in STANDS:
            self.session.send(Pause())
        past = Playback(Path(present.recording), pace=None, present=present)
        past.on_wake = self.session.on_wake
        threading.Thread(target=past.run, name="playback", daemon=True).start()
        return past


class HeldKey:
    """How far a key goes that is pressed again and again: farther and farther while it is held down."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = (0, -REPEATS)
        self._presses = 0

    def pressed(self, way: int) -> int:
        """It was pressed for one way, 1 or -1; so many places to go."""
        now = self._clock()
        before, when = self._last
        self._presses = self._presses + 1 if before == way and now - when < REPEATS else 0
        self._last = way, now
        return way * int(min(2 ** (self._presses // PRESSES), LARGEST))
