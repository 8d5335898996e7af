"""Looks at steps, one at a time: what is listened to meanwhile, and what is said of it in the end."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from torch.optim import Optimizer

from periodic_tui.watching.hooks.compiler import COMPILED, COMPILED_STEPS
from periodic_tui.watching.hooks.when import When
from periodic_tui.watching.looking.known_models import KnownModels
from periodic_tui.watching.looking.listening import Listening
from periodic_tui.watching.looking.look import Looking
from periodic_tui.watching.watcher import Watcher

BY_HAND = "No optimizer of torch steps: each computation of gradients counts as a step."
ELSEWHERE = "No layer ran in the thread that trains: what layers hold is not seen."


class Looks:
    """Those of one training, handed to the watcher; whatever goes wrong in one is told to `failed`."""

    def __init__(self, watcher: Watcher, when: When, failed: Callable[[Exception], None]) -> None:
        self._watcher, self._when, self._failed = watcher, when, failed
        self._models = KnownModels()
        self._known: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        """The optimizers that have stepped."""
        self.listening = Listening()
        self.present: Looking | None = None
        """That under way."""
        self.compiled = False
        """Whether something is compiled: layers are not listened to."""

    def name(self, model: nn.Module | None, criterion: Any) -> None:
        """These are meant, whatever runs."""
        if model is not None:
            self._models.name(model)
        if isinstance(criterion, nn.Module):
            self._models.criteria.add(criterion)

    def begin(self) -> None:
        """Look at what comes."""
        self.present = Looking(self._models, self._failed)
        self.resume()

    def resume(self) -> None:
        """Listen again, where something is looked at."""
        if self.present and not self.compiled:
            self.listening.start(self.present)

    def stop(self) -> None:
        """Look no longer."""
        self.listening.stop()
        self.present = None

    def forget(self, *optimizers: Optimizer) -> None:
        """Another training begins, of which these have stepped; or none."""
        self.stop()
        self._models, self._known = KnownModels(), weakref.WeakSet(optimizers)

    # What happens meanwhile, whether anything is looked at or not.

    def before_step(self, optimizer: Optimizer, backwards: int, forward: bool) -> None:
        """An optimizer is about to step, after so many computations of gradients; `forward`: layers run within."""
        if self.present:
            if not forward:
                self.listening.stop()
            self.present.before_step(optimizer, backwards)

    def after_step(self, optimizer: Optimizer, inside: int) -> None:
        """It has stepped; `inside`: computations of gradients meanwhile."""
        if self.present:
            self.present.after_step(optimizer, inside)
        self._known.add(optimizer)

    def before_backward(self, outputs: Sequence[Any]) -> None:
        """Gradients of these are about to be computed."""
        if self.present:
            self.listening.rest(True)
            self.present.before_backward(outputs, list(self._known))

    def found(self, step: int, started: float, by_hand: bool) -> None:
        """That step is done, and was looked at; `started`: since when this is being found out."""
        looking = self.present
        assert looking
        before, seconds = looking.spent, started - self._when.began
        unseen = self._unseen(looking, by_hand)
        look = looking.found(step, seconds, self._watcher.last_loss, list(self._known), unseen)
        self.stop()
        if look:
            self._watcher.saw(look)
        self._when.took(started, before, looking.calls)

    def _unseen(self, looking: Looking, by_hand: bool) -> list[str]:
        if self.compiled:
            return [COMPILED, COMPILED_STEPS] if by_hand else [COMPILED]
        return [*([] if looking.saw_layers else [ELSEWHERE]), *([BY_HAND] if by_hand else [])]
