"""What a user can do to a run: the same words on the keys, in `--at` and in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from periodic_tui.engine.names import nearest


class CommandTarget(Protocol):
    """What a command acts on (the session); each verb returns what it did, in past tense."""

    def inject(self, offset: float) -> str: ...
    def reinitialize(self, seed: int | None) -> str: ...
    def set(self, key: str, value: str) -> str: ...
    def pace(self, rate: float) -> str: ...
    def pause(self) -> str: ...
    def resume(self) -> str: ...
    def load(self, preset: str) -> str: ...
    def remedy(self, name: str) -> str: ...
    def engine(self, name: str) -> str: ...
    def single_step(self) -> str: ...
    def undo(self) -> str: ...


@dataclass(frozen=True)
class Command:
    """One thing to do; `words` is how it is written in `--at` and in the journal."""

    undoable: ClassVar[bool] = False
    """Whether it changes what is trained, so that `undo` goes back behind it."""

    @property
    def words(self) -> str:
        raise NotImplementedError

    def apply(self, target: CommandTarget) -> str:
        """Do it; returns what happened, in past tense. Raises Refused."""
        raise NotImplementedError


@dataclass(frozen=True)
class Inject(Command):
    """Set the parameters to the known answer, plus an offset on its frequencies."""

    undoable = True
    offset: float = 0.0

    @property
    def words(self) -> str:
        return f"inject:{self.offset:+g}" if self.offset else "inject"

    def apply(self, target: CommandTarget) -> str:
        return target.inject(self.offset)


@dataclass(frozen=True)
class Reinitialize(Command):
    """Draw the parameters afresh, with the run's seed or another."""

    undoable = True
    seed: int | None = None

    @property
    def words(self) -> str:
        return "reinitialize" if self.seed is None else f"reinitialize:{self.seed}"

    def apply(self, target: CommandTarget) -> str:
        return target.reinitialize(self.seed)


@dataclass(frozen=True)
class Set(Command):
    """Change one value of the experiment in mid-run."""

    undoable = True
    key: str
    value: str
    """A TOML value, or a bare string."""

    @property
    def words(self) -> str:
        return f"set:{self.key}={self.value}"

    def apply(self, target: CommandTarget) -> str:
        return target.set(self.key, self.value)


@dataclass(frozen=True)
class Pace(Command):
    """Train at so many steps a second; 0: flat out."""

    rate: float

    @property
    def words(self) -> str:
        return f"pace:{self.rate:g}"

    def apply(self, target: CommandTarget) -> str:
        return target.pace(self.rate)


@dataclass(frozen=True)
class Pause(Command):
    """Stop between two steps."""

    @property
    def words(self) -> str:
        return "pause"

    def apply(self, target: CommandTarget) -> str:
        return target.pause()


@dataclass(frozen=True)
class Resume(Command):
    """Go on."""

    @property
    def words(self) -> str:
        return "resume"

    def apply(self, target: CommandTarget) -> str:
        return target.resume()


@dataclass(frozen=True)
class SingleStep(Command):
    """Pause, and take one step."""

    @property
    def words(self) -> str:
        return "step"

    def apply(self, target: CommandTarget) -> str:
        return target.single_step()


@dataclass(frozen=True)
class Undo(Command):
    """Go back to what was before the last command that changed what is trained."""

    @property
    def words(self) -> str:
        return "undo"

    def apply(self, target: CommandTarget) -> str:
        return target.undo()


@dataclass(frozen=True)
class Load(Command):
    """Begin a new run of another preset."""

    preset: str

    @property
    def words(self) -> str:
        return f"load:{self.preset}"

    def apply(self, target: CommandTarget) -> str:
        return target.load(self.preset)


@dataclass(frozen=True)
class ApplyRemedy(Command):
    """Begin a remedy; it acts between the steps that follow."""

    undoable = True
    name: str

    @property
    def words(self) -> str:
        return f"remedy:{self.name}"

    def apply(self, target: CommandTarget) -> str:
        return target.remedy(self.name)


@dataclass(frozen=True)
class Engine(Command):
    """Go on with another engine: `eager` or `compiled`."""

    name: str

    @property
    def words(self) -> str:
        return f"engine:{self.name}"

    def apply(self, target: CommandTarget) -> str:
        return target.engine(self.name)


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{what} must be a number, got {text!r}") from None
    if value - value:
        raise ValueError(f"{what} must be finite, got {text!r}")
    return value


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"a seed is a whole number from 0, got {text!r}")
    return int(text)


def _set(text: str) -> Set:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError(f"expected set:KEY=VALUE, got set:{text!r}")
    return Set(key, value)


def _remedy(text: str) -> ApplyRemedy:
    from periodic_tui.engine.remedies import remedies  # brings the validator: not for the first frame

    if text not in remedies:
        hint = nearest(text, list(remedies))
        raise ValueError(
            f"unknown remedy {text!r}, expected one of {', '.join(remedies)}"
            + (f"; did you mean {hint}?" if hint else "")
        )
    return ApplyRemedy(text)


def _engine(text: str) -> Engine:
    if text not in ("eager", "compiled"):
        raise ValueError(f"expected engine:eager or engine:compiled, got engine:{text!r}")
    return Engine(text)


WORDS = {
    "inject": lambda rest: Inject(_number(rest, "an offset") if rest else 0.0),
    "reinitialize": lambda rest: Reinitialize(_seed(rest) if rest else None),
    "set": _set,
    "pace": lambda rest: Pace(max(0.0, _number(rest, "a pace"))),
    "pause": lambda rest: Pause(),
    "resume": lambda rest: Resume(),
    "step": lambda rest: SingleStep(),
    "undo": lambda rest: Undo(),
    "load": Load,
    "remedy": _remedy,
    "engine": _engine,
}


def parse(text: str) -> Command:
    """The command that the words stand for; raises ValueError with one line that names the nearest word."""
    word, _, rest = text.partition(":")
    if word not in WORDS:
        hint = nearest(word, list(WORDS))
        raise ValueError(
            f"unknown command {word!r}, expected one of {', '.join(WORDS)}"
            + (f"; did you mean {hint}?" if hint else "")
        )
    return WORDS[word](rest)
