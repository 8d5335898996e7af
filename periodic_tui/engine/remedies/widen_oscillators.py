"""Widening the range of a clock's oscillators, then learning their carry."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Course, Train
from periodic_tui.engine.remedies.bench import Bench
from periodic_tui.engine.remedies.ladder import Ladder, Rules

if TYPE_CHECKING:
    from periodic_tui.engine.remedies.widen_range import WidenRange

_RATE = 0.05
"""Adam's step: of phases in radians, of frequencies in radians over the range's half-width."""
_THRESHOLD = 0.02 / 3
"""Of 1 − cos of the phase error, averaged over the digits: no digit is above 0.02."""
_STAGE_STEPS = 15
_PATIENCE = 200
_LAST_STEPS = 400
_CARRY_STEPS = 600
_DECODABLE = 1e-4
"""1 − cos of an error of half a digit of sixty is 1.4e-3: below this nearly every phase is nearer to its own digit."""


def widen_oscillators(options: WidenRange, bench: Bench) -> Course:
    """Adam on frequencies and phases while the range widens; then a linear carry, by gradient descent as well."""
    bench.change(optimizer={"kind": "adam", "lr": _RATE, "betas": (0.9, 0.99)})
    first = torch.full((bench.replicas,), min(options.first_range, bench.reach), dtype=bench.dtype, device=bench.device)
    bench.put("carry", bench.get("carry") * 0)
    _redraw(bench, first, torch.ones_like(first, dtype=torch.bool))
    ladder = _ladder(options, bench, first)
    yield from ladder.climb()
    bench.give_up(
        ~ladder.done,
        f"the oscillators do not lock in on ±{float(ladder.half_width.min()):.3g} s within {options.max_steps:,} steps",
    )
    yield from _settle(bench, _LAST_STEPS, ("omega", "phase"), "all oscillators locked in; settling")
    yield from _settle(bench, _CARRY_STEPS, ("carry",), "learning the carry")
    _give_up_unlocked(bench)
    return f"locked in, carry learned; periods of the first replica {periods(bench)} s"


def periods(bench: Bench) -> str:
    """2π/|ω| of the first replica, in words."""
    return ", ".join(f"{2 * math.pi / max(abs(omega), 1e-300):,.7g}" for omega in bench.get("omega")[0].tolist())


def _ladder(options: WidenRange, bench: Bench, first: Tensor) -> Ladder:
    def enter(half_width: Tensor, where: Tensor) -> Tensor:
        _set_rates(bench, torch.full_like(half_width, _RATE), half_width, ("omega", "phase"))
        bench.restart(where)
        return torch.ones_like(half_width)

    rules = Rules(options.growth, _THRESHOLD, _STAGE_STEPS, _PATIENCE, options.max_steps)
    return Ladder(bench, rules, first, enter, lambda where: _redraw(bench, first, where))


def _redraw(bench: Bench, first: Tensor, where: Tensor) -> None:
    """Frequencies that turn at most once or so on the first range; phases anywhere."""
    count = bench.setting.outputs
    bench.put("omega", (2 * bench.uniform(count) - 1) / first.unsqueeze(-1), where)
    bench.put("phase", 2 * math.pi * bench.uniform(count), where)


def _set_rates(bench: Bench, rate: Tensor, half_width: Tensor, names: tuple[str, ...]) -> None:
    """Learning rates of the parameters `names`; the others stand still."""
    for name in ("omega", "phase", "carry"):
        own = rate if name in names else rate * 0
        bench.rate(own / half_width if name == "omega" else own, name)


def _settle(bench: Bench, steps: int, names: tuple[str, ...], stage: str) -> Generator[Train, Tensor, None]:
    """On all of the domain, with a rate that falls to zero."""
    half_width = torch.full((bench.replicas,), bench.reach, dtype=bench.dtype, device=bench.device)
    bench.narrow(half_width)
    bench.restart(torch.ones_like(half_width, dtype=torch.bool))
    for step in range(0, steps, 5):
        _set_rates(bench, torch.full_like(half_width, _RATE * (1 - step / steps)), half_width, names)
        yield Train(5, f"{stage}, step {step} of {steps}: periods {periods(bench)} s")


def _give_up_unlocked(bench: Bench) -> None:
    x, y = bench.sample(4_096)
    loss = (1 - (bench.predict(x) - y).cos()).mean((1, 2))
    bench.give_up(~(loss < _DECODABLE), f"phases are still off by a loss of {float(loss.max()):.1e} with the carry")
