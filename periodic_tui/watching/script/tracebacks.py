"""Tracebacks of what a script raises, as if nobody watched it."""

from __future__ import annotations

import os
from types import TracebackType

_OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_DETOUR = os.path.join("torch", "overrides.py")
"""By which torch comes to us, and from us to the function once more that was called."""


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
    kept: list[TracebackType] = []
    came_back = False
    while trace:
        if _file_of(trace).startswith(_OURS):
            while kept and _file_of(kept[-1]).endswith(_DETOUR):
                kept.pop()
            came_back = True
        else:
            if came_back and kept and kept[-1].tb_frame.f_code is trace.tb_frame.f_code:
                kept.pop()
            kept.append(trace)
            came_back = False
        trace = trace.tb_next
    return _joined(kept)


def _joined(traces: list[TracebackType]) -> TracebackType | None:
    joined = None
    for each in reversed(traces):
        joined = TracebackType(joined, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return joined


def _file_of(trace: TracebackType) -> str:
    return trace.tb_frame.f_code.co_filename
