"""What looks for the fault of a script: ours, and other tools where they are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Cause = tuple[str, ...]
"""One finding, as codes of our verdicts. Another tool's words may stand for several of ours."""
NO_ACCUSATION = {"learning", "plateau", "solved", "too-early"}
_TOO_LONG = 300.0


@dataclass(frozen=True)
class Answer:
    """What one tool says of one script."""

    causes: tuple[Cause, ...]
    """Accusations in the tool's order."""
    said: str
    """Its first words, also where it accuses nobody."""

    def first_is(self, expected: Sequence[str]) -> bool:
        """Whether the first accusation names the fault."""
        return bool(self.causes) and not set(self.causes[0]).isdisjoint(expected)

    def has(self, expected: Sequence[str]) -> bool:
        """Whether some accusation does."""
        return any(not set(cause).isdisjoint(expected) for cause in self.causes)

    @property
    def names(self) -> list[str]:
        """The accusations in short."""
        return ["/".join(cause) for cause in self.causes]


@dataclass(frozen=True)
class Finder:
    """A tool, by the command that runs a script under it; the last line on stdout is its answer as JSON."""

    name: str
    command: tuple[str, ...]

    def ask(self, script: Path) -> Answer:
        """Run the script under the tool, to its end."""
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        command = [sys.executable, "-W", "ignore", *self.command, str(script)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TOO_LONG, env=environment)
        except subprocess.TimeoutExpired:
            return Answer((), "took too long")
        lines = done.stdout.strip().splitlines()
        try:
            return _answer(json.loads(lines[-1]))
        except (IndexError, ValueError, KeyError, TypeError):
            return Answer((), f"no answer: {(done.stderr.strip().splitlines() or ['nothing'])[-1]}")


def _answer(summary: dict[str, list[dict[str, str]] | list[Cause]]) -> Answer:
    """From our summary, or from what an adapter prints."""
    causes = [(cause["code"],) if isinstance(cause, dict) else tuple(cause) for cause in summary["causes"]]
    accusations = tuple(cause for cause in causes if not NO_ACCUSATION.issuperset(cause))
    return Answer(accusations, "/".join(causes[0]) if causes else "nothing")


OURS = Finder("periodic-tui", ("-m", "periodic_tui", "watch", "--headless", "--json", "--no-record"))
_OTHERS = {"torchmortem": "0.1.1", "ormas-monitor": "0.2.3"}


def finders(names: Iterable[str]) -> list[Finder]:
    """Those of these names that are installed; says which are not."""
    found = []
    for name in names:
        if name == OURS.name:
            found.append(OURS)
        elif _installed(name):
            found.append(Finder(name, ("-m", "tests.benchmarks.other_finders", name)))
        else:
            print(f"{name} is not installed: skipped (pip install {name}=={_OTHERS[name]})")
    return found


ALL = (OURS.name, *_OTHERS)


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False
