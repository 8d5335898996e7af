"""Living beside torch's compiler: it sees no hook, and compiles nothing of ours."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer

Hook = Callable[[Optimizer, Any, Any], None]
"""Of an optimizer's step."""
COMPILED = "torch.compile is used: what layers and losses hold within compiled code is not seen."
COMPILED_STEPS = "Steps within compiled code are not seen: each computation of gradients counts as one."


def unless_translated(hook: Hook) -> Hook:
    """Where a step is not taken, but translated by the compiler, there is no hook; where it is, nothing of it is
    compiled."""
    run = torch.compiler.disable(hook)

    def unless_translated(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        if not torch.compiler.is_dynamo_compiling():
            run(optimizer, args, kwargs)

    return unless_translated


def is_used() -> bool:
    """Whether something was compiled already."""
    frames = sys.modules.get("torch._dynamo.eval_frame")
    return any(backend is not None for backend in getattr(frames, "cached_backends", {}).values())
