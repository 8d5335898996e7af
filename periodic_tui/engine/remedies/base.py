"""What rescues a network that does not learn.

A remedy is a frozen set of options and a *course*: a generator that asks for training, step by step, and acts between
its requests. It is handed a context (samples and the trainer's verbs), never the target and never the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from periodic_tui.engine.components.registry import Spec
from periodic_tui.engine.remedies.context import RemedyContext, Setting
from periodic_tui.engine.slices import Ending, Result, Slices, aside

if TYPE_CHECKING:
    from torch import Tensor


MANY_CYCLES: Final = "many-cycles"
"""Said beside verdict codes where what the fit leaves is mostly one wave of several cycles."""


class Failed(Exception):
    """The remedy did not work; the message is the reason that it can see, as a clause without a subject in front."""


@dataclass(frozen=True)
class Train:
    """A request: train so many steps; `stage` is what the screen says meanwhile. 0 steps: only show the stage; an act
    of more than some milliseconds asks for that now and then, so that a command need not wait for its end."""

    steps: int
    stage: str


Course = Generator[Train, "Tensor", str]
"""Yields requests, receives the losses `[steps, replicas]`, and returns what it reached, in past tense."""


def sliced(stage: str, work: Slices[Result]) -> Generator[Train, Tensor, Result]:
    """Work in slices, as a part of a course."""
    ending = Ending(work)
    for _ in ending:
        yield Train(0, stage)
    return ending.result


def read(stage: str, act: Callable[[], Result]) -> Generator[Train, Tensor, Result]:
    """One long reading of the run, as a part of a course."""
    return sliced(stage, aside(act))


class Remedy(Spec):
    """Options of one remedy, as `[remedies.NAME]` in a preset; the class says what it is and whom it helps."""

    name: ClassVar[str]
    what: ClassVar[str]
    """What it does, in one line."""
    prior: ClassVar[str]
    """What it has to know beforehand, in one line."""
    verdicts: ClassVar[tuple[str, ...]]
    """Verdict codes that it is for; MANY_CYCLES is for a wave, whichever verdict is first."""
    last_resort: ClassVar[bool] = False
    """Whether all others that fit are offered before it."""

    any_network: ClassVar[bool] = False
    """Whether it need not know what a network is made of."""

    goes_on: ClassVar[str] = ""
    """The remedy that follows at once in the run that this one begins."""

    def misfit(self, setting: Setting) -> str | None:
        """Why it cannot be applied to such a network, or here; None if it can."""
        if setting.model.is_foreign and not self.any_network:
            return "it is for a preset's network, and this one is a program's own"
        return self.unfit(setting)

    def unfit(self, setting: Setting) -> str | None:
        """Why it cannot be applied here, or None if it can."""
        return None

    def pace(self, setting: Setting) -> float:
        """Steps a second at which one can watch it: it should take no more than half a minute."""
        return 20.0

    def renews(self, setting: Setting) -> Mapping[str, str] | None:
        """Keys of the preset and their values, as TOML writes them, with which it begins a new run; None: it acts in
        mid-run, by its course."""
        return None

    def course(self, context: RemedyContext) -> Course:
        """One application to all replicas of the context. Raises Failed."""
        raise NotImplementedError


class FrequencyRemedy(Remedy):
    """A remedy for models with frequencies, on a training domain made of intervals."""

    models: ClassVar[tuple[str, ...]]
    """The kinds of model that it can be applied to."""
    meant_for: ClassVar[str]
    """These models in words, as `it is for …` says them."""

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind not in self.models:
            return f"it is for {self.meant_for}, and the model is {setting.model.kind}"
        return None if setting.reach is not None else "it needs a training domain made of intervals"


remedies: dict[str, type[Remedy]] = {}
"""Every remedy by its name, in the order of the menu."""


def register(remedy: type[Remedy]) -> type[Remedy]:
    """Class decorator; raises ValueError if the name is taken."""
    if remedy.name in remedies:
        raise ValueError(f"remedy {remedy.name!r} is registered twice")
    remedies[remedy.name] = remedy
    return remedy
