"""Commands that depend on how things stand: resolved where they are applied, whatever the screen has seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from periodic_tui.engine.commands.base import Command, Loop, argument, number, one_of
from periodic_tui.engine.commands.on_loop import Load, Pace, Pause, Resume
from periodic_tui.engine.commands.on_run import Hold, Inject, Reinitialize, Release, Set
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
class ToggleHold(Command, word="toggle-hold"):
    """Hold the parameters where they are, or let go of them."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Release() if loop.current.trainer.held else Hold()


@dataclass(frozen=True)
class Slower(Command, word="slower"):
    """Train at fewer steps a second."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Pace(slower(loop.pacer.pace, loop.pacer.reach))


@dataclass(frozen=True)
class Faster(Command, word="faster"):
    """Train at more steps a second."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Pace(faster(loop.pacer.pace, loop.pacer.falls_short))


@dataclass(frozen=True)
class InjectBeside(Command, word="inject-beside"):
    """Set the parameters to half a basin beside the known answer."""

    def resolved(self, loop: Loop) -> Iterator[Command]:
        basin = loop.current.basin
        yield Inject(float(f"{basin / 2:.1g}") if basin else BESIDE)


@dataclass(frozen=True)
class ScaleRate(Command, word="scale-lr", takes=":FACTOR"):
    """Multiply the learning rate."""

    factor: float = argument(number("a factor", above=0.0), "g")

    def resolved(self, loop: Loop) -> Iterator[Command]:
        yield Set("optimizer.lr", repr(self.factor * loop.current.experiment.optimizer.lr))


@dataclass(frozen=True)
class Next(Command, word="next", takes=":WHAT"):
    """Go on to the next optimizer, activation, seed or preset."""

    by: ClassVar[int] = 1
    what: str = argument(one_of(("optimizer", "activation", "seed", "preset"), "thing to go on to"))

    def resolved(self, loop: Loop) -> Iterator[Command]:
        from periodic_tui.engine.components.activations import activations  # brings the validator, as does the next
        from periodic_tui.engine.components.optimizers import optimizers

        run = loop.current
        match self.what:
            case "seed":
                yield Reinitialize(max(0, run.first_seed + self.by))
            case "preset":
                yield from map(Load, self._others(loop.presets, run.name))
            case "optimizer":
                kinds = self._others(list(optimizers), run.experiment.optimizer.kind)
                yield from (Set("optimizer.kind", kind) for kind in kinds)
            case "activation" if run.experiment.model.is_foreign:
                raise Refused(f"the activations are those of {run.experiment.model.title}")
            case "activation" if run.activation:
                names = self._others(list(activations), run.activation)
                yield from (Set("model.activation", name) for name in names)
            case _:
                raise Refused("this model has no activation")

    def _others(self, names: Sequence[str], present: str) -> Sequence[str]:
        """Every other name, from the one after (or before) the present one on."""
        names = names[:: self.by]
        place = names.index(present) if present in names else -1
        return [*names[place + 1 :], *names[: max(place, 0)]]


class Previous(Next, word="previous", takes=":WHAT"):
    """Go back to the optimizer, activation, seed or preset before."""

    by = -1
