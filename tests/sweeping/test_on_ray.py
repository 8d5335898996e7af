"""Cells as tasks of Ray: the same results as on worker processes, whatever is lost, and nothing left over.

Skipped where Ray is not installed; `pip install ray` into the environment of the tests runs them.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Event

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.sweeping.grid import Grid
from periodic_tui.sweeping.local import Local
from periodic_tui.sweeping.on_ray import FOLDER, SHORT, OnRay
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Finished, Sweep
from periodic_tui.sweeping.values import axis

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


def made(steps: int = 20) -> Sweep:
    grid = Grid((axis("optimizer.lr=1e-3..1e-1:6"),))
    return Sweep.of("magnitude", [("training.replicas", 3), ("training.steps", steps)], grid, engine="eager")


def mine() -> list[int]:
    """Processes of Ray that this one, or one that it began, has begun."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    parents = {int(pid): int(parent) for pid, parent, *_ in rows}
    found = []
    for pid, _, state, words in rows:
        above = int(pid)
        while above not in (0, 1, os.getpid()):
            above = parents.get(above, 0)
        if above == os.getpid() and ("ray" in words.partition(" ")[0]) and not state.startswith("Z"):
            found.append(int(pid))
    return found


def left() -> set[Path]:
    """What there is of Ray's files."""
    places = Path(SHORT).glob(f"{FOLDER}{os.getpid()}-*"), Path(SHORT).glob("ray"), Path.home().glob(".ray/*")
    return {path for place in places for path in place}


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = left()
    yield
    wait_for(lambda: not mine())
    assert left() - before == set()


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)


def table(finished: list[Finished]) -> list[Finished]:
    return sorted(finished, key=lambda each: each.cell)


def test_the_same_table_as_on_worker_processes_also_where_one_is_lost(tmp_path: Path) -> None:
    sweep, killed = made(400), list[int]()
    here = list(sweep.results(Local(2), Store(tmp_path / "here"), Event()))
    there = []
    for each in sweep.results(OnRay("ray", 2), Store(tmp_path / "there"), Event()):
        there.append(each)
        if not killed:
            listed = subprocess.run(["pgrep", "-f", "^ray::answer"], capture_output=True, text=True).stdout.split()
            killed += [pid for pid in map(int, listed) if pid in mine()][:1]
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
    assert killed, "no task was under way"
    assert table(there) == table(here)
    assert len(list((tmp_path / "there").glob("*.json"))) == 6


def test_a_wish_to_end_ends_it(tmp_path: Path) -> None:
    stop, told = Event(), 0
    for _ in made(400).results(OnRay("ray", 2), Store(tmp_path), stop):
        told += 1
        stop.set()
    assert 1 <= told < 6
    assert len(list(tmp_path.glob("*.json"))) == told


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = Path(SHORT, f"{FOLDER}{ended.pid}-abc")
    folder.mkdir()
    assert len(list(made(1).results(OnRay("ray", 1), Store(tmp_path), Event()))) == 6
    assert not folder.exists()


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"--on ray://127\.0\.0\.1:1: "):
        list(made().results(OnRay("ray://127.0.0.1:1"), Store(tmp_path), Event()))
