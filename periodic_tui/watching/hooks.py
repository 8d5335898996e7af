"""What is put into torch to see training: hooks around the steps of all optimizers and a wrapper of backward. Between
two looks they only count."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.watching.look import Looking
from periodic_tui.watching.watcher import Watcher

SHARE = 0.02
"""Of the time that is spent on looking, judging and pictures."""
_CREDIT, _APART = 0.15, 1.25
"""Seconds that may be spent beforehand, so that short trainings are seen as well: on steps that are so many times as
far from the beginning as those before them."""
_TICK = 0.25
"""Seconds between two times that the watcher may take a picture."""
_PENDING = 1000
"""Losses that stay on another device before they are fetched."""


class Hooks:
    """The hooks of one process; they see the thread whose optimizer steps first."""

    def __init__(self, watcher: Watcher, share: float = SHARE, clock: Callable[[], float] = time.perf_counter) -> None:
        self.watcher, self.budget, self._clock = watcher, Budget(share, clock), clock
        self.step = 0
        self.on = False
        self._thread = threading.get_ident()
        self._main: weakref.ref[Optimizer] | None = None
        self._known: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        self._stepping: Optimizer | None = None
        self._backwards = self._inside = 0
        self._nested = False
        self._losses: list[Any] = []
        self._pending: list[tuple[int, Tensor]] = []
        self._look: Looking | None = None
        self._tick, self._early = 0.0, 0.0
        self._began = clock()
        self._undo: list[Callable[[], object]] = []

    # Putting and taking away.

    def install(self) -> Hooks:
        """Put the hooks."""
        self.on, self._began = True, self._clock()
        self._undo = [
            register_optimizer_step_pre_hook(self._before_step).remove,
            register_optimizer_step_post_hook(self._after_step).remove,
            self._wrap(torch.autograd, "backward", self._around_backward),
            self._first_forward(),
        ]
        return self

    def remove(self) -> None:
        """Take everything away again: torch is as it was."""
        self.on = False
        self._stop_looking()
        while self._undo:
            self._undo.pop()()
        self._main, self._stepping, self._losses = None, None, []
        self._pending.clear()

    def _wrap(
        self, owner: Any, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> Callable[[], None]:
        """Put a wrapper in the place of a function, and give what takes it away, unless it is wrapped once more."""
        original = getattr(owner, name)
        wrapper = wraps(original)(around(original))
        setattr(owner, name, wrapper)

        def undo() -> None:
            if getattr(owner, name) is wrapper:
                setattr(owner, name, original)

        return undo

    def _first_forward(self) -> Callable[[], None]:
        """Look from the first module on that runs."""

        def began(module: Any, args: Any) -> None:
            handle.remove()
            if self.on and self._look is None and self.step == 0:
                self._begin_look()

        handle = register_module_forward_pre_hook(began)
        return handle.remove

    # What torch calls.

    def _around_backward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            if self._nested or not self.on or threading.get_ident() != self._thread:
                return original(tensors, *args, **kwargs)
            self._guarded(self._before_backward, tensors)
            self._nested = True
            try:
                return original(tensors, *args, **kwargs)
            finally:
                self._nested = False
                if self._look:
                    self._look.rest(False)

        return backward

    def _before_backward(self, tensors: Any) -> None:
        if self._stepping is None or not self._inside:
            self._losses.append(_number(tensors))
        self._backwards += 1
        self._inside += self._stepping is not None
        if self._look:
            self._look.before_backward(list(self._known))

    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        if self.on and threading.get_ident() == self._thread:
            self._stepping, self._inside = optimizer, 0
            if self._look:
                self._look.before_step(optimizer, self._backwards)

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        if self.on and threading.get_ident() == self._thread:
            self._guarded(self._stepped, optimizer)
            self._stepping = None

    def _guarded(self, do: Callable[..., Any], *what: Any) -> None:
        try:
            do(*what)
        except Exception as bug:
            self.fail(bug)

    def fail(self, bug: Exception) -> None:
        """Something of our own went wrong: the script goes on unwatched."""
        self.on = False
        self._stop_looking()
        self.watcher.failed(bug)

    # One step.

    def _stepped(self, optimizer: Optimizer) -> None:
        if self._look:
            self._look.after_step(optimizer, self._inside)
        if self._main is None:
            self._main = weakref.ref(optimizer)
        self._known.add(optimizer)
        if self._main() is not optimizer:
            self._losses.clear()
            return
        self.step += 1
        self._lost()
        now = self._clock()
        if self._look:
            self._looked(now)
        if self._is_due(now):
            self._begin_look()
        if now >= self._tick:
            self._tick = now + _TICK
            with self.budget.spend():
                self.watcher.stepped(self.step, now - self._began)

    def _is_due(self, now: float) -> bool:
        """Whether the next step is to be looked at; the first two are."""
        early = self.step >= self._early and self.budget.credit(_CREDIT) > 0
        if early:
            self._early = self.step * _APART
        return early or now >= self.budget.due

    def _lost(self) -> None:
        if self._losses:
            self.watcher.lost(self.step, sum(self._losses))
        self._losses.clear()
        self._backwards = 0

    def _begin_look(self) -> None:
        self._look = Looking(self.fail, forward=True)
        self._look.begin()

    def _stop_looking(self) -> None:
        if self._look:
            self._look.end()
        self._look = None

    def _looked(self, now: float) -> None:
        looking = self._look
        assert looking
        loss = self.watcher.last_loss
        started = self._clock()
        found = looking.found(self.step, now - self._began, loss, list(self._known))
        self._stop_looking()
        if found:
            self.watcher.saw(found)
        self.budget.took(started - looking.spent, self._clock())


def _number(tensors: Any) -> float:
    tensor = tensors if isinstance(tensors, Tensor) else tensors[0]
    return float(tensor.detach())


def install(watcher: Watcher, share: float = SHARE) -> Hooks:
    """Watch from now on, until the watcher is closed."""
    hooks = Hooks(watcher, share).install()
    watcher.on_close = hooks.remove
    return hooks
