"""Do the keys that the screen names rescue a network that fails, until it is as good as its mended twin?

A twin is the mended preset of a manifest whose name begins with the same two words. What counts is the share of the
best constant's loss that is left, in training or on the test domain, whichever is more. A network is as good where it
leaves no more than the twin's `solved_below` allows, or where the twin is not solved itself, no more than 1.1 times
what that leaves. Of a population, as many replicas as of the twin must be as good, but for two standard errors.

The key is the first that the verdict's next keys name; for the menu of remedies, its first entry. After each one a
network trains for as many steps as it had, or as its twin has, if that is more. Where three keys do not do, the last
entry of the menu is tried, which begins anew with everything that usually learns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from periodic_tui.cli.train import plan_of
from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.headless import Headless
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Verdict, View
from periodic_tui.engine.treatment import complaints, offers
from tests.benchmarks.manifest import Case

PRESSES = 3
"""Keys that are followed, each named by the verdict on what the one before has left."""
LAST = "remedy:usual-recipe"
"""The menu's last entry."""
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


def solved_share(run: Run) -> float:
    """`solved_below` as a share of the best constant's loss."""
    return run.experiment.training.solved_below / (run.observer.constant_loss or 1.0)


def goal_of(twin: Run) -> Goal:
    """What is to be reached."""
    shares = left(twin)
    limit = max(solved_share(twin), ABOVE * float(np.median(shares)))
    return Goal(limit, float((shares <= limit).mean()))


def named(run: Run, causes: Sequence[Verdict]) -> str | None:
    """The command of the first key that the screen names, and that was not pressed in this run; None: there is none.
    To be shown the answer is no rescue."""
    pressed = {event.command for event in run.journal} | {"inject"}
    offered = [offer.name for offer in offers(run.experiment, *complaints(causes)) if offer.fits]
    menu = [f"remedy:{name}" for name in offered]
    commands = [each for words, _ in causes[0].next for each in (menu if words == "remedies" else [words])]
    return next((words for words in commands if words not in pressed), None)


def focused(run: Run) -> int:
    """The first replica that has the commonest verdict of those not solved, or the first one."""
    run.reading()
    codes, outcomes = run.measured.population.names(), run.measured.population.outcomes()
    failures = {code: count for code, count in outcomes.items() if code != "solved"}
    return codes.index(max(failures, key=lambda code: failures[code])) if failures else 0


def pressed(runner: Runner, steps: int) -> Iterator[tuple[int, str]]:
    """Press keys, each named by the verdict on what the one before has left, in the end the last entry of the menu, and
    train for so many steps after each; yields their numbers, from 1 on, and commands."""
    for number in range(1, PRESSES + 2):
        run = runner.current
        words = LAST if number > PRESSES else named(run, run.observe(View(focus=focused(run))).causes)
        if words is None:
            continue
        try:
            runner.apply(parse(words))
            plan = replace(plan_of(runner.current.experiment), steps=steps, every=steps)
            Headless(runner, plan, lambda report, rate: None).run()
        except Refused as reason:
            words = f"{words} (refused: {reason})"
        yield number, words


class Rescues:
    """How many networks become as good as their twins, and with how many keys."""

    def __init__(self, train: Callable[[Case], Run], mended: Sequence[Case]) -> None:
        """`train` trains one of the cases that are `mended`."""
        self._train, self._mended = train, mended
        self._goals: dict[str, Goal] = {}
        self.keys: list[int] = []
        """Keys that it took; 0 where they did not do."""

    def attempt(self, case: Case, runner: Runner) -> None:
        """Press keys on what fails, if it has a twin, and print what came of it."""
        twin = next((own for own in self._mended if own.name.split("-")[:2] == case.name.split("-")[:2]), None)
        if twin is None:
            return
        solved, keys = Goal(solved_share(self._train(replace(twin, steps=0))), 1.0), 0
        for number, key in pressed(runner, max(case.steps, twin.steps)):
            shares = left(runner.current)
            met = solved.is_met(shares) or self._goal(twin).is_met(shares)
            print(
                f"    {key}: leaves {np.median(shares):.3g}, {'as' if met else 'not as'} good as {twin.name}",
                flush=True,
            )
            if met:
                keys = number
                break
        self.keys.append(keys)

    def _goal(self, twin: Case) -> Goal:
        """Trained only where the twin might not be solved itself."""
        if twin.name not in self._goals:
            self._goals[twin.name] = goal_of(self._train(twin))
        return self._goals[twin.name]

    def __str__(self) -> str:
        several, ever = (sum(0 < keys <= most for keys in self.keys) for most in (PRESSES, PRESSES + 1))
        return (
            f"of {len(self.keys)} that fail and have a twin, {self.keys.count(1)} are as good as that with the first "
            f"key that the screen names, {several} with up to {PRESSES}, {ever} with the menu's last entry after them"
        )
