"""The engine of a cluster: cells as tasks of Ray. Nothing else of the program knows Ray."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording import lock
from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.sweeping.job import Job, Keep, Run
from periodic_tui.sweeping.result import Ending, Failure, from_json, to_json
from periodic_tui.sweeping.worker import ended

RETRIES = 2
"""Times that a cell is begun again after its worker was lost."""
_AT_ONCE = 1_000
"""Tasks that are handed to the cluster and not yet done."""
_LOOK = 0.1
"""Seconds between two looks at the wish to end."""
_MEMORY = 80 << 20
"""Bytes of a local cluster's object store, about the least that Ray takes: results are a few hundred bytes."""
SHORT, FOLDER = "/tmp", "periodic-ray-"
"""Where a local cluster has its sockets, whose paths must be short."""


class OnRay:
    """Trains on a cluster: `ray` begins one on this machine, which is gone afterwards; `ray://HOST:PORT` is there."""

    def __init__(self, address: str, workers: int | None = None) -> None:
        """`workers`: cells at once on a cluster of this machine. Raises Refused where Ray is not installed."""
        self._address = address if address.startswith("ray://") else None
        _prepare(own=self._address is None)
        try:
            import ray
        except ImportError:
            raise Refused("--on ray: Ray is not installed; pip install 'periodic-tui[ray]'") from None
        self._ray: Any = ray
        if self._address and workers:
            raise Refused("--workers: a cluster has as many as it has")
        self._workers = workers or usable_cores()

    def run(self, jobs: Sequence[Job], keep: Keep, stop: Event) -> Run:
        """As `Engine` says; a cluster on this machine takes a second or two to end."""
        ray, waiting = self._ray, iter(jobs)
        with self._connected(self._address) if self._address else self._begun():
            task = ray.remote(num_cpus=1, max_retries=RETRIES)(answer)
            under_way: dict[Any, Job] = {}
            try:
                while not stop.is_set():
                    for job in islice(waiting, _AT_ONCE - len(under_way)):
                        under_way[task.remote(job.to_json())] = job
                    if not under_way:
                        return
                    for done in ray.wait(list(under_way), num_returns=1, timeout=_LOOK)[0]:
                        job = under_way.pop(done)
                        ending = self._ending(done)
                        keep(job, ending)
                        yield job, ending
            finally:
                for each in under_way:
                    with suppress(Exception):  # the cluster may be gone
                        ray.cancel(each, force=True)

    def _ending(self, done: Any) -> Ending:
        """How a task ended. Raises Refused where the cluster is gone, or knows nothing of this program."""
        errors = self._ray.exceptions
        try:
            return from_json(self._ray.get(done))
        except errors.RayTaskError as failure:
            if "ModuleNotFoundError" in str(failure):
                raise Refused(f"{self._address}: its workers lack this program; install it there, too") from None
            raise
        except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError) as failure:
            return Failure(f"{RETRIES + 1} workers were lost to it: {type(failure).__name__}", crashed=True)
        except (errors.RayError, ConnectionError) as failure:
            raise Refused(f"the cluster is gone: {str(failure).splitlines()[0]}") from None

    @contextmanager
    def _connected(self, address: str) -> Iterator[None]:
        """While this process is connected to a cluster. Raises Refused where there is none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the refusal says
                self._ray.init(address, logging_level="ERROR", log_to_driver=False)
        except Exception as failure:  # whatever Ray's client raises
            reason = (str(failure).splitlines() or [type(failure).__name__])[0]
            raise Refused(f"--on {address}: {reason}") from None
        try:
            yield
        finally:
            self._ray.shutdown()

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """While there is a cluster of this process's own."""
        root = Path(SHORT if os.path.isdir(SHORT) else tempfile.gettempdir())
        _remove_leftovers(root)
        folder = tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-", dir=root)
        try:
            with _handlers(), _importable():
                self._ray.init(
                    num_cpus=self._workers, include_dashboard=False, logging_level="ERROR", log_to_driver=False,
                    object_store_memory=_MEMORY, _temp_dir=folder,
                )  # fmt: skip
            yield
        finally:
            self._ray.shutdown()
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(own: bool) -> None:
    """What Ray reads when it is imported. A cluster of our own gets a secret of its own, which Ray would otherwise
    write into the user's home."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if own and "RAY_AUTH_MODE" not in os.environ:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def answer(line: str) -> str:
    """What a worker of the cluster does with a job."""
    return to_json(ended(line))


def _remove_leftovers(root: Path) -> None:
    """Remove the folders of processes that were killed; their clusters have ended with them."""
    for folder in root.glob(f"{FOLDER}*-*"):
        pid = folder.name.removeprefix(FOLDER).partition("-")[0]
        if pid.isdigit() and not lock.lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _handlers() -> Iterator[None]:
    """Ray puts a handler of its own in the place of ours."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _importable() -> Iterator[None]:
    """What begins now finds this package."""
    package, before = str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (package, before)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
