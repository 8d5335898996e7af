"""Commands that change what is trained."""

from collections.abc import Iterator
from dataclasses import dataclass

from periodic_tui.engine.commands.base import Command, Loop, argument, number, one_of
from periodic_tui.engine.commands.on_loop import New

LARGEST_SEED = 2**62
"""Above it the seeds of a population would no longer fit into 64 bits."""


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_SEED):
        raise ValueError(f"a seed is a whole number from 0 to {LARGEST_SEED:,}, got {text[:40]!r}")
    return int(text)


def _remedy(text: str) -> str:
    from periodic_tui.engine.remedies import remedies  # brings the validator: not for the first frame

    return one_of(remedies, "remedy")(text)


@dataclass(frozen=True)
class Inject(Command, word="inject", takes="[:OFFSET]", undoable=True):
    """Set the parameters to the known answer, plus an offset on its frequencies."""

    offset: float = argument(number("an offset"), "+g", default=0.0)

    def apply(self, loop: Loop) -> str:
        loop.current.inject(self.offset)
        beside = f" {self.offset:+g}" if self.offset else ""
        return f"injected the known answer{beside}: {loop.current.figures()}"


@dataclass(frozen=True)
class Reinitialize(Command, word="reinitialize", takes="[:SEED]", undoable=True):
    """Draw the parameters afresh, with the run's seed or another."""

    seed: int | None = argument(_seed, default=None)

    def apply(self, loop: Loop) -> str:
        loop.current.reinitialize(self.seed)
        loop.begin_life()
        return f"reinitialized with seed {loop.current.first_seed}: {loop.current.figures()}"


@dataclass(frozen=True)
class Set(Command, word="set", takes=":KEY=VALUE", undoable=True):
    """Change one value of the experiment in mid-run."""

    key: str = argument()
    value: str = argument()
    """A TOML value, or a bare string."""

    def apply(self, loop: Loop) -> str:
        from periodic_tui.engine.experiment.mid_run import changed_in_mid_run  # brings the validator

        changed = changed_in_mid_run(loop.current.experiment, self.key, self.value)
        loop.current.change(changed, f"{self.key} was set")
        loop.pacer.forget_cost()
        if self.key == "training.pace":
            loop.pacer.set(changed.training.pace)
        rate = f", lr {changed.optimizer.lr:g}" if self.key == "optimizer.kind" else ""
        return f"set {self.key} to {self.value}{rate}"


@dataclass(frozen=True)
class ApplyRemedy(Command, word="remedy", takes=":NAME", undoable=True):
    """Begin a remedy; it acts between the steps that follow, or begins a new run."""

    name: str = argument(_remedy)

    def resolved(self, loop: Loop) -> Iterator[Command]:
        from periodic_tui.engine.treatment import renewal  # brings the validator

        changed = renewal(loop.current.experiment, self.name)
        yield New("; ".join(f"{key}={value}" for key, value in changed.items())) if changed else self

    def after(self, done: Command) -> Command | None:
        from periodic_tui.engine.remedies import remedies  # brings the validator

        follows = remedies[self.name].goes_on
        return ApplyRemedy(follows) if follows and done is not self else None

    def apply(self, loop: Loop) -> str:
        text = loop.current.treat(self.name)
        if loop.current.treatment:
            loop.pacer.lend(loop.current.treatment.pace)
        return text


@dataclass(frozen=True)
class Hold(Command, word="hold", undoable=True):
    """Hold the parameters where they are: every learning rate is 0."""

    def apply(self, loop: Loop) -> str:
        loop.current.hold(True)
        return f"held the parameters: {loop.current.figures()}"


@dataclass(frozen=True)
class Release(Command, word="release", undoable=True):
    """Let go of held parameters: the learning rates are those from before."""

    def apply(self, loop: Loop) -> str:
        loop.current.hold(False)
        return "let go of the parameters"


@dataclass(frozen=True)
class Undo(Command, word="undo"):
    """Go back to what was before the last command that changed what is trained; the steps count on."""

    def apply(self, loop: Loop) -> str:
        return loop.undo()
