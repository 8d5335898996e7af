"""Kernels without a card: the same source through the machine's own compiler, its lanes one after another."""

import ctypes
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from periodic_tui.engine.training.aot.build_process import compiler
from periodic_tui.engine.training.kernel.program import Program
from periodic_tui.engine.training.kernel.stepper import Launch

_LANES = Path(__file__).with_name("lanes.cpp")
# As the kernel's own compiler is asked to: every operation is rounded.
_FLAGS = ("-O1", "-std=c++20", "-ffp-contract=off", "-fwrapv", "-x", "c++", "-shared", "-fPIC")


@dataclass
class Host:
    """Builds kernels for this machine in a folder."""

    folder: Path
    lanes: int = 0
    """How many there are; 0: as many as on a card."""
    backwards: bool = False
    """Whether the last lane goes first."""
    built: int = 0

    def __call__(self, program: Program) -> Launch:
        self.built += 1
        source, library = (self.folder / f"steps{self.built}.{suffix}" for suffix in ("cpp", "so"))
        source.write_text(program.source(self.lanes or program.lanes) + _LANES.read_text())
        subprocess.run([str(compiler()), *_FLAGS, str(source), "-o", str(library)], check=True)
        steps = ctypes.CDLL(str(library)).steps

        def launch(given: bytes, replicas: int) -> None:
            assert steps(given, int(self.backwards)) == 0, "a lane waits for others that have ended"

        return launch


def host(folder: Path, lanes: int = 1) -> Host:
    """One that builds there; skips the test where there is no compiler."""
    if sys.platform != "linux" or compiler() is None:
        pytest.skip("no C++ compiler, or none with contexts")
    return Host(folder, lanes)
