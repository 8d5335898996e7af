"""What is the matter with a network: the first rule that holds names the verdict.

Codes, predicates and their order are the command line's contract. A predicate takes a whole population at once; the
sentence is written for one replica. A new verdict is one rule, at its place in the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from periodic_tui.engine.arrays import Counts, Mask
from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules import data, form, frequency, outcome, overfit, scale, steps, underfit, units
from periodic_tui.engine.verdicts.rules.base import Rule, Statement
from periodic_tui.engine.verdicts.words import in_one_line

__all__ = [
    "CODES",
    "RULES",
    "Rule",
    "Statement",
    "causes_of",
    "first_of",
    "says_nothing_yet",
    "undecided",
    "verdict_of",
]

RULES: tuple[Rule, ...] = (
    outcome.diverged,
    outcome.solved,
    outcome.no_extrapolation,
    scale.unscaled,
    scale.out_of_reach,
    data.unpredictable,
    units.dead_network,
    units.collapsed_to_constant,
    steps.step_too_large,
    frequency.stuck_outside_basin,
    data.linear_network,
    data.noise_floor,
    overfit.overfit,
    steps.step_too_small,
    steps.plateau,
    outcome.learning,
    form.saturated,
    form.no_bias,
    form.ill_conditioned,
    units.dead_units,
    units.duplicate_units,
    units.mute_units,
    units.wrong_sign,
    underfit.underfit,
)
"""In order of precedence."""
CODES = tuple(rule.code for rule in RULES)
says_nothing_yet = outcome.says_nothing_yet


def first_of(evidence: Evidence, rules: Sequence[Rule] = RULES) -> Counts:
    """For each replica the index of the first of these rules that holds; -1 where none does."""
    found = np.full(len(evidence), -1)
    with np.errstate(invalid="ignore", divide="ignore"):  # NaN: not known, so no predicate holds
        for index, rule in enumerate(rules):
            if (found >= 0).all():
                break
            found[(found < 0) & rule.predicate(evidence)] = index
    return found


def undecided(evidence: Evidence, code: str) -> Mask:
    """The replicas for which no rule holds that goes before this one."""
    return first_of(evidence, RULES[: CODES.index(code)]) < 0


def causes_of(evidence: Evidence) -> tuple[Verdict, ...]:
    """All verdicts on a single replica, in order; on one that is solved, nothing else."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [rule for rule in RULES[:-1] if np.broadcast_to(rule.predicate(evidence), 1)[0]]
        if not found or found[0] is outcome.solved:
            return (_first((*found, RULES[-1])[0], evidence),)
        wave = [RULES[-1]] if data.has_wave(evidence)[0] and outcome.diverged not in found else []
    return _first(found[0], evidence), *(_said(rule, evidence) for rule in (*found[1:], *wave))


def verdict_of(evidence: Evidence) -> Verdict:
    """The first of them."""
    return _first(RULES[first_of(evidence)[0]], evidence)


def _first(rule: Rule, evidence: Evidence) -> Verdict:
    """The verdict by the first rule that holds says whether the replica was solved before."""
    verdict, at = _said(rule, evidence), evidence.solved_at[0]
    if rule is outcome.solved or not math.isfinite(at):
        return verdict
    text = f"{verdict.text} It was solved at step {at:,.0f}, and did not stay so."
    short = in_one_line(f"{verdict.short} Was solved at step {at:,.0f}.", verdict.short)
    return replace(verdict, text=text, short=short, figures={**verdict.figures, "solved_at": int(at)})


def _said(rule: Rule, evidence: Evidence) -> Verdict:
    """Figures that are not finite are None."""
    with np.errstate(invalid="ignore", divide="ignore"):
        said = rule.sentence(evidence)
    figures = {name: _finite(value) for name, value in said.figures.items()}
    return Verdict(rule.code, said.text, figures, float(said.margin), said.short, said.next)


def _finite(figure: float | int | str) -> float | int | str | None:
    if isinstance(figure, float):
        return float(figure) if math.isfinite(figure) else None
    return figure
