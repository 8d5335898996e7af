"""How verdicts write their figures, and how they name units."""

from __future__ import annotations

from collections.abc import Sequence

from periodic_tui.engine.snapshot import Layer

LINE = 78
"""Cells of a verdict's short form."""
_NAMED = 6
"""So many units of a layer are named in a sentence, …"""
_GROUPS = 3
"""… so many groups of duplicates, the largest, …"""
_MEMBERS = 4
"""… and so many units of a group."""


def in_one_line(*forms: str) -> str:
    """The first of these that fits one line, else the last."""
    return next((form for form in forms if len(form) <= LINE), forms[-1])


def percent(share: float) -> str:
    """`92.5 %`; what is less than all never reads as 100.0 %."""
    return "over 99.9 %" if 0.9995 <= share < 1 else f"{100 * share:.1f} %"


def explained(share: float) -> str:
    """`92.5 %` of the target, or `nothing`."""
    return percent(share) if share > 0 else "nothing"


def basins(distance: float, basin: float) -> str:
    """A distance in half-widths of the basin: `6,770 basins away`."""
    away = distance / basin
    return f"{away:,.0f} basins away" if away < 1e6 else f"{away:.3g} basins away"


def units_of(layer: Layer, attribute: str) -> str:
    """`hidden.0: 2, 5, 7`, and how many more there are; `hidden.0: 0=3=4, 1=2` for groups of duplicates."""
    if attribute == "duplicate":
        groups = sorted(layer.groups, key=len, reverse=True)
        return f"{layer.name}: {_listed([_group(group) for group in groups], _GROUPS, ' groups')}"
    return f"{layer.name}: {_listed([str(unit) for unit in getattr(layer, attribute)], _NAMED)}"


def _group(units: Sequence[int]) -> str:
    """`0=3=4`, or `143 alike (0=1=2=3=…)` for a large one."""
    members = "=".join(map(str, units[:_MEMBERS]))
    return members if len(units) <= _MEMBERS else f"{len(units):,} alike ({members}=…)"


def _listed(names: Sequence[str], most: int, what: str = "") -> str:
    more = len(names) - most
    if more <= 0:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {more:,} more{what[:-1] if more == 1 else what}"
