"""Do the keys that the screen names rescue a network that fails, until it is as good as its mended twin?

A twin is the mended preset of a manifest whose name begins with the same two words. What counts is the share of the
best constant's loss that is left, in training or on the test domain, whichever is more. A network is as good where it
leaves no more than the twin's `solved_below` allows, or where the twin is not solved itself, no more than 1.1 times
what that leaves. Of a population, as many replicas as of the twin must be as good, but for two standard errors.

The key is the first that the verdict's next keys name; for the menu of remedies, its first entry. After each one a
network trains for as many steps as it had, or as its twin has, if that is more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from periodic_tui.cli.headless import Headless
from periodic_tui.cli.train import plan_of
from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Verdict, View
from periodic_tui.engine.treatment import offers

PRESSES = 3
"""Keys that are followed, each named by the verdict on what the one before has left."""
ABOVE = 1.1
"""Times what an unsolved twin leaves."""


@dataclass(frozen=True)
class Goal:
    """How good a twin is."""

    limit: float
    """Share of the best constant's loss that may be left, …"""
    reached: float
    """… and share of replicas that leave no more."""

    def is_met(self, left: Floats) -> bool:
        """By a network, or by as many replicas of a population but for chance."""
        error = math.sqrt(self.reached * (1 - self.reached) / len(left))
        return float((left <= self.limit).mean()) >= self.reached - 2 * error


def left(run: Run) -> Floats:
    """Loss `[replicas]` over that of the best constant, where it is largest: in training, or on the test domain."""
    reading, observer = run.reading(), run.observer
    shares = reading.loss / (observer.constant_loss or 1.0)
    if reading.loss_test is not None:
        shares = np.maximum(shares, reading.loss_test / (observer.test_variance or 1.0))
    return np.nan_to_num(shares, nan=np.inf)


def goal_of(twin: Run) -> Goal:
    """What is to be reached."""
    shares = left(twin)
    solved = twin.experiment.training.solved_below / (twin.observer.constant_loss or 1.0)
    limit = max(solved, ABOVE * float(np.median(shares)))
    return Goal(limit, float((shares <= limit).mean()))


def named(run: Run, causes: Sequence[Verdict]) -> str | None:
    """The command of the first key that the screen names, and that was not pressed in this run; None: there is none.
    To be shown the answer is no rescue."""
    pressed = {event.command for event in run.journal} | {"inject"}
    offered = [offer.name for offer in offers(run.experiment, *(cause.code for cause in causes)) if offer.fits]
    menu = [f"remedy:{name}" for name in offered]
    commands = [each for words, _ in causes[0].next for each in (menu if words == "remedies" else [words])]
    return next((words for words in commands if words not in pressed), None)


def focused(run: Run) -> int:
    """The first replica that has the commonest verdict of those not solved, or the first one."""
    run.reading()
    codes, outcomes = run.measured.population.names(), run.measured.population.outcomes()
    failures = {code: count for code, count in outcomes.items() if code != "solved"}
    return codes.index(max(failures, key=lambda code: failures[code])) if failures else 0


def pressed(runner: Runner, steps: int) -> Iterator[str]:
    """Press keys, each named by the verdict on what the one before has left, and train for so many steps after each;
    yields their commands."""
    for _ in range(PRESSES):
        run = runner.current
        words = named(run, run.observe(View(focus=focused(run))).causes)
        if words is None:
            return
        try:
            runner.apply(parse(words))
            plan = replace(plan_of(runner.current.experiment), steps=steps)
            Headless(runner, plan, lambda snapshot, rate: None).run()
        except Refused as reason:
            words = f"{words} (refused: {reason})"
        yield words


@dataclass
class Rescues:
    """The twins, and how many networks became as good with how many keys."""

    twins: dict[str, tuple[Goal, int]] = field(default_factory=dict)
    """Name to goal and steps."""
    keys: list[int] = field(default_factory=list)
    """Keys that it took; 0 where they did not do."""

    def enter(self, name: str, twin: Run, steps: int) -> None:
        """Note a twin that was trained for so many steps."""
        self.twins[name] = goal_of(twin), steps

    def attempt(self, name: str, runner: Runner, steps: int) -> None:
        """Press keys on what fails, if it has a twin, and print what came of it."""
        twin = next((own for own in self.twins if own.split("-")[:2] == name.split("-")[:2]), None)
        if twin is None:
            return
        goal, longest = self.twins[twin][0], max(steps, self.twins[twin][1])
        met, words = False, list[str]()
        for key in pressed(runner, longest):
            words.append(key)
            shares = left(runner.current)
            met = goal.is_met(shares)
            print(f"    {key}: leaves {np.median(shares):.3g}, {twin} at most {goal.limit:.3g}", flush=True)
            if met:
                break
        self.keys.append(len(words) if met else 0)
        print(f"    {'as good' if met else 'not as good'} with {len(words)} keys", flush=True)

    def __str__(self) -> str:
        several = sum(keys > 0 for keys in self.keys)
        return (
            f"of {len(self.keys)} that fail and have a twin, {self.keys.count(1)} are as good as that with the first "
            f"key that the screen names, {several} with up to {PRESSES}"
        )
