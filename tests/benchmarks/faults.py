"""Faults of training scripts, detected and named: `python -m tests.benchmarks.faults [NAME ...]`.

Every program of `tests/faults/` is written out twice, with its fault and mended, and both are run by the command that
people use. One row a program, then the shares of faults detected and named rightly, and of twins accused; the programs
that were written without a look at the rules are counted apart. Exits 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.fault_finders import ALL, OURS, Answer, Finder, finders
from tests.benchmarks.fault_programs import FOLDER, FaultProgram, programs

DETECTED, NAMED, FALSE_ALARMS = 0.95, 0.90, 0.02
HEALTHY = FOLDER / "healthy"


@dataclass(frozen=True)
class Outcome:
    """One program under one tool."""

    program: FaultProgram
    faulty: Answer | None
    """None for a script that has no fault."""
    twin: Answer | None
    """None for a script that has no mended twin."""

    @property
    def row(self) -> str:
        """For people."""
        expected = self.program.expected
        sign = (
            " " if self.faulty is None or self.faulty.first_is(expected) else "?" if self.faulty.has(expected) else "✗"
        )
        first = self.faulty.said if self.faulty else "–"
        others = ", ".join(self.faulty.names[1:]) if self.faulty else ""
        twin = (", ".join(self.twin.names) or self.twin.said) if self.twin else "–"
        alarm = "!" if self.twin and self.twin.causes else " "
        wanted = expected[0] if expected else "–"
        return f"{sign} {self.program.name:<36} {wanted:<22} {first:<24} {alarm} {twin:<24} {others}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, and hold our figures against the goals."""
    asked = _parser().parse_args(arguments)
    chosen = [each for each in _programs(asked) if not asked.names or any(name in each.name for name in asked.names)]
    missed = 0
    for finder in finders(asked.tool or ALL):
        outcomes = _outcomes(finder, chosen, asked.jobs)
        missed += _report(finder.name, outcomes) and finder is OURS
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="only programs with one of these in their names")
    parser.add_argument("--tool", action="append", choices=ALL, help="only this one; may be repeated")
    parser.add_argument("--scripts", type=Path, help="other people's scripts: a folder with files as in tests/faults/")
    parser.add_argument("--jobs", type=int, default=1, help="so many scripts at a time")
    return parser


def _programs(asked: argparse.Namespace) -> list[FaultProgram]:
    return programs(asked.scripts) if asked.scripts else [*programs(), *programs(HEALTHY)]


def _outcomes(finder: Finder, chosen: Sequence[FaultProgram], jobs: int) -> list[Outcome]:
    """In order; each row is printed as soon as it is there."""
    print(f"\n{finder.name}\n  {'program':<36} {'expected':<22} {'first named':<24}   {'twin':<24} also named")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(lambda program: _outcome(finder, program, Path(folder)), chosen):
            outcomes.append(outcome)
            print(outcome.row.rstrip(), flush=True)
    return outcomes


def _outcome(finder: Finder, program: FaultProgram, folder: Path) -> Outcome:
    faulty, mended = folder / f"{program.name}.py", folder / f"{program.name}_mended.py"
    faulty.write_text(program.script("fault"))
    mended.write_text(program.script("mended"))
    return Outcome(
        program,
        finder.ask(faulty) if program.expected else None,
        finder.ask(mended) if program.has_twin or not program.expected else None,
    )


def _report(name: str, outcomes: Sequence[Outcome]) -> bool:
    """Print the shares; whether a goal was missed."""
    print()
    for group, chosen in (
        (f"{name}, held out", [each for each in outcomes if each.program.held_out]),
        (f"{name}, others", [each for each in outcomes if not each.program.held_out]),
    ):
        _shares(group, chosen)
    return _shares(f"{name}, all", outcomes)


def _shares(name: str, outcomes: Sequence[Outcome]) -> bool:
    faulty = [(each.faulty, each.program.expected) for each in outcomes if each.faulty is not None]
    twins = [each.twin for each in outcomes if each.twin is not None]
    detected = _share([bool(answer.causes) for answer, _ in faulty])
    named = _share([answer.first_is(expected) for answer, expected in faulty])
    among = _share([answer.has(expected) for answer, expected in faulty])
    alarms = _share([bool(twin.causes) for twin in twins])
    print(
        f"{name}: {len(faulty)} faulty: {detected:.1%} detected, {named:.1%} named first, "
        f"{among:.1%} among the causes; {len(twins)} healthy: {alarms:.1%} false alarms"
    )
    return bool(faulty and (detected < DETECTED or named < NAMED)) or alarms > FALSE_ALARMS


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


if __name__ == "__main__":
    sys.exit(main())
