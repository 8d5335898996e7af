"""Every call of a function of torch during the step that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch._C import _len_torch_function_stack
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack
from torch.overrides import _pop_mode as pop
from torch.overrides import _push_mode as push
from torch.utils._device import DeviceContext
from torch.utils._python_dispatch import _disable_current_modes

from periodic_tui.watching.looking.warned import by_their_callers

Call = Callable[..., Any]


class Functions(TorchFunctionMode):
    """Tells of each call before and after it; what it tells to never raises.

    It lies at the bottom of the stack of modes (above the one that chooses the device, which has to be there), so that
    whoever leaves a mode of his own takes that one off, whenever it was entered.
    """

    def __init__(
        self, before: Callable[[str, Sequence[Any], Mapping[str, Any]], Any], after: Callable[[str, Any, Any], None]
    ) -> None:
        super().__init__()
        self._before, self._after = before, after
        self.asleep = False
        self._within = 0
        self._as_before: Callable[[], None] | None = None

    def __torch_function__(self, func: Call, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = "" if self.asleep else getattr(func, "__name__", "")
        self._within += 1
        try:
            if name in _QUIET or not name:
                return func(*args, **kwargs)
            told = self._before(name, args, kwargs)
            result = func(*args, **kwargs)
            if told is not None:
                self._after(name, told, result)
            return result
        finally:
            self._within -= 1

    def enter(self) -> None:
        """Be told from now on."""
        self.asleep = False
        if self._within == 0 and self not in _get_current_function_mode_stack():
            above = [pop() for _ in range(_len_torch_function_stack())]
            if above and isinstance(above[-1], DeviceContext):
                push(above.pop())
            for mode in (self, *reversed(above)):
                push(mode)
            self._as_before = self._as_before or by_their_callers(type(self).__torch_function__.__code__)

    def leave(self) -> bool:
        """No longer, wherever it lies by now. False where this is within a call: torch would put it back, so it only
        sleeps, and has to leave later."""
        self.asleep = True
        if self in _get_current_function_mode_stack():
            modes = [pop() for _ in range(_len_torch_function_stack())]
            for mode in reversed(modes):
                if mode is not self:
                    push(mode)
        if self._as_before:
            self._as_before()
            self._as_before = None
        return self._within == 0


_QUIET = frozenset(
    ("__get__", "__set__", "size", "dim", "numel", "item", "tolist", "backward", "stride", "__len__", "__bool__",
     "__format__", "__repr__", "__hash__", "register_hook", "requires_grad_", "is_floating_point", "data_ptr",
     "element_size", "nelement", "ndimension", "storage_offset", "is_contiguous", "__int__", "__float__", "numpy",
     "is_complex", "__iter__")
)  # fmt: skip
"""What makes no tensor anew."""


def in_transform() -> bool:
    """Whether torch traces, transforms or captures what is computed now: nothing may be computed beside it."""
    return (
        torch._C._get_tracing_state() is not None
        or torch._C._functorch.peek_interpreter_stack() is not None
        or is_captured()
    )


def is_captured() -> bool:
    """Whether what is computed now becomes part of a CUDA graph."""
    return torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing()


def is_moded() -> bool:
    """Whether a mode of the script is told of every operation."""
    return torch._C._len_torch_dispatch_stack() > 0


@contextmanager
def beside() -> Iterator[None]:
    """What is computed here is none of the script's: no gradient flows, and no mode of the script is told."""
    with torch.no_grad(), torch._C.DisableTorchFunction():
        if is_moded():
            with _disable_current_modes():
                yield
        else:
            yield
