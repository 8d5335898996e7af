"""Commands that depend on how things stand: resolved where they are applied, whatever the screen has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from periodic_tui.engine.commands.at_work import Load, Pace, Pause, Resume
from periodic_tui.engine.commands.base import Command, Loop, number, one_of
from periodic_tui.engine.commands.placing import Inject, Reinitialize, Set
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.scheduling.pacing import faster, slower

BESIDE = 1e-3
"""Offset where no basin is known."""


@dataclass(frozen=True)
class TogglePause(Command, word="toggle-pause", waits=True):
    """Stop between two steps, or go on."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Resume() if loop.paused else Pause()


@dataclass(frozen=True)
class Slower(Command, word="slower"):
    """Train at fewer steps a second."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Pace(slower(loop.pacer.pace, loop.pacer.rate))


@dataclass(frozen=True)
class Faster(Command, word="faster"):
    """Train at more steps a second."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Pace(faster(loop.pacer.pace, loop.pacer.rate))


@dataclass(frozen=True)
class InjectBeside(Command, word="inject-beside"):
    """Set the parameters to half a basin beside the known answer."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        basin = loop.current.basin
        yield Inject(float(f"{basin / 2:.1g}") if basin else BESIDE)


@dataclass(frozen=True)
class ScaleRate(Command, word="scale-lr", takes=":FACTOR"):
    """Multiply the learning rate."""

    factor: float

    @property
    def argument(self) -> str:
        return f"{self.factor:g}"

    @classmethod
    def parsed(cls, argument: str) -> Self:
        factor = number(argument, "a factor")
        if factor <= 0:
            raise ValueError(f"a factor must be above 0, got {argument!r}")
        return cls(factor)

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Set("optimizer.lr", repr(self.factor * loop.current.experiment.optimizer.lr))


@dataclass(frozen=True)
class Next(Command, word="next", takes=":WHAT"):
    """Go on to the next optimizer, activation, seed or preset."""

    what: str
    by = 1

    @property
    def argument(self) -> str:
        return self.what

    @classmethod
    def parsed(cls, argument: str) -> Self:
        return cls(one_of(argument, "thing to go on to", ("optimizer", "activation", "seed", "preset")))

    def resolved(self, loop: Loop) -> Iterator[Command]:
        run = loop.current
        match self.what:
            case "seed":
                yield Reinitialize(max(0, run.first_seed + self.by))
            case "preset":
                yield from (Load(name) for name in _round(loop.presets, run.name, self.by))
            case "optimizer":
                from periodic_tui.engine.components.optimizers import optimizers

                names = _round(list(optimizers), run.experiment.optimizer.kind, self.by)
                yield from (Set("optimizer.kind", name) for name in names)
            case "activation":
                yield from (Set("model.activation", name) for name in _activations(run.activation, self.by))


class Previous(Next, word="previous", takes=":WHAT"):
    """Go back to the optimizer, activation, seed or preset before."""

    by = -1


def _activations(present: str, by: int) -> Sequence[str]:
    from periodic_tui.engine.components.activations import activations

    if not present:
        raise Refused("this model has no activation")
    return _round(list(activations), present, by)


def _round(names: Sequence[str], present: str, by: int) -> Sequence[str]:
    """Every other name, from the one after (or before) the present one on."""
    if by < 0:
        names = names[::-1]
    place = names.index(present) if present in names else -1
    return [*names[place + 1 :], *names[: max(place, 0)]]
