"""Commands for how a run is trained: pace, pause, engine, another preset."""

import re
from dataclasses import dataclass

from periodic_tui.engine.commands.base import Command, Loop, argument, number, one_of, positive
from periodic_tui.engine.errors import Refused


@dataclass(frozen=True)
class Pace(Command, word="pace", takes=":RATE", passing=True):
    """Train at so many steps a second; 0: flat out."""

    rate: float = argument(lambda text: max(0.0, number("a pace")(text)), "g")

    def apply(self, loop: Loop) -> str:
        loop.pacer.set(self.rate)
        return f"set the pace to {self.rate:,g} steps/s" if self.rate else "trained flat out"


@dataclass(frozen=True)
class Pause(Command, word="pause", waits=True, passing=True):
    """Stop between two steps."""

    def apply(self, loop: Loop) -> str:
        loop.paused = True
        return "paused"


@dataclass(frozen=True)
class Resume(Command, word="resume", waits=True, passing=True):
    """Go on."""

    def apply(self, loop: Loop) -> str:
        loop.paused = False
        loop.pacer.restart()
        return "resumed"


@dataclass(frozen=True)
class SingleStep(Command, word="step", undoable=True, waits=True, passing=True):
    """Pause, and take one step."""

    def apply(self, loop: Loop) -> str:
        loop.paused = True
        if not loop.advance(1):
            raise Refused("every replica has diverged, so there is no step to take")
        return "took one step"


@dataclass(frozen=True)
class Load(Command, word="load", takes=":PRESET"):
    """Begin a new run of another preset."""

    preset: str = argument()

    def apply(self, loop: Loop) -> str:
        loop.load(self.preset)
        return f"loaded {loop.current.name}"


_NEXT = re.compile(r";\s*(?=[A-Za-z0-9_.-]+\s*=)")
"""Before the next KEY=VALUE."""


def _changes(text: str) -> str:
    for each in _NEXT.split(text):
        key, equals, value = each.partition("=")
        if not (equals and key.strip() and value.strip()):
            raise ValueError(f"expected KEY=VALUE, or several with ; between them, got {text[:60]!r}")
    return text


@dataclass(frozen=True)
class New(Command, word="new", takes=":KEY=VALUE[; KEY=VALUE]"):
    """Begin a new run of the same preset with values changed, whichever."""

    changes: str = argument(_changes)
    """Of each key a TOML value, or a bare string."""

    @property
    def values(self) -> dict[str, str]:
        """Each key with its value as it is written."""
        pairs = (each.partition("=") for each in _NEXT.split(self.changes))
        return {key.strip(): value.strip() for key, _, value in pairs}

    def apply(self, loop: Loop) -> str:
        loop.renew(self.values)
        return "began again with " + "; ".join(f"{key} = {value}" for key, value in self.values.items())


def _place(text: str) -> str:
    step, _, lines = text.partition("@")
    for part in (step, lines or "0"):
        if not (part.isascii() and part.isdigit() and len(part) < 19):
            raise ValueError(f"expected a step, or STEP@LINES of the recording's journal, got {text[:40]!r}")
    return text


@dataclass(frozen=True)
class Branch(Command, word="branch", takes=":STEP[@LINES]", waits=True):
    """Go back to an earlier step of the recording, and on from there; with so many lines of its journal."""

    place: str = argument(_place)

    def apply(self, loop: Loop) -> str:
        step, _, lines = self.place.partition("@")
        return loop.branch(int(step), int(lines) if lines else None)


@dataclass(frozen=True)
class Engine(Command, word="engine", takes=":NAME"):
    """Go on with another engine: `eager` or `compiled`."""

    name: str = argument(one_of(("eager", "compiled"), "engine"))

    def apply(self, loop: Loop) -> str:
        text = loop.steppers.switch(loop.current.trainer, self.name)
        loop.pacer.forget_cost()
        return text


@dataclass(frozen=True)
class Threads(Command, word="threads", takes=":N"):
    """Train with so many threads of the processor."""

    count: int = argument(positive("a number of threads"))

    def apply(self, loop: Loop) -> str:
        text = loop.steppers.use_threads(loop.current.trainer, self.count)
        loop.pacer.forget_cost()
        return text
