"""What is said where nothing else holds."""

from __future__ import annotations

import math

import numpy as np

from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import OTHER_START, REMEDIES, Statement, rule
from periodic_tui.engine.verdicts.rules.course import course
from periodic_tui.engine.verdicts.rules.data import has_wave, last_value
from periodic_tui.engine.verdicts.rules.units import not_falling
from periodic_tui.engine.verdicts.words import explained, in_one_line, percent


@rule("underfit", lambda e: np.ones(len(e), dtype=bool))
def underfit(e: Evidence) -> Statement:
    """None of the others. What is left may be one wave of several cycles, which is said; else what was ruled out."""
    if e.good[0]:
        return _nearly_there(e)
    if has_wave(e)[0]:
        return _many_cycles(e)
    before, lately, _ = (float(value[0]) for value in course(e))
    share = e.explained[0]
    fit = f"The fit explains {explained(share)} of the target"
    text = f"{fit}{_beside(e)}, and {not_falling(e)}.{_ruled_out(e)}"
    trend = f"loss {before:.3g} to {lately:.3g} in the last fifth"
    short = in_one_line(f"{fit}; {trend}.", f"{explained(share)} explained; {trend}.".capitalize())
    return Statement(text, short, _figures(e), next=(REMEDIES, OTHER_START))


def _figures(e: Evidence) -> dict[str, float | int | str]:
    return {"loss": e.loss[0], "loss_before": float(course(e)[0][0]), "explained": e.explained[0]}


def _beside(e: Evidence) -> str:
    """The baselines, where they are known."""
    mean, line = e.samples.baselines.mean, e.samples.baselines.line
    if math.isnan(line):
        return ""
    worse = ": less than a constant would" if e.loss[0] > mean else ""
    return f" (loss {e.loss[0]:.3g}; the best line {line:.3g}, the best constant {mean:.3g}{last_value(e)}{worse})"


def _ruled_out(e: Evidence) -> str:
    """What was looked into and is not the matter."""
    looked = [
        ("a step too small", e.fall[0]),
        ("noise in the data", e.noise_share[0]),
        (f"one more unit, which would take {percent(max(e.gain[0], 0.0))} of the rest", e.gain[0]),
    ]
    found = [what for what, figure in looked if math.isfinite(figure)]
    return f" Ruled out: {', '.join(found)}. Left are more units or layers, or another start." if found else ""


def _nearly_there(e: Evidence) -> Statement:
    loss, test = e.loss[0], e.loss_test[0]
    held_out = "" if math.isnan(test) else f", on the test domain {test:.3g}"
    text = (
        f"Nearly there: the fit explains {percent(e.explained[0])} of the target; probe loss {loss:.3g}{held_out}; "
        f"up to {e.solved_below:.3g} counts as solved."
    )
    short = in_one_line(
        text, f"Nearly there: {percent(e.explained[0])} explained; solved from {e.solved_below:.3g} down."
    )
    return Statement(text, short, _figures(e) | {"solved_below": e.solved_below}, next=(REMEDIES, OTHER_START))


def _many_cycles(e: Evidence) -> Statement:
    cycles, share, fit = e.wave_cycles[0], e.wave_share[0], explained(e.explained[0])
    text = (
        f"Too many cycles: what is left is a wave of {cycles:.3g} cycles over the domain, which alone takes "
        f"{percent(share)} of it, and the fit explains {fit} of the target{_beside(e)}. Networks learn slow waves "
        f"first."
    )
    short = in_one_line(
        f"Too many cycles: {percent(share)} of the rest is a wave of {cycles:.3g} cycles; {fit} is fitted.",
        f"Too many cycles: {percent(share)} of the rest is a wave of {cycles:.3g} cycles.",
    )
    return Statement(text, short, _figures(e) | {"cycles": cycles, "wave_share": share}, next=(REMEDIES,))
