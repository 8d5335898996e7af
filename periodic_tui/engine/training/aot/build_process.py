"""A build in the background, as its parent sees it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot import program
from periodic_tui.engine.training.aot.cache import build_seconds, compiler_folder
from periodic_tui.engine.training.aot.cache_key import Signature

LIMIT = 300.0
"""Seconds that a build may take."""
USUAL = 25.0
"""Seconds that a build usually takes."""


def obstacle(experiment: Experiment) -> str | None:
    """Why no compiled step can be built for this experiment on this machine; None if it can."""
    if not isinstance(experiment.optimizer, ElementWise):
        return f"torch keeps the state of {experiment.optimizer.kind}, which therefore runs on the eager engine only"
    if experiment.training.sampling == "epochs" and experiment.training.batch_size:
        return "a compiler takes minutes for the order of an epoch, which therefore runs on the eager engine only"
    return missing()


def missing() -> str | None:
    """What this machine lacks for building, and how to get it; None if it is all there."""
    if sys.platform not in ("linux", "darwin"):
        return f"no step can be compiled on {sys.platform}"
    if not program.supported():
        return f"expected torch {', '.join(program.HOLDS_FOR)}"
    if compiler() is None:
        return "no C++ compiler; install g++ (Debian: apt install g++; macOS: xcode-select --install)"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "no Python.h; install Python's headers (Debian: apt install python3-dev)"
    return None


def compiler() -> str | None:
    """Path of the C++ compiler that torch would use."""
    return shutil.which(os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++"))


class Build:
    """One build under way. It ends with this process, by `cancel`, or when its time is over."""

    def __init__(self, experiment: Experiment, signature: Signature, limit: float = LIMIT) -> None:
        if reason := obstacle(experiment):
            raise Unavailable(reason)
        self._limit = limit
        now = time.monotonic()
        self._end, self._expected = now + limit, now + (build_seconds() or USUAL)
        try:
            self._process = _started()
        except OSError as failure:  # no memory, no interpreter, too many open files
            raise Unavailable(f"no build can be started: {failure.strerror}") from None
        request = {"experiment": experiment.model_dump(mode="json", exclude={"init"}), "signature": asdict(signature)}
        # A process that never reads would block the writing of a long request.
        threading.Thread(target=self._ask, args=(json.dumps(request).encode(),), daemon=True).start()

    def _ask(self, request: bytes) -> None:
        assert self._process.stdin
        with suppress(OSError, ValueError):  # it has ended, or was cancelled, already
            self._process.stdin.write(request + b"\n")
            self._process.stdin.flush()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not, or its time is over."""
        return self._process.poll() is not None or time.monotonic() >= self._end

    @property
    def left(self) -> float:
        """Seconds that it may take yet, if it takes as long as the newest one has; 0 where it takes longer."""
        return max(0.0, self._expected - time.monotonic())

    def finish(self) -> None:
        """Wait for the end. Raises Unavailable with the reason where nothing was built."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self._end - time.monotonic()))
        late = self._process.poll() is None
        self._kill()
        answer = self._process.communicate()[0]
        if late:
            raise Unavailable(f"the build took longer than {self._limit:g} s")
        try:
            reason = json.loads(answer).get("reason")
        except ValueError:
            raise Unavailable("the build ended without an answer") from None
        if reason:
            raise Unavailable(f"the build failed: {reason}")

    def cancel(self) -> None:
        """End it now, with the compilers that it started; nobody waits until they are gone."""
        self._kill()
        threading.Thread(target=self._process.communicate, daemon=True).start()

    def _kill(self) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _started() -> subprocess.Popen[bytes]:
    folder = str(compiler_folder())
    own = {"TORCHINDUCTOR_CACHE_DIR": folder, "TMPDIR": folder, "PYTHONPATH": str(Path(__file__).parents[4])}
    single = {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "periodic_tui.engine.training.aot.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **own, **single},
        start_new_session=True,
    )
