"""Builds one compiled step, in a process of its own: `python -m periodic_tui.engine.training.aot.worker`.

It reads one line of JSON, `{"experiment": …, "signature": …}`, from stdin, and answers with one line: `{}`, or
`{"reason": …}`. It ends when stdin is closed, so with its parent, and takes the compilers that it started with it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time

from periodic_tui.engine.errors import Unavailable


def main() -> None:
    """Answer one request. Whatever the compilers print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    request = sys.stdin.readline()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_build(request)), file=answers, flush=True)


def _end_with_parent() -> None:
    """Wait for the end of stdin, then end this process and its children."""
    os.read(0, 1)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _build(request: str) -> dict[str, str]:
    """Build what the request asks for and store it in the cache, unless somebody else has done so meanwhile; the reason
    where that cannot be."""
    started = time.perf_counter()
    try:
        os.nice(10)
        from periodic_tui.engine.experiment import Experiment
        from periodic_tui.engine.training.aot.cache import alone, building, find, store
        from periodic_tui.engine.training.aot.cache_key import Signature, key_of
        from periodic_tui.engine.training.aot.compiled import compile_step
        from periodic_tui.engine.training.own_module import run_again

        asked = json.loads(request)
        experiment = run_again(Experiment.model_validate(asked["experiment"]))
        signature = Signature.from_json(asked["signature"])
        key = key_of(experiment, signature)
        with alone(key), building() as folder:
            if find(key) is None:
                compile_step(folder, experiment, signature)
                store(key, list(folder.glob("*.so")), time.perf_counter() - started)
    except Unavailable as reason:
        return {"reason": str(reason)}
    except Exception as failure:  # whatever torch's compiler raises: the user trains eagerly and is told
        return {"reason": one_line(failure)}
    return {}


def one_line(failure: Exception) -> str:
    """What it says first; of a compiler's output, the first error that is in it."""
    lines = str(failure).strip().splitlines()
    errors = [line for line in lines if re.search(r"\berror: ", line)]
    told = (errors or lines or [""])[0].strip()[:200]
    return f"{type(failure).__name__}: {told}" if told else type(failure).__name__


if __name__ == "__main__":
    main()
