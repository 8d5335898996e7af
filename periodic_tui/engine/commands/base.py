"""What a command is: a frozen value that knows its words, its help and what it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from periodic_tui.engine.limits import LARGEST
from periodic_tui.engine.names import instead_of

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
    def begin_life(self) -> None: ...
    def load(self, preset: str) -> None: ...
    def renew(self, values: Mapping[str, str]) -> None: ...
    def undo(self) -> str: ...
    def branch(self, step: int, lines: int | None) -> str: ...


@dataclass(frozen=True)
class Command:
    """One thing to do. Its fields are its argument, as it is written behind the colon."""

    word: ClassVar[str] = ""
    takes: ClassVar[str] = ""
    """How its argument is written in help, as `:SEED`; empty where it takes none."""
    undoable: ClassVar[bool] = False
    """Whether it changes what is trained, so that `undo` goes back behind it."""
    waits: ClassVar[bool] = False
    """Whether it makes sense only where somebody watches: `train` refuses it."""
    passing: ClassVar[bool] = False
    """Whether its event gives way to the next one of such a command: pressed ten times, it leaves one line."""

    def __init_subclass__(cls, word: str = "", takes: str = "", **traits: bool) -> None:
        if word:
            cls.word, cls.takes = word, takes
            for name in ("undoable", "waits", "passing"):
                setattr(cls, name, traits.get(name, False))
            COMMANDS[word] = cls

    @property
    def words(self) -> str:
        """The command as it is written in `--at` and in the journal."""
        values = [(part, getattr(self, part.name)) for part in fields(self)]
        parts = [format(value, part.metadata["form"]) for part, value in values if value != part.default]
        return f"{self.word}:{'='.join(parts)}" if parts else self.word

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The command with what stands behind the colon; raises ValueError with one line."""
        known = fields(cls)
        if text and not known:
            raise ValueError(f"{cls.word} takes no argument, got {text!r}")
        if not text and all(part.default is not MISSING for part in known):
            return cls()
        parts = text.split("=", len(known) - 1)
        if len(parts) < len(known) or not parts[0]:
            raise ValueError(f"expected {cls.word}{cls.takes}, got {cls.word}:{text}")
        return cls(*(each.metadata["read"](part) for each, part in zip(known, parts, strict=True)))

    def resolved(self, loop: Loop) -> Iterator[Command]:
        """The commands that it stands for now: the first that is not refused is applied and journaled."""
        yield self

    def after(self, done: Command) -> Command | None:
        """What follows at once, a command of its own, now that `done` is, for which this one stood."""
        return None

    def apply(self, loop: Loop) -> str:
        """Do it, or raise Refused and change nothing; returns what happened, in past tense."""
        raise NotImplementedError


def argument(read: Callable[[str], Any] = str, form: str = "", default: Any = MISSING) -> Any:
    """A field of a command: how it is read from text (raises ValueError with one line) and formatted."""
    return field(default=default, metadata={"read": read, "form": form})


def parse(text: str) -> Command:
    """The command that the words stand for; raises ValueError with one line that names the nearest word."""
    word, _, rest = text.partition(":")
    return COMMANDS[one_of(COMMANDS, "command")(word)].parsed(rest)


def places(words: str) -> bool:
    """Whether a command with these words makes the run another one than training would have made it, so that plots bear
    a mark at its step; one that only another version knows does not."""
    command = COMMANDS.get(words.partition(":")[0], Command)
    return (command.undoable and not command.passing) or command.word == "undo"


def one_of(names: Collection[str], what: str) -> Callable[[str], str]:
    """Reads one of the names; the ValueError names the nearest one."""

    def read(text: str) -> str:
        if text in names:
            return text
        raise ValueError(f"unknown {what} {text!r}, {instead_of(text, names)}")

    return read


def number(what: str, above: float = -math.inf) -> Callable[[str], float]:
    """Reads a finite number above a limit."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{what} must be a number, got {text!r}") from None
        if not abs(value) <= LARGEST:
            raise ValueError(f"{what} must be at most {LARGEST:g} in size, got {text!r}")
        if value <= above:
            raise ValueError(f"{what} must be above {above:g}, got {text!r}")
        return value

    return read


def positive(what: str) -> Callable[[str], int]:
    """Reads a whole number from 1 up to some thousands."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text)):
            raise ValueError(f"{what} must be a whole number from 1 to 9,999, got {text[:20]!r}")
        return int(text)

    return read
