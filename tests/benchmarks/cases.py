"""Are true causes named of networks that fail for other people, and nobody's of the same ones mended?

python -m tests.benchmarks.cases [FOLDER] [--rescue] [--only NAME …]

FOLDER holds presets, their tables, and a `manifest.json` that says of each preset its role (`fails`; `half`: one of two
causes is mended; `cured`; `control`: healthy), replicas, steps, and the cause to be named. Every preset is trained as
`periodic-tui train` does it. Of a population that fails, a replica with its commonest verdict is judged. With
`--rescue` the keys that the screen names are pressed on what fails, too: see rescue.py. `--only` takes some presets, by
names or patterns such as '15-*'.

Exits 1 where fewer than 95 % of what fails has its cause among the first two, fewer than 85 % as the first, or more
than 2 % of what is cured or healthy is accused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import torch

from periodic_tui.cli.train import plan_of
from periodic_tui.engine.headless import Headless
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Verdict, View
from periodic_tui.presets.files import load
from tests.benchmarks.manifest import Case, cases_of
from tests.benchmarks.rescue import Rescues, focused

OWN = Path(__file__).parent.parent / "cases"
IN_TWO, FIRST, ACCUSED = 0.95, 0.85, 0.02
HEALTHY = {"solved", "learning", "noise-floor"}
"""Codes that accuse nobody."""
NO_REMEDY = {"unpredictable", "noise-floor"}
"""Causes that lie in the data."""


def trained(folder: Path, case: Case) -> Runner:
    """The run of a case at its end, by the way that `train` goes."""
    settings = [("training.replicas", case.replicas), ("training.steps", case.steps)]
    name, experiment = load(str(folder / f"{case.name}.toml"), settings)
    runner = Runner(load, name, experiment, engine="eager", device="cpu")
    plan = plan_of(experiment)
    runner.open()
    runner.settle(plan.steps, plan.seconds)
    Headless(runner, plan, lambda report, rate: None).run()
    return runner


def judged(run: Run, fails: bool) -> tuple[Verdict, ...]:
    """The causes of the first replica; `fails`: of the first that has the commonest verdict of those not solved."""
    return run.observe(View(focus=focused(run) if fails else 0)).causes


def names_it(case: Case, code: str) -> bool:
    """Whether a code is right: one of the expected ones; of what is healthy, one that accuses nobody."""
    if case.role in ("cured", "control"):
        return code in HEALTHY or code in case.codes
    return code in case.codes


def line(case: Case, causes: Sequence[Verdict]) -> str:
    """What is printed of a case."""
    right = [names_it(case, cause.code) for cause in causes[:2]]
    mark = "first" if right[0] else "second" if any(right) else "no"
    return f"{case.name:<26} {case.role:<8} {mark:<7} {', '.join(cause.code for cause in causes)}  ({case.expect})"


def main() -> int:
    """Train and judge every case of the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=OWN, metavar="FOLDER")
    parser.add_argument("--rescue", action="store_true")
    parser.add_argument("--only", nargs="+", default=["*"], metavar="NAME")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cases = cases_of(asked.folder)
    rescues = Rescues(
        lambda case: trained(asked.folder, case).current, [case for case in cases if case.role == "cured"]
    )
    found: list[tuple[Case, tuple[Verdict, ...]]] = []
    for case in cases:
        if not any(fnmatch(case.name, pattern) for pattern in asked.only):
            continue
        runner = trained(asked.folder, case)
        found.append((case, judged(runner.current, case.role == "fails")))
        print(line(*found[-1]), flush=True)
        if asked.rescue and case.role == "fails" and not case.codes <= NO_REMEDY:
            rescues.attempt(case, runner)
    if asked.rescue:
        print(f"\n{rescues}")
    return verdict_on(found)


def verdict_on(found: Sequence[tuple[Case, Sequence[Verdict]]]) -> int:
    """Print the shares; the exit code."""
    failing = [(case, causes) for case, causes in found if case.role == "fails"]
    well = [(case, causes) for case, causes in found if case.role in ("cured", "control")]
    first = sum(names_it(case, causes[0].code) for case, causes in failing)
    in_two = sum(any(names_it(case, cause.code) for cause in causes[:2]) for case, causes in failing)
    accused = sum(not names_it(case, causes[0].code) for case, causes in well)
    print(f"\nof {len(failing)} that fail, the cause is first in {first}, among the first two in {in_two}")
    print(f"of {len(well)} that are well, {accused} are accused")
    goals = in_two >= IN_TWO * len(failing) and first >= FIRST * len(failing) and accused <= ACCUSED * len(well)
    return 0 if goals else 1


if __name__ == "__main__":
    sys.exit(main())
