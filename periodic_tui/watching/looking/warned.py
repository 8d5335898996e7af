"""Warnings of torch that name the script's own line, although a call has gone through ours."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from torch.overrides import handle_torch_function

from periodic_tui.watching.patches import wrap


def by_their_callers(ours: CodeType) -> Callable[[], None]:
    """Let warnings tell of the line that they would without frames of that code; gives what ends that."""

    def around(original: Callable[..., Any]) -> Callable[..., Any]:
        def warn(message: Any, category: Any = None, stacklevel: int = 1, *more: Any, **options: Any) -> None:
            level = 1 + stacklevel + _passed_over(sys._getframe(1), stacklevel, ours)
            original(message, category, level, *more, **options)

        return warn

    return wrap(warnings, "warn", around)


def _passed_over(frame: FrameType | None, stacklevel: int, ours: CodeType) -> int:
    """Frames below that level that are there because of ours: it, and how torch comes to it from a function in Python,
    which is then called once more."""
    passed = 0
    for _ in range(stacklevel - 1):
        frame = frame.f_back if frame else None
        if frame is None or frame.f_code is not ours:
            continue
        frame, passed = frame.f_back, passed + 1
        if frame is not None and frame.f_code is handle_torch_function.__code__:
            again = frame.f_back
            frame, passed = again.f_back if again else None, passed + 2
    return passed
