"""What is put into torch to see training: hooks around the steps of all optimizers, and a wrapper of what computes
gradients. Between two looks they only count."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from periodic_tui.watching.hooks.by_hand import ByHand, parameters_of
from periodic_tui.watching.hooks.compiler import COMPILED, Hook, is_used, unless_translated
from periodic_tui.watching.hooks.leader import Leader
from periodic_tui.watching.hooks.looks import Looks
from periodic_tui.watching.hooks.step_losses import StepLosses
from periodic_tui.watching.hooks.when import When
from periodic_tui.watching.looking.functions import beside, in_transform, is_moded
from periodic_tui.watching.patches import wrap
from periodic_tui.watching.watcher import Watcher

SHARE = 0.01
"""Of the time that is spent on looking, judging and pictures."""
_EVERY_STEP = 3
"""Things that are put where every step passes: the last ones that are put."""
CAPTURED = "A CUDA graph is captured: the steps that it replays are not seen."


class Hooks:
    """Those of one process. They see the thread whose optimizer steps first."""

    def __init__(self, watcher: Watcher, share: float = SHARE, clock: Callable[[], float] = time.perf_counter) -> None:
        self.watcher, self.step = watcher, 0
        self._on = False
        self._when = When(share, clock)
        self._thread = get_ident()
        self._leader, self._by_hand, self._losses = Leader(), ByHand(), StepLosses()
        self._looks = Looks(watcher, self._when, self.fail)
        self._last: Callable[[], Optimizer | None] = _nobody
        self._quiet = False
        """Whether steps are only counted: what steps is the one that leads, once a step, and nothing is looked at."""
        self._stepping: Optimizer | None = None
        """The one that steps now."""
        self._backwards = self._inside = 0
        """Computations of gradients since the last step, and within the present one."""
        self._optimizes = False
        """Whether any optimizer has stepped."""
        self._within_backward = False
        self._undo: list[Callable[[], object]] = []

    # Putting and taking away.

    def install(self) -> Hooks:
        """Put the hooks."""
        _ALL.add(self)
        self._on = True
        self._await_forward = register_module_forward_pre_hook(self._at_forward)
        self._undo = [
            self._await_forward.remove,
            wrap(torch, "compile", self._around_compile),
            wrap(torch.amp.GradScaler, "scale", self._around_scale),
            *self._hook(),
        ]
        if is_used():
            self._leave_compiler_alone()
        return self

    def remove(self) -> None:
        """Take everything away: torch is as it was."""
        if self._on:
            self._guarded(self._tell_losses)
        self._on = self._quiet = False
        self._looks.forget()
        while self._undo:
            self._undo.pop()()
        self._leader, self._losses, self._stepping = Leader(), StepLosses(), None

    def fail(self, bug: Exception) -> None:
        """Something of our own went wrong: the script goes on unwatched."""
        self._on = self._quiet = False
        self._looks.stop()
        self.watcher.failed(bug)

    def _guarded(self, do: Callable[..., Any], *what: Any) -> None:
        try:
            do(*what)
        except Exception as bug:
            self.fail(bug)

    def _hook(self) -> list[Callable[[], object]]:
        """What is asked at every step; gives what takes it away."""
        before: Hook = self._before_step
        after: Hook = self._after_step
        if self._looks.compiled:
            before, after = unless_translated(before), unless_translated(after)
        return [
            wrap(torch.autograd, "_engine_run_backward", self._around_backward),
            register_optimizer_step_pre_hook(before).remove,
            register_optimizer_step_post_hook(after).remove,
        ]

    def _leave_compiler_alone(self) -> None:
        """Something is compiled: no hook or mode may be seen by it, nor may it compile what is ours."""
        if not self._looks.compiled:
            self._looks.compiled = True
            for _ in range(_EVERY_STEP):
                self._undo.pop()()
            self._undo += self._hook()
            self.watcher.cannot_see(COMPILED)

    @property
    def is_on(self) -> bool:
        """Whether anything is watched."""
        return self._on

    @property
    def _sees(self) -> bool:
        return self._on and get_ident() == self._thread

    # What the script tells.

    def name(self, model: nn.Module | None, optimizer: Optimizer | None, criterion: Any) -> None:
        """These are meant, whatever runs."""
        self._looks.name(model, criterion)
        if optimizer is not None:
            self._leader.prefer(optimizer)
            self._quiet = False

    def log(self, values: Mapping[str, Any]) -> None:
        """Values of the present step."""
        self._guarded(self.watcher.log, self.step, values)

    # What is wrapped.

    def _around_backward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def run_backward(outputs: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
            if self._within_backward or get_ident() != self._thread or not self._on:
                return original(outputs, *args, **kwargs)
            inputs = () if kwargs.get("accumulate_grad") else args[3]
            if inputs and not self._may_move_by(inputs):
                return original(outputs, *args, **kwargs)
            self._within_backward = True
            try:
                if not (self._quiet and self._losses.noted(outputs)):
                    self._guarded(self._before_backward, outputs, inputs)
                result = original(outputs, *args, **kwargs)
            finally:
                self._within_backward = False
                if self._looks.present:
                    self._looks.listening.rest(False)
            if self._looks.present and not self._optimizes:
                self._guarded(self._after_backward, outputs, inputs, result)
            return result

        return torch.compiler.disable(run_backward) if self._looks.compiled else run_backward

    def _may_move_by(self, inputs: Sequence[Any]) -> bool:
        """Whether gradients that are only given back, by some tensors, may be those that the script steps on."""
        return not self._optimizes and self._backwards == 0 and all(isinstance(each, Tensor) for each in inputs)

    def _around_compile(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def compile(*args: Any, **kwargs: Any) -> Any:
            self._looks.listening.stop()
            self._await_forward.remove()
            compiled = original(*args, **kwargs)
            self._leave_compiler_alone()
            return compiled

        return compile

    def _around_scale(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def scale(scaler: Any, outputs: Any) -> Any:
            result = original(scaler, outputs)
            if not torch.compiler.is_dynamo_compiling() and self._sees and scaler.is_enabled():
                self._guarded(self._losses.scaled, scaler._scale)
            return result

        return scale

    def _at_forward(self, module: nn.Module, args: Any) -> None:
        """The first step is looked at from the first module on that runs for gradients."""
        if torch.is_grad_enabled() and self._on:
            self._await_forward.remove()
            if self._looks.present is None and not self._optimizes:
                self._thread = get_ident()
                self._guarded(self._begin_look)
                self._looks.listening.entered(module, args)

    # What torch calls.

    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        if self._on and not self._quiet and (get_ident() == self._thread or not self._optimizes):
            self._stepping, self._inside = optimizer, 0
            if self._looks.present:
                self._looks.before_step(optimizer, self._backwards, _has_closure(args, kwargs))

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        if self._on and not self._optimizes:
            self._thread = get_ident()
        if self._on and get_ident() == self._thread:
            once = len(args) == 1 and not kwargs
            if self._quiet and once and optimizer is self._last():
                self.step = step = self.step + 1
                self._losses.step(step)
                self._backwards = 0
                if not self._when.is_idle(step):
                    self._guarded(self._step_in_full, False)
            else:
                self._stepping = None
                self._guarded(self._stepped, optimizer, once)

    # Gradients.

    def _before_backward(self, outputs: Sequence[Any], inputs: Sequence[Tensor]) -> None:
        if self._looks.present or not self._optimizes or is_moded():
            self._look_at_backward(outputs, inputs)
        elif not self._inside:
            self._losses.add(outputs)
        self._backwards += 1
        if self._stepping is not None:
            self._inside += 1

    def _look_at_backward(self, outputs: Sequence[Any], inputs: Sequence[Tensor]) -> None:
        if not (self._optimizes or self._stepping or in_transform()):
            with beside():
                moved = self._by_hand.moved(outputs, inputs)
            if moved:
                self._step(by_hand=True)
        if not self._inside and (not inputs or self._by_hand.is_certain):
            with beside():
                self._losses.add(outputs)
        if inputs:
            self._backwards -= 1
        self._looks.before_backward(outputs)

    def _after_backward(self, outputs: Sequence[Any], inputs: Sequence[Tensor], result: Any) -> None:
        """No optimizer has stepped yet: the script may be about to move the parameters itself."""
        assert self._looks.present
        if self._stepping is None:
            gradients = dict(zip(map(id, inputs), result, strict=True)) if inputs else {}
            self._looks.present.before_moves(parameters_of(outputs), gradients)

    # Steps.

    def _stepped(self, optimizer: Optimizer, once: bool) -> None:
        """`once`: it was given nothing that it might have called to compute gradients again."""
        if self._quiet and not once:
            self._losses.only_first()
        self._quiet = False
        self._looks.after_step(optimizer, self._inside)
        if optimizer is not self._last():
            self._last = weakref.ref(optimizer)
        self._optimizes, self._inside = True, 0
        if not self._leader.counts(optimizer):
            self._losses.forget()
            self._looks.resume()
            return
        if self._leader.changed:
            self._another(optimizer)
        self._step()
        self._quiet = once and self._on and self._looks.present is None

    def _another(self, optimizer: Optimizer) -> None:
        """Another optimizer counts the steps."""
        if self._leader.of_another_model:
            self._tell_losses()
            self._looks.forget(optimizer)
            self._when.again(self.step)
            self.watcher.anew()

    def _step(self, by_hand: bool = False) -> None:
        """A step is done."""
        self.step += 1
        self._losses.step(self.step)
        self._backwards = 0
        if self._looks.present or not self._when.is_idle(self.step):
            self._step_in_full(by_hand)

    def _step_in_full(self, by_hand: bool) -> None:
        started = self._when.now()
        self._tell_losses()
        if self._looks.present:
            self._looks.found(self.step, started, by_hand)
        if self._losses.captured:
            self.watcher.cannot_see(CAPTURED)
        if self._when.looks_at(self.step):
            self._begin_look()
        if self._when.ticks():
            self._show()
        self._when.plan(self.step)

    def _tell_losses(self) -> None:
        self.watcher.lost(self._losses.fetched())

    def _show(self) -> None:
        started = self._when.now()
        self.watcher.stepped(self.step, started - self._when.began, self._when.spent)
        self._when.showed(started)

    # Looks.

    def _begin_look(self) -> None:
        self._quiet = False
        self._looks.begin()


def install(watcher: Watcher, share: float = SHARE) -> Hooks:
    """Watch from now on, until the watcher is closed."""
    hooks = Hooks(watcher, share).install()
    watcher.on_close = hooks.remove
    return hooks


def _nobody() -> None:
    return None


def present() -> list[Hooks]:
    """Those that watch now."""
    return [hooks for hooks in _ALL if hooks.is_on]


def _has_closure(args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether the forward pass runs within the step."""
    return any(callable(each) for each in (*args[1:], *kwargs.values()))


_ALL: weakref.WeakSet[Hooks] = weakref.WeakSet()


def _in_child() -> None:
    """A process that was forked trains nothing that is watched here."""
    for hooks in list(_ALL):
        hooks.remove()


os.register_at_fork(after_in_child=_in_child)
