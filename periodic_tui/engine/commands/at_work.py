"""Commands for how a run is trained: pace, pause, engine, another preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from periodic_tui.engine.commands.base import Command, Loop, number
from periodic_tui.engine.errors import Refused


@dataclass(frozen=True)
class Pace(Command, word="pace", takes=":RATE"):
    """Train at so many steps a second; 0: flat out."""

    rate: float

    @property
    def argument(self) -> str:
        return f"{self.rate:g}"

    @classmethod
    def parsed(cls, argument: str) -> Self:
        return cls(max(0.0, number(argument, "a pace")))

    def apply(self, loop: Loop) -> str:
        loop.pacer.set(self.rate)
        return f"set the pace to {self.rate:g} steps/s" if self.rate else "trained flat out"


@dataclass(frozen=True)
class Pause(Command, word="pause", waits=True):
    """Stop between two steps."""

    def apply(self, loop: Loop) -> str:
        loop.paused = True
        return "paused"


@dataclass(frozen=True)
class Resume(Command, word="resume", waits=True):
    """Go on."""

    def apply(self, loop: Loop) -> str:
        loop.paused = False
        loop.pacer.restart()
        return "resumed"


@dataclass(frozen=True)
class SingleStep(Command, word="step", waits=True):
    """Pause, and take one step."""

    def apply(self, loop: Loop) -> str:
        loop.paused = True
        if not loop.advance(1):
            raise Refused("every replica has diverged, so there is no step to take")
        return "took one step"


@dataclass(frozen=True)
class Load(Command, word="load", takes=":PRESET"):
    """Begin a new run of another preset."""

    preset: str

    @property
    def argument(self) -> str:
        return self.preset

    @classmethod
    def parsed(cls, argument: str) -> Self:
        return cls(argument)

    def apply(self, loop: Loop) -> str:
        loop.load(self.preset)
        return f"loaded {loop.current.name}"


@dataclass(frozen=True)
class Engine(Command, word="engine", takes=":NAME"):
    """Go on with another engine: `eager` or `compiled`."""

    name: str

    @property
    def argument(self) -> str:
        return self.name

    @classmethod
    def parsed(cls, argument: str) -> Self:
        if argument not in ("eager", "compiled"):
            raise ValueError(f"expected engine:eager or engine:compiled, got engine:{argument!r}")
        return cls(argument)

    def apply(self, loop: Loop) -> str:
        text = loop.steppers.switch(loop.current.trainer, self.name)
        loop.pacer.forget_cost()
        return text
