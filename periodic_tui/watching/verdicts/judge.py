"""From what is remembered of a training to what is said of it."""

from __future__ import annotations

import math

import numpy as np

from periodic_tui.engine.snapshot import Verdict
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.verdicts.rules import OUTCOMES, RULES
from periodic_tui.watching.verdicts.rules.base import Rule, Statement


def judge(memory: Memory) -> tuple[Verdict, ...]:
    """All that holds, in order of precedence, never empty; each code once. How training goes is said only where
    nothing else is."""
    found: dict[str, Verdict] = {}
    with np.errstate(all="ignore"):  # what is not finite is no figure, and the script's terminal is not ours
        for rule in RULES:
            if rule.code in found or (found and rule.code in OUTCOMES):
                continue
            statement = rule.judge(memory)
            if statement is not None:
                found[rule.code] = _verdict(rule, statement, memory)
    return tuple(found.values())


def _verdict(rule: Rule, statement: Statement, memory: Memory) -> Verdict:
    """Figures that are not finite are None."""
    figures = {name: _finite(value) for name, value in statement.figures.items()}
    step = max(memory.step, memory.last[-1].step if memory.last else 0)
    return Verdict(rule.code, statement.text, figures, statement.margin, statement.short, step=step)


def _finite(figure: float | int | str) -> float | int | str | None:
    if isinstance(figure, float):
        return float(figure) if math.isfinite(figure) else None
    return figure
