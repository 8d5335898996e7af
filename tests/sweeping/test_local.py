"""Worker processes: what is lost is begun again, a bounded number of times, and nothing is left over."""

from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.sweeping import local
from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.local import TRIES, Local
from periodic_tui.sweeping.result import CellResult, Ending, Failure

RESULT = CellResult("finished", 1, "eager", {"solved": 1}, (0.0, 0.0, 0.0), None)


def job(number: int) -> Job:
    return Job({"training": {"seed": number}}, (), "eager", "version")


class Scripted:
    """A worker that is lost to some jobs, so many times each."""

    losses: dict[int, int]
    living: int
    trained: list[int]
    held: Event

    def __init__(self) -> None:
        type(self).living += 1
        self._lives = True

    def train(self, asked: Job) -> Ending | None:
        if asked.seed == 99:
            self.held.wait(60)
            return None
        self.trained.append(asked.seed)
        self.losses[asked.seed] = self.losses.get(asked.seed, 0) - 1
        return RESULT if self.losses[asked.seed] < 0 else None

    def end(self) -> str:
        type(self).living -= self._lives
        self._lives = False
        self.held.set()
        return "ended by signal 9"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> type[Scripted]:
    Scripted.losses, Scripted.living, Scripted.trained, Scripted.held = {}, 0, [], Event()
    monkeypatch.setattr(local, "Worker", Scripted)
    return Scripted


def ended(jobs: Sequence[Job], workers: int = 2, stop: Event | None = None) -> dict[int, Ending]:
    kept: dict[int, Ending] = {}

    def keep(asked: Job, ending: Ending) -> None:
        kept[asked.seed] = ending

    told = {asked.seed: ending for asked, ending in Local(workers).run(jobs, keep, stop or Event())}
    assert told == kept
    return told


def test_a_lost_worker_is_replaced_and_its_cell_begun_again(scripted: Any) -> None:
    scripted.losses = {1: 1, 3: TRIES - 1}
    assert ended([job(number) for number in range(5)]) == dict.fromkeys(range(5), RESULT)
    assert sorted(scripted.trained) == [0, 1, 1, 2, *[3] * TRIES, 4]
    assert scripted.living == 0


def test_a_cell_to_which_every_worker_is_lost_is_told_and_the_others_go_on(scripted: Any) -> None:
    scripted.losses = {1: 1_000}
    told = ended([job(number) for number in range(3)])
    assert told.pop(1) == Failure("3 workers were lost to it: ended by signal 9", crashed=True)
    assert told == {0: RESULT, 2: RESULT}
    assert scripted.trained.count(1) == TRIES


def test_a_wish_to_end_kills_what_is_under_way(scripted: Any) -> None:
    stop, told = Event(), []
    for asked, _ in Local(2).run([job(99), *map(job, range(3)), job(99)], lambda *_: None, stop):
        told.append(asked.seed)
        if len(told) == 3:
            stop.set()
    assert told == [0, 1, 2]
    assert scripted.living == 0


def test_whoever_closes_it_leaves_nothing_running(scripted: Any) -> None:
    ran = Local(2).run([job(0), job(99), job(99)], lambda *_: None, Event())
    assert next(ran)[0].seed == 0
    ran.close()
    assert scripted.living == 0


def test_a_disk_that_is_full_ends_it(scripted: Any) -> None:
    def keep(asked: Job, ending: Ending) -> None:
        raise Refused("the disk is full")

    with pytest.raises(Refused, match="the disk is full"):
        list(Local(1).run([job(0), job(1)], keep, Event()))
    assert scripted.living == 0


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(Refused, match="no worker can be started: No such file"):
        list(Local(1).run([job(0)], lambda *_: None, Event()))
