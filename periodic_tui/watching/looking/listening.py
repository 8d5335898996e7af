"""The hooks that are there while a step is looked at: around modules, and around functions of torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from periodic_tui.watching.looking.functions import Functions


class Listener(Protocol):
    """Is told what runs. Never raises."""

    @property
    def is_too_long(self) -> bool:
        """Whether it has heard enough."""

    def entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is about to run."""

    def left(self, module: nn.Module, result: Any) -> None:
        """It has run."""

    def calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A function is about to run; what is to be given to `called`, or None."""

    def called(self, name: str, told: Any, result: Any) -> None:
        """It has run."""


class Listening:
    """Of one thread: calls in others pass."""

    def __init__(self) -> None:
        self._to: Listener | None = None
        self._thread = 0
        self._fast = 0
        """Depth in modules that must not find a function mode."""
        self._functions = Functions(self._calling, self._called)
        self._remove: list[Callable[[], object]] = []

    def start(self, to: Listener) -> None:
        """Tell all that runs in this thread from now on."""
        self._to, self._thread, self._fast = to, threading.get_ident(), 0
        if not self._remove:
            hooks = register_module_forward_pre_hook(self.entered), register_module_forward_hook(self._left)
            self._remove = [hook.remove for hook in hooks]
        self._functions.enter()

    def stop(self) -> None:
        """No longer, and leave nothing behind: where that cannot be now, the next module that runs brings it about."""
        self._to = None
        if self._functions.leave():
            while self._remove:
                self._remove.pop()()

    def rest(self, resting: bool) -> None:
        """Whether what runs is no part of a forward pass."""
        self._functions.asleep = resting or self._to is None or self._fast > 0

    @property
    def _hears(self) -> bool:
        return not self._functions.asleep and threading.get_ident() == self._thread

    def entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is about to run."""
        if threading.get_ident() != self._thread:
            return
        if self._to is None or self._to.is_too_long:
            self.stop()
            return
        if self._hears:
            self._to.entered(module, args)
        if _has_fast_path(module):
            self._fast += 1
            self._functions.leave()

    def _left(self, module: nn.Module, args: tuple[Any, ...], result: Any) -> None:
        if threading.get_ident() != self._thread or self._to is None:
            return
        if self._fast and _has_fast_path(module):
            self._fast -= 1
            if not self._fast:
                self._functions.enter()
        if self._hears:
            self._to.left(module, result)

    def _calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._to.calling(name, args, kwargs) if self._to is not None and self._hears else None

    def _called(self, name: str, told: Any, result: Any) -> None:
        if self._to is not None:
            self._to.called(name, told, result)


def _has_fast_path(module: nn.Module) -> bool:
    """Whether it would run otherwise while a function mode is there: torch's own transformer layers do when they
    evaluate."""
    return isinstance(module, _FAST) and not module.training


_FAST = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)
