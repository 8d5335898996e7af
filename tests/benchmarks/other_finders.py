"""Runs a script unchanged under another tool: `python -m tests.benchmarks.other_finders TOOL SCRIPT`.

Both tools want lines in the training loop. The adapter puts them where their instructions say: it opens one for every
outermost module that is trained, at its first call, with the optimizer that holds its parameters, and tells it every
step of that optimizer with the newest loss. The last line on stdout has what the tool finds fault with (warnings and
worse, in its own order), in the codes of our verdicts, of which one of its findings may stand for several.
"""

from __future__ import annotations

import contextlib
import json
import runpy
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from tests.benchmarks.fault_finders import Cause

Severe = tuple[int, Cause]
"""How severe a finding is, and what it says."""


class Tool(Protocol):
    """One of the tools, for one model."""

    def before_step(self, loss: torch.Tensor) -> None:
        """After backward, before the optimizer's step."""

    def after_step(self, loss: torch.Tensor) -> None:
        """After the optimizer's step."""

    def findings(self) -> list[Severe]:
        """At the end, what it finds fault with."""


class Torchmortem:
    """`Autopsy.step(loss=...)` after every step, `report` at the end."""

    _MEANS: ClassVar[dict[str, Cause]] = {
        "Vanishing gradients": ("vanishing", "no-gradient"),
        "Exploding gradients": ("exploding", "diverged", "step-too-large"),
        "Gradient stalling": ("no-gradient", "vanishing", "dead-network", "not-in-optimizer"),
        "Dead units": ("dead-units", "dead-network"),
        "Activation saturation": ("saturated",),
        "Update ratio too low": ("step-too-small", "not-in-optimizer"),
        "Update ratio too high": ("step-too-large",),
        "Training divergence": ("diverged", "step-too-large", "exploding"),
        "Loss plateau": ("underfit",),
        "Catapult phase": ("step-too-large",),
        "Edge of stability": ("step-too-large",),
        "Weight norm explosion": ("exploding", "step-too-large"),
        "Stagnant weight norms": ("step-too-small", "not-in-optimizer", "no-gradient"),
        "Rank collapse": ("collapsed-to-constant", "duplicate-units"),
    }

    def __init__(self, model: torch.nn.Module, optimizer: Optimizer | None) -> None:
        from torchmortem import Autopsy

        self.autopsy: Any = Autopsy(model, optimizer=optimizer)
        self.autopsy.attach()

    def before_step(self, loss: torch.Tensor) -> None:
        pass

    def after_step(self, loss: torch.Tensor) -> None:
        self.autopsy.step(loss=loss.item())

    def findings(self) -> list[Severe]:
        self.autopsy.detach()
        return [
            (int(found.severity), self._cause(found)) for found in self.autopsy.get_report().findings if found.severity
        ]

    def _cause(self, found: Any) -> Cause:
        return next((cause for words, cause in self._MEANS.items() if found.title.startswith(words)), (found.category,))


