"""The programs with known faults are what they say."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from periodic_tui.watching.verdicts.rules import RULES
from tests.benchmarks.fault_finders import Answer
from tests.benchmarks.fault_programs import FOLDER, FaultProgram, Version, programs

PROGRAMS = programs()
HEALTHY = programs(FOLDER / "healthy")
CODES = {rule.code for rule in RULES}


def test_there_are_enough_programs_of_every_kind() -> None:
    assert len(PROGRAMS) >= 66
    assert sum(program.held_out for program in PROGRAMS) >= 22
    assert len({program.expected[0] for program in PROGRAMS}) >= 20
    assert len(HEALTHY) >= 15


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_says_its_fault_and_its_source(program: FaultProgram) -> None:
    assert program.expected
    assert CODES.issuperset(program.expected)
    assert program.origin


@pytest.mark.parametrize("program", [*PROGRAMS, *HEALTHY], ids=lambda program: program.name)
def test_both_versions_are_python(program: FaultProgram) -> None:
    for version in ("fault", "mended"):
        source = program.script(version)
        compile(source, program.name, "exec")
        assert "# fault" not in source
        assert "# mended" not in source


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_twin_differs_in_few_lines(program: FaultProgram) -> None:
    assert program.has_twin
    assert len(re.findall(r"# (?:fault|mended)$", program.source, re.MULTILINE)) <= 10


@pytest.mark.parametrize("program", HEALTHY, ids=lambda program: program.name)
def test_a_healthy_script_is_one_script(program: FaultProgram) -> None:
    assert not program.expected
    assert not program.has_twin


@pytest.mark.parametrize("name", ["mse_column_and_row", "zero_init"])
def test_the_fault_costs_something(name: str, tmp_path: Path) -> None:
    program = next(program for program in PROGRAMS if program.name == name)
    words, faulty = _end(program, "fault", tmp_path)
    _, mended = _end(program, "mended", tmp_path)
    assert not math.isfinite(faulty) or (faulty < mended - 0.1 if "accuracy" in words else faulty > 1.5 * mended)


def _end(program: FaultProgram, version: Version, folder: Path) -> tuple[str, float]:
    """What the last line prints, and the number at its end."""
    script = folder / f"{version}.py"
    script.write_text(program.script(version))
    done = subprocess.run([sys.executable, "-W", "ignore", script], capture_output=True, text=True, check=True)
    last = done.stdout.strip().splitlines()[-1]
    found = re.search(r"(nan|inf|-?[\d.e+-]+)$", last)
    assert found
    return last, float(found[1])


def test_an_answer_is_right_if_its_first_accusation_is_an_accepted_one() -> None:
    answer = Answer((("unscaled",), ("step-too-large", "diverged")), "unscaled")
    assert answer.first_is(["saturated", "unscaled"])
    assert not answer.first_is(["diverged"])
    assert answer.has(["diverged"])
    assert not Answer((), "learning").first_is(["learning"])
