"""What a command is: a frozen value that knows its words, its help and what it does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from periodic_tui.engine.names import nearest

if TYPE_CHECKING:
    from periodic_tui.engine.run import Run
    from periodic_tui.engine.scheduling.pacing import Pacer
    from periodic_tui.engine.training.stepper_choice import StepperChoice

COMMANDS: dict[str, type[Command]] = {}
"""First word to command, in the order of definition."""


class Loop(Protocol):
    """What a command acts on: the run in training, and the loop that trains it (the session)."""

    paused: bool
    pacer: Pacer
    presets: Sequence[str]
    """Names in the order of the list."""

    @property
    def current(self) -> Run: ...
    @property
    def steppers(self) -> StepperChoice: ...
    def advance(self, count: int) -> int: ...
    def load(self, preset: str) -> None: ...
    def undo(self) -> str: ...


@dataclass(frozen=True)
class Command:
    """One thing to do."""

    word: ClassVar[str] = ""
    takes: ClassVar[str] = ""
    """How its argument is written in help, as `:SEED`; empty where it takes none."""
    undoable: ClassVar[bool] = False
    """Whether it changes what is trained, so that `undo` goes back behind it."""
    waits: ClassVar[bool] = False
    """Whether it makes sense only where somebody watches: `train` refuses it."""

    def __init_subclass__(cls, word: str = "", takes: str = "", undoable: bool = False, waits: bool = False) -> None:
        if word:
            cls.word, cls.takes, cls.undoable, cls.waits = word, takes, undoable, waits
            COMMANDS[word] = cls

    @property
    def argument(self) -> str:
        """What stands behind the colon; empty where nothing does."""
        return ""

    @property
    def words(self) -> str:
        """The command as it is written in `--at` and in the journal."""
        return f"{self.word}:{self.argument}" if self.argument else self.word

    @classmethod
    def parsed(cls, argument: str) -> Self:
        """The command with this argument; raises ValueError with one line."""
        if argument:
            raise ValueError(f"{cls.word} takes no argument, got {argument!r}")
        return cls()

    def resolved(self, loop: Loop) -> Iterator[Command]:
        """The commands that it stands for now: the first that is not refused is applied and journaled."""
        yield self

    def apply(self, loop: Loop) -> str:
        """Do it, or raise Refused and change nothing; returns what happened, in past tense."""
        raise NotImplementedError


def parse(text: str) -> Command:
    """The command that the words stand for; raises ValueError with one line that names the nearest word."""
    word, _, argument = text.partition(":")
    return COMMANDS[one_of(word, "command", COMMANDS)].parsed(argument)


def one_of(text: str, what: str, names: Sequence[str] | dict[str, type[Command]]) -> str:
    """The text, if it is one of the names; raises ValueError with one line that names the nearest one."""
    if text in names:
        return text
    near = nearest(text, list(names))
    hint = f"; did you mean {near}?" if near else ""
    raise ValueError(f"unknown {what} {text!r}, expected one of {', '.join(names)}{hint}")


def number(text: str, what: str) -> float:
    """A finite number; raises ValueError."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{what} must be a number, got {text!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"{what} must be finite, got {text!r}")
    return value
