"""Looking at one step of somebody's training, from the end of the step before it to its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from periodic_tui.watching.findings import LayerLook, Look, Values
from periodic_tui.watching.looking.forward import Forward
from periodic_tui.watching.looking.functions import beside, in_transform
from periodic_tui.watching.looking.known_models import KnownModels
from periodic_tui.watching.looking.layers import Run, own_names
from periodic_tui.watching.looking.names import Names, described
from periodic_tui.watching.looking.optimizers import (
    OptimizerStep,
    Stepping,
    gradients_cleared,
    held_by,
    held_by_any,
)
from periodic_tui.watching.looking.parameters import Measured, still


class Looking:
    """Collects what one step does. Whatever goes wrong here is told to `failed`, and never raised."""

    def __init__(self, models: KnownModels, failed: Callable[[Exception], None]) -> None:
        self.spent, self.calls = 0.0, 0
        """Seconds that it has taken of the script's so far, and how often it was told something."""
        self._models, self._failed, self._over = models, failed, False
        self._forward = Forward(models.criteria)
        self._steps: dict[int, OptimizerStep] = {}
        self._by_hand: Stepping | None = None
        self._cleared: dict[int, bool] = {}

    @property
    def is_too_long(self) -> bool:
        """Whether so much has run that this is no step."""
        return self._forward.is_too_long

    @property
    def saw_layers(self) -> bool:
        """Whether any layer has run."""
        return bool(self._forward.runs)

    # What runs.

    def entered(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is about to run."""
        self._ours(self._forward.entered, module, args)

    def left(self, module: nn.Module, result: Any) -> None:
        """It has run."""
        self._ours(self._forward.left, module, result)

    def calling(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A function is about to run."""
        return self._ours(self._forward.calling, name, args, kwargs)

    def called(self, name: str, told: Any, result: Any) -> None:
        """It has run."""
        self._ours(self._forward.called, name, told, result)

    def before_backward(self, outputs: Sequence[Any], known: Iterable[Optimizer]) -> None:
        """Gradients of these are about to be computed; `known`: the optimizers that have stepped ever."""
        self._ours(self._before_backward, outputs, known)

    def _before_backward(self, outputs: Sequence[Any], known: Iterable[Optimizer]) -> None:
        self._forward.backward(outputs)
        for optimizer in known:
            cleared = gradients_cleared(optimizer)
            if cleared is not None:
                self._cleared[id(optimizer)] = self._cleared.get(id(optimizer), False) or cleared

    def before_step(self, optimizer: Optimizer, backwards: int) -> None:
        """An optimizer is about to step, after so many computations of gradients."""
        self._ours(self._before_step, optimizer, backwards)

    def _before_step(self, optimizer: Optimizer, backwards: int) -> None:
        self._steps[id(optimizer)] = OptimizerStep(optimizer, backwards)

    def after_step(self, optimizer: Optimizer, inside: int) -> None:
        """It has stepped; `inside`: computations of gradients meanwhile."""
        self._ours(self._after_step, optimizer, inside)

    def _after_step(self, optimizer: Optimizer, inside: int) -> None:
        if step := self._steps.get(id(optimizer)):
            step.backwards += inside
            step.cleared = self._cleared.get(id(optimizer))
            step.stepped(gradients_are_new=inside > 0)

    def before_moves(self, parameters: Sequence[Tensor], gradients: Mapping[int, Tensor]) -> None:
        """No optimizer steps: gradients of these are computed (those that are no fields of theirs, by their ids)."""
        self._ours(self._before_moves, parameters, gradients)

    def _before_moves(self, parameters: Sequence[Tensor], gradients: Mapping[int, Tensor]) -> None:
        self._by_hand = Stepping(parameters)
        self._by_hand.measured.see_gradients(gradients)

    # What is found.

    def found(
        self, step: int, seconds: float, loss: float, known: Sequence[Optimizer], unseen: Sequence[str]
    ) -> Look | None:
        """All of it; None where that cannot be said. `unseen`: what cannot be seen."""
        look = self._ours(self._found, step, seconds, loss, known, unseen)
        return look if isinstance(look, Look) else None

    def _found(self, step: int, seconds: float, loss: float, known: Sequence[Optimizer], unseen: Sequence[str]) -> Look:
        if self._by_hand:
            self._by_hand.stepped()
        held = {id(each): each for optimizer in known for each in held_by(optimizer)}
        held |= {id(each): each for each in self._by_hand.parameters} if self._by_hand else {}
        models = self._models.of(self._forward.models, held.values())
        names = Names(self._models.all)
        own = {id(each): each for model in models for each in model.parameters()}
        for run in self._forward.runs.values():
            if run.module and (module := run.module()) is not None:
                names.add(module)
                own |= {id(each): each for each in module.parameters(recurse=False)}
        figures = self._figures(own)
        given = [each for key, each in own.items() if each.requires_grad and _is_known(figures[key].gradient)]
        inputs = self._forward.input.values if self._forward.input else Values()
        return Look(
            step=step,
            seconds=seconds,
            loss=loss,
            batch=inputs.shape[0] if inputs.shape else 0,
            layers=self._layers(models, names, figures, frozenset(held)),
            losses=tuple(each.look() for each in self._forward.losses.all),
            optimizers=tuple(
                each.look(names.of, bool(given) and each.gets_nothing) for each in self._steps.values() if each.figures
            ),
            inputs=inputs,
            outputs=self._forward.output.values if self._forward.output else Values(),
            models=tuple(map(described, models)),
            unheld=tuple(map(names.of, _unheld(given, held))),
            unseen=tuple(unseen),
        )

    def _figures(self, own: Mapping[int, Tensor]) -> dict[int, Measured]:
        """Of all parameters, by their ids."""
        steps = [*self._steps.values(), *([self._by_hand] if self._by_hand else [])]
        figures = {key: each for step in steps for key, each in step.figures.items()}
        return figures | {key: still(each) for key, each in own.items() if key not in figures}

    def _layers(
        self, models: Sequence[nn.Module], names: Names, figures: Mapping[int, Measured], held: frozenset[int]
    ) -> tuple[LayerLook, ...]:
        """Those that ran, then those that have parameters and did not."""
        runs = [*self._forward.runs.values()]
        ran = {id(each) for run in runs for each in run.parameters}
        others = map(Run.of, _with_parameters(models))
        runs += [run for run in others if ran.isdisjoint(map(id, run.parameters))]
        called = own_names(runs, names)
        return tuple(run.look(called[run], figures, held) for run in runs)

    def _ours(self, do: Callable[..., Any], *what: Any) -> Any:
        """Our own work: timed, and beside autograd."""
        if self._over or in_transform():
            return None
        started = time.perf_counter()
        self.calls += 1
        self._forward.grows = torch.is_grad_enabled()
        try:
            with beside():
                return do(*what)
        except Exception as bug:
            self._over = True
            self._failed(bug)
        finally:
            self.spent += time.perf_counter() - started
        return None


def _with_parameters(models: Sequence[nn.Module]) -> list[nn.Module]:
    """Modules that have parameters of their own."""
    modules = {id(each): each for model in models for each in model.modules()}
    return [each for each in modules.values() if next(each.parameters(recurse=False), None) is not None]


def _unheld(given: Sequence[Tensor], held: Mapping[int, Tensor]) -> list[Tensor]:
    """Parameters that get a gradient and that no optimizer holds, also none that has not stepped yet."""
    unheld = [each for each in given if id(each) not in held]
    if not unheld:
        return []
    by_others = held_by_any()
    return [each for each in unheld if id(each) not in by_others]


def _is_known(figure: float) -> bool:
    return figure == figure
