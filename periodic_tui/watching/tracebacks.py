"""Tracebacks of what a script raises, as if nobody watched it."""

from __future__ import annotations

import os
from types import TracebackType

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


def without_ours(error: BaseException) -> TracebackType | None:
    """The traceback of an exception without frames of ours; those of the exceptions behind it lose them, too."""
    _strip_behind(error, {id(error)})
    return _stripped(error.__traceback__)


def _strip_behind(error: BaseException, seen: set[int]) -> None:
    for behind in (error.__cause__, error.__context__):
        if behind is not None and id(behind) not in seen:
            seen.add(id(behind))
            behind.__traceback__ = _stripped(behind.__traceback__)
            _strip_behind(behind, seen)


def _stripped(trace: TracebackType | None) -> TracebackType | None:
    frames = []
    while trace:
        frames.append(trace)
        trace = trace.tb_next
    for each in reversed(frames):
        if not _is_ours(each):
            trace = TracebackType(trace, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return trace


def _is_ours(trace: TracebackType) -> bool:
    """Known by the file: `__name__` of the child's is `__main__`, as the script's."""
    return trace.tb_frame.f_code.co_filename.startswith(_FOLDER)
