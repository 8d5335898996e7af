"""Commands that change what is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from periodic_tui.engine.commands.base import Command, Loop, number, one_of

LARGEST_SEED = 2**62
"""Above it the seeds of a population would no longer fit into 64 bits."""


@dataclass(frozen=True)
class Inject(Command, word="inject", takes="[:OFFSET]", undoable=True):
    """Set the parameters to the known answer, plus an offset on its frequencies."""

    offset: float = 0.0

    @property
    def argument(self) -> str:
        return f"{self.offset:+g}" if self.offset else ""

    @classmethod
    def parsed(cls, argument: str) -> Self:
        return cls(number(argument, "an offset") if argument else 0.0)

    def apply(self, loop: Loop) -> str:
        loop.current.inject(self.offset)
        beside = f" {self.offset:+g}" if self.offset else ""
        return f"injected the known answer{beside}: {loop.current.figures()}"


@dataclass(frozen=True)
class Reinitialize(Command, word="reinitialize", takes="[:SEED]", undoable=True):
    """Draw the parameters afresh, with the run's seed or another."""

    seed: int | None = None

    @property
    def argument(self) -> str:
        return "" if self.seed is None else str(self.seed)

    @classmethod
    def parsed(cls, argument: str) -> Self:
        if not argument:
            return cls()
        if not (argument.isascii() and argument.isdigit() and len(argument) < 20 and int(argument) <= LARGEST_SEED):
            raise ValueError(f"a seed is a whole number from 0 to {LARGEST_SEED:,}, got {argument[:40]!r}")
        return cls(int(argument))

    def apply(self, loop: Loop) -> str:
        loop.current.reinitialize(self.seed)
        return f"reinitialized with seed {loop.current.first_seed}: {loop.current.figures()}"


@dataclass(frozen=True)
class Set(Command, word="set", takes=":KEY=VALUE", undoable=True):
    """Change one value of the experiment in mid-run."""

    key: str
    value: str
    """A TOML value, or a bare string."""

    @property
    def argument(self) -> str:
        return f"{self.key}={self.value}"

    @classmethod
    def parsed(cls, argument: str) -> Self:
        key, equals, value = argument.partition("=")
        if not equals or not key:
            raise ValueError(f"expected set:KEY=VALUE, got set:{argument!r}")
        return cls(key, value)

    def apply(self, loop: Loop) -> str:
        from periodic_tui.engine.experiment.overrides import changed_in_mid_run  # brings the validator

        changed = changed_in_mid_run(loop.current.experiment, self.key, self.value)
        loop.current.change(changed, f"{self.key} was set")
        loop.pacer.forget_cost()
        if self.key == "training.pace":
            loop.pacer.set(changed.training.pace)
        return f"set {self.key} to {self.value}" + (
            f", lr {changed.optimizer.lr:g}" if self.key == "optimizer.kind" else ""
        )


@dataclass(frozen=True)
class ApplyRemedy(Command, word="remedy", takes=":NAME", undoable=True):
    """Begin a remedy; it acts between the steps that follow."""

    name: str

    @property
    def argument(self) -> str:
        return self.name

    @classmethod
    def parsed(cls, argument: str) -> Self:
        from periodic_tui.engine.remedies import remedies  # brings the validator: not for the first frame

        return cls(one_of(argument, "remedy", list(remedies)))

    def apply(self, loop: Loop) -> str:
        return loop.current.treat(self.name)


@dataclass(frozen=True)
class Undo(Command, word="undo"):
    """Go back to what was before the last command that changed what is trained; the steps count on."""

    def apply(self, loop: Loop) -> str:
        return loop.undo()
