"""One cell in words: its settings, and what became of its seeds."""

from __future__ import annotations

from collections.abc import Iterator

from periodic_tui.plotting.cells import Ink
from periodic_tui.plotting.outcomes import OUTCOMES
from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.result import CellResult, Ending, Failure
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.ui.widgets.spans import DOT, Span

Line = list[list[Span]]
"""Parts of a line, the most important first."""


def cell_lines(sweep: Sweep, cell: Cell, ending: Ending | None) -> list[Line]:
    """The lines, the most important first."""
    lines = [_settings(sweep, cell)]
    if ending is None:
        return [*lines, [[("not trained yet", Ink.QUIET)]]]
    if isinstance(ending, Failure):
        return [*lines, [[("failed: ", Ink.TROUBLE), (ending.reason, Ink.TEXT)]]]
    return [*lines, _share(ending), _outcomes(ending), _loss(ending), *_foretold(ending), _trained(ending)]


def _settings(sweep: Sweep, cell: Cell) -> Line:
    named = zip(sweep.grid.axes, cell, strict=True)
    parts: Line = [[(f"{axis.key} ", Ink.QUIET), (axis.labels[place], Ink.TEXT)] for axis, place in named]
    seed, replicas = sweep.jobs[cell].seed, sweep.jobs[cell].experiment["training"]["replicas"]
    last = f"–{seed + replicas - 1}" if replicas > 1 else ""
    return [*parts, [("seeds " if last else "seed ", Ink.QUIET), (f"{seed}{last}", Ink.TEXT)]]


def _share(result: CellResult) -> Line:
    low, high = result.interval
    share = f" of {result.replicas} solved, {100 * result.share:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"
    parts: Line = [[(f"{result.solved}", Ink.TARGET), (share, Ink.TEXT)]]
    if result.steps_to_solved is not None:
        parts.append([(f"half of them by step {result.steps_to_solved:,.0f}", Ink.TEXT)])
    return parts


def _outcomes(result: CellResult) -> Line:
    """The verdicts that occur, the most frequent first."""
    counted = sorted(result.outcomes.items(), key=lambda entry: -entry[1])
    return [[OUTCOMES[code], (f" {count} {code}", Ink.TEXT)] for code, count in counted if count]


def _loss(result: CellResult) -> Line:
    lower, median, upper = map(_figure, result.loss)
    return [[(f"median loss {median}", Ink.TEXT)], [(f"half of the seeds between {lower} and {upper}", Ink.TEXT)]]


def _figure(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.3g}"


def _foretold(result: CellResult) -> Iterator[Line]:
    """What closed forms say, where there are any."""
    parts: Line = []
    if result.basin is not None:
        parts.append([(f"basin ±{result.basin:.3g} around the answer", Ink.TEXT)])
    if result.lr_limit is not None:
        parts.append([(f"lr at most 2/L″ = {result.lr_limit:.3g}", Ink.TEXT)])
    if result.foretold is not None:
        parts.append([(f"{100 * result.foretold:.0f} % of the seeds should arrive", Ink.TEXT)])
    if parts:
        yield parts


def _trained(result: CellResult) -> Line:
    told = f"{result.steps:,} steps, {result.engine}, in {result.seconds:.1f} s"
    return [[(told, Ink.QUIET)], *([[(result.status, Ink.TROUBLE)]] if result.status != "finished" else [])]


def fitting_parts(line: Line, width: int) -> list[Span]:
    """As many of the parts as there is room for, with dots between them; at least the first."""
    spans, taken = list(line[0]), sum(len(words) for words, _ in line[0])
    for part in line[1:]:
        taken += len(DOT[0]) + sum(len(words) for words, _ in part)
        if taken > width:
            break
        spans += [DOT, *part]
    return spans