class OrmasMonitor:
    """`Monitor.step(loss)` after every backward, `close` at the end."""

    _MEANS: ClassVar[dict[str, Cause]] = {
        "no_gradient": ("no-gradient", "dead-network", "not-in-optimizer"),
        "vanishing": ("vanishing", "saturated"),
        "exploding": ("exploding", "step-too-large", "gradients-not-cleared"),
        "channels": ("dead-units", "dead-network"),
        "certificate": ("dead-network", "dead-units"),
        "no_gradients": ("no-gradient",),
        "loss_spike": ("step-too-large", "exploding"),
        "nonfinite_loss": ("diverged", "step-too-large", "exploding"),
        "nonfinite_gradient": ("diverged", "exploding", "step-too-large"),
    }
    _SEVERE: ClassVar[dict[str, int]] = {"warning": 1, "critical": 2, "proof": 2}

    def __init__(self, model: torch.nn.Module, optimizer: Optimizer | None) -> None:
        from ormas_monitor import Monitor

        self.events: list[dict[str, Any]] = []
        folder = tempfile.mkdtemp(prefix="ormas-")
        self.monitor: Any = Monitor(model, optimizer, out=folder, sinks=[self._heard], verbose=False)

    def _heard(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "event":
            self.events.append(dict(payload))

    def before_step(self, loss: torch.Tensor) -> None:
        self.monitor.step(loss)

    def after_step(self, loss: torch.Tensor) -> None:
        pass

    def findings(self) -> list[Severe]:
        self.monitor.close(report=False)
        severe = [event for event in self.events if event.get("severity") in self._SEVERE]
        return [(self._SEVERE[event["severity"]], self._cause(event)) for event in severe]

    def _cause(self, event: dict[str, Any]) -> Cause:
        word = event.get("diagnosis") or event["event"]
        return self._MEANS.get(word, (word,))


TOOLS: dict[str, Callable[[torch.nn.Module, Optimizer | None], Tool]] = {
    "torchmortem": Torchmortem,
    "ormas-monitor": OrmasMonitor,
}


class Adapter:
    """Opens the tool for what a script trains."""

    def __init__(self, open_tool: Callable[[torch.nn.Module, Optimizer | None], Tool]) -> None:
        self.open_tool = open_tool
        self.optimizers: list[Optimizer] = []
        self.tools: dict[torch.nn.Module, tuple[Tool, Optimizer | None]] = {}
        self.depth = 0
        self.loss = torch.tensor(float("nan"))

    def install(self) -> None:
        """Set the hooks."""
        register_module_forward_pre_hook(self._called)
        register_module_forward_hook(self._returned, always_call=True)
        register_optimizer_step_pre_hook(lambda optimizer, *_: self._each(optimizer, "before_step"))
        register_optimizer_step_post_hook(lambda optimizer, *_: self._each(optimizer, "after_step"))
        self._wrap_init()
        self._wrap_backward()

    def _wrap_init(self) -> None:
        init = Optimizer.__init__

        def noting(optimizer: Optimizer, *args: Any, **kwargs: Any) -> None:
            init(optimizer, *args, **kwargs)
            self.optimizers.append(optimizer)

        Optimizer.__init__ = noting  # type: ignore[method-assign, assignment]

    def _wrap_backward(self) -> None:
        backward: Callable[..., None] = torch.Tensor.backward

        def noting(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> None:
            self.loss = tensor.detach()
            backward(tensor, *args, **kwargs)

        torch.Tensor.backward = noting  # type: ignore[method-assign, assignment]

    def _called(self, module: torch.nn.Module, _: Any) -> None:
        outermost, self.depth = self.depth == 0, self.depth + 1
        trained = torch.is_grad_enabled() and any(True for _ in module.parameters())
        if outermost and trained and module not in self.tools and not isinstance(module, torch.nn.modules.loss._Loss):
            optimizer = self._optimizer_of(module)
            self.tools[module] = self.open_tool(module, optimizer), optimizer

    def _returned(self, *_: Any) -> None:
        self.depth -= 1

    def _optimizer_of(self, module: torch.nn.Module) -> Optimizer | None:
        """The one that holds its parameters, else the newest."""
        own = {id(p) for p in module.parameters()}
        for optimizer in self.optimizers:
            if any(id(p) in own for group in optimizer.param_groups for p in group["params"]):
                return optimizer
        return self.optimizers[-1] if self.optimizers else None

    def _each(self, optimizer: Optimizer, what: str) -> None:
        for tool, own in list(self.tools.values()):
            if own is optimizer:
                with contextlib.redirect_stdout(sys.stderr):
                    getattr(tool, what)(self.loss)

    def causes(self) -> list[Cause]:
        """What the tools of all models find, the most severe first, each once."""
        found: list[Severe] = []
        for tool, _ in self.tools.values():
            with contextlib.redirect_stdout(sys.stderr):
                found += tool.findings()
        return list(dict.fromkeys(cause for _, cause in sorted(found, key=lambda each: -each[0])))


def main() -> int:
    """Run the script, and print what the tool finds."""
    name, script = sys.argv[1], Path(sys.argv[2])
    adapter = Adapter(TOOLS[name])
    adapter.install()
    sys.argv = [str(script)]
    try:
        runpy.run_path(str(script), run_name="__main__")
    except Exception as error:
        print(error, file=sys.stderr)
    print(json.dumps({"causes": adapter.causes()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
