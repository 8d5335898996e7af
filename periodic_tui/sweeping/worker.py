"""Trains jobs in a process of its own: `python -m periodic_tui.sweeping.worker`.

It reads jobs from stdin, a line of JSON each, and answers each with one line. It ends when stdin is closed, so with its
parent, whatever it is at.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from queue import SimpleQueue

from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.result import Ending, Failure, to_json


def main() -> None:
    """Answer until stdin ends. Whatever else prints, prints to nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    lines = SimpleQueue[str]()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while True:
        print(to_json(ended(lines.get())), file=answers, flush=True)


def _read(lines: SimpleQueue[str]) -> None:
    """Hand on the lines of stdin, and end this process with them."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def ended(line: str) -> Ending:
    """How the job of that line ended."""
    from periodic_tui.sweeping.cell import train

    try:
        return train(Job.from_json(line))
    except Exception as failure:
        return Failure(f"a bug: {type(failure).__name__}", crashed=True, trace=traceback.format_exc())


if __name__ == "__main__":
    main()
