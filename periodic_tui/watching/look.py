"""Looking at one step of somebody's training: hooks and a function mode that are there for that step alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.optim import Optimizer

from periodic_tui.watching.findings import Look, Values
from periodic_tui.watching.looking.forward import Forward
from periodic_tui.watching.looking.functions import Functions, in_transform
from periodic_tui.watching.looking.layers import own_name
from periodic_tui.watching.looking.names import Names
from periodic_tui.watching.looking.optimizers import Stepping, gradients_cleared, held_by
from periodic_tui.watching.looking.parameters import Measured, still


class Looking:
    """One step that is looked at, from the end of the step before it to its own. It belongs to the thread that makes
    it, and lets calls in others pass."""

    def __init__(self, failed: Callable[[Exception], None], forward: bool) -> None:
        """`failed` is told what went wrong here; `forward`: whether layers and losses can be seen."""
        self.spent = 0.0
        """Seconds that looking has taken of the script's so far."""
        self.forward = Forward()
        self._sees, self._failed = forward, failed
        self._thread, self._ended, self._resting = threading.get_ident(), False, False
        self._stepping: dict[int, Stepping] = {}
        self._cleared: dict[int, bool] = {}
        self._mode = Functions(self._calling, self._called)
        self._handles: list[Any] = []

    def begin(self) -> None:
        """Put the hooks."""
        if self._sees:
            self._handles = [register_module_forward_pre_hook(self._entered), register_module_forward_hook(self._left)]
            self._mode.enter()

    def end(self) -> None:
        """Take them away. Not from within the mode itself."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._mode.leave()
        self._ended = True

    def rest(self, resting: bool) -> None:
        """Whether what runs now is no part of a forward pass."""
        self._resting = self._mode.asleep = resting

    # What is told.

    def _entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._resting:
            return
        if _has_fast_path(module):
            self._mode.leave()
        self._ours(self.forward.entered, module, args)

    def _left(self, module: nn.Module, args: tuple[Any, ...], result: Any) -> None:
        if self._resting:
            return
        self._ours(self.forward.left, module, result)
        if _has_fast_path(module) and not self._ended:
            self._mode.asleep = False
            self._mode.enter()

    def _calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._ours(self.forward.calling, name, args, kwargs)

    def _called(self, name: str, told: Any, result: Any) -> None:
        self._ours(self.forward.called, name, told, result)

    def before_backward(self, known: Sequence[Optimizer]) -> None:
        """Gradients are about to be computed: of these optimizers, which have stepped, are they cleared?"""
        self._ours(self._see_cleared, known)
        self.rest(True)

    def _see_cleared(self, known: Sequence[Optimizer]) -> None:
        for optimizer in known:
            cleared = gradients_cleared(optimizer)
            if cleared is not None:
                self._cleared[id(optimizer)] = self._cleared.get(id(optimizer), False) or cleared

    def before_step(self, optimizer: Optimizer, backwards: int) -> None:
        """It is about to step."""
        self._ours(self._before_step, optimizer, backwards)

    def _before_step(self, optimizer: Optimizer, backwards: int) -> None:
        stepping = self._stepping[id(optimizer)] = Stepping(optimizer)
        stepping.cleared, stepping.backwards = self._cleared.get(id(optimizer)), backwards

    def after_step(self, optimizer: Optimizer, inside: int) -> None:
        """It has stepped; `inside`: how often gradients were computed meanwhile."""
        self._ours(self._after_step, optimizer, inside)

    def _after_step(self, optimizer: Optimizer, inside: int) -> None:
        if stepping := self._stepping.get(id(optimizer)):
            stepping.backwards += inside
            stepping.stepped(inside > 0)

    def found(self, step: int, seconds: float, loss: float, known: Sequence[Optimizer]) -> Look | None:
        """All that was found; None where nothing can be said. `known`: the optimizers that have stepped ever."""
        look = self._ours(self._found, step, seconds, loss, known)
        return look if isinstance(look, Look) else None

    def _found(self, step: int, seconds: float, loss: float, known: Sequence[Optimizer]) -> Look:
        names = Names([model for each in self.forward.models.values() if (model := each()) is not None])
        for run in self.forward.runs.values():
            if run.module and (module := run.module()) is not None:
                names.add(module)
        figures = self._figures(names)
        held = frozenset(id(each) for optimizer in known for each in held_by(optimizer))
        given = [
            each
            for key, each in names.of.items()
            if each.requires_grad and figures[key].gradient == figures[key].gradient
        ]
        values = self.forward.input.values() if self.forward.input else Values()
        return Look(
            step,
            seconds,
            loss,
            values.shape[0] if values.shape else 0,
            tuple(each.look(own_name(each, names.modules), figures, held) for each in self.forward.runs.values()),
            tuple(each.look() for each in self.forward.losses),
            tuple(each.look(names.of_parameter, self._is_foreign(each, given)) for each in self._stepping.values()),
            values,
            self.forward.output.values() if self.forward.output else Values(),
            names.described,
            tuple(names.of_parameter(each) for each in given if id(each) not in held),
        )

    def _figures(self, names: Names) -> dict[int, Measured]:
        figures = {key: each for stepping in self._stepping.values() for key, each in stepping.figures.items()}
        return figures | {key: still(each) for key, each in names.of.items() if key not in figures}

    def _is_foreign(self, stepping: Stepping, given: Sequence[Tensor]) -> bool:
        mine = [stepping.figures.get(id(each), Measured()).gradient for each in stepping.parameters]
        return bool(given) and not any(each == each for each in mine)

    def _ours(self, tell: Callable[..., Any], *what: Any) -> Any:
        """Our own work: timed, beside autograd, and of no effect on the script whatever happens."""
        if self._ended or threading.get_ident() != self._thread or in_transform():
            return None
        started = time.perf_counter()
        try:
            self.forward.grows = torch.is_grad_enabled()
            with torch.no_grad(), torch._C.DisableTorchFunction():
                return tell(*what)
        except Exception as bug:
            self._ended = self._mode.asleep = True
            self._failed(bug)
        finally:
            self.spent += time.perf_counter() - started
        return None


def _has_fast_path(module: nn.Module) -> bool:
    """Whether it would run otherwise while a function mode is there: torch's own transformer layers do when they
    evaluate."""
    return isinstance(module, _FAST) and not module.training


_FAST = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)
