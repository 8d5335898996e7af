"""The engine of one machine: worker processes, each of which trains one cell after another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.plural import counted
from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.sweeping.job import Job, Keep, Run
from periodic_tui.sweeping.result import Ending, Failure, from_json

TRIES = 3
"""Workers that may be lost to one cell before it counts as failed."""
_LOOK = 0.1
"""Seconds between two looks at the wish to end."""


class Local:
    """Trains on this machine's processor; `workers` processes, by default one for each core that may be used."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or usable_cores()

    def run(self, jobs: Sequence[Job], keep: Keep, stop: Event) -> Run:
        """As `Engine` says."""
        waiting, told = deque(jobs), SimpleQueue[tuple[Job, Ending] | Exception]()
        hands = [_Hand(waiting, told, keep) for _ in range(min(self.workers, len(jobs)))]
        try:
            for hand in hands:
                hand.start()
            left = len(jobs)
            while left and not stop.is_set():
                with suppress(Empty):
                    news = told.get(timeout=_LOOK)
                    if isinstance(news, Exception):
                        raise news
                    left -= 1
                    yield news
        finally:
            for hand in hands:
                hand.end()
            for hand in hands:
                hand.join()


class _Hand(Thread):
    """Gives jobs to one worker, and takes another one where that is lost."""

    def __init__(self, waiting: deque[Job], told: SimpleQueue[tuple[Job, Ending] | Exception], keep: Keep) -> None:
        super().__init__(daemon=True)
        self._waiting, self._told, self._keep = waiting, told, keep
        self._worker: Worker | None = None
        self._over = False

    def run(self) -> None:
        try:
            while not self._over and self._waiting:
                with suppress(IndexError):  # another one was faster
                    self._train(self._waiting.popleft())
        except Exception as failure:  # the one who waits raises it
            self._told.put(failure)
        finally:
            self.end()

    def _train(self, job: Job) -> None:
        ending = self._ending(job)
        if not self._over or not isinstance(ending, Failure):
            self._keep(job, ending)
            self._told.put((job, ending))

    def _ending(self, job: Job) -> Ending:
        """How it ended, with as many workers as may be lost to it. Raises Refused."""
        lost = ""
        for _ in range(TRIES):
            self._worker = self._worker or Worker()
            if self._over:  # looked at once the worker is there to be killed
                break
            if ending := self._worker.train(job):
                return ending
            lost, self._worker = self._worker.end(), None
        return Failure(f"{counted(TRIES, 'worker')} were lost to it: {lost}", crashed=True)

    def end(self) -> None:
        """Kill the worker; from any thread."""
        self._over = True
        if worker := self._worker:
            worker.end()


class Worker:
    """A process that trains. It ends with this one."""

    def __init__(self) -> None:
        """Raises Refused where none can be started."""
        package = str(Path(__file__).parents[2])
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "periodic_tui.sweeping.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "PYTHONPATH": package, "OMP_NUM_THREADS": "1"},
                start_new_session=True,
            )
        except OSError as failure:
            raise Refused(f"no worker can be started: {failure.strerror}") from None

    def train(self, job: Job) -> Ending | None:
        """How the job ended; None where the worker was lost."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(job.to_json() + "\n")
            self._process.stdin.flush()
            return from_json(self._process.stdout.readline())
        except (OSError, ValueError, TypeError, KeyError):  # half a line, too, is none
            return None

    def end(self) -> str:
        """Kill it; returns how it had ended, if it had."""
        code = self._process.poll()
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        return "killed" if code is None else f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
