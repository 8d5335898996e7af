"""A sweep's results as fields of JSON, as a table for other programs, and in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from periodic_tui.engine.overrides import written
from periodic_tui.engine.plural import counted
from periodic_tui.sweeping.grid import Cell, Grid
from periodic_tui.sweeping.result import CellResult, Ending, Failure
from periodic_tui.sweeping.sweep import Finished, Sweep

Endings = Mapping[Cell, Ending]


def cell_fields(sweep: Sweep, finished: Finished) -> dict[str, Any]:
    """The line of JSON of one cell."""
    told = {
        "event": "cell",
        "cell": list(finished.cell),
        "settings": dict(sweep.grid.settings(finished.cell)),
        "seed": sweep.jobs[finished.cell].seed,
    }
    ending = finished.ending
    if isinstance(ending, Failure):
        return told | {"failed": ending.reason}
    return told | {
        **figures(ending),
        "outcomes": ending.outcomes,
        "seconds": ending.seconds,
        "stored": finished.stored,
    }


def figures(result: CellResult) -> dict[str, Any]:
    """What a line of the table says of a result, besides its outcomes."""
    low, high = result.interval
    lower, median, upper = result.loss
    return {
        "status": result.status,
        "steps": result.steps,
        "engine": result.engine,
        "replicas": result.replicas,
        "solved": result.solved,
        "share": result.share,
        "share_low": low,
        "share_high": high,
        "loss_lower": lower,
        "loss_median": median,
        "loss_upper": upper,
        "steps_to_solved": result.steps_to_solved,
        "basin": result.basin,
        "lr_limit": result.lr_limit,
        "foretold": result.foretold,
    }


def summary_fields(sweep: Sweep, endings: Endings, trained: int, seconds: float) -> dict[str, Any]:
    """The last line of JSON; `trained`: cells that were not on the disk before."""
    results = [ending for ending in endings.values() if isinstance(ending, CellResult)]
    return {
        "event": "summary",
        "preset": sweep.name,
        "keys": [axis.key for axis in sweep.grid.axes],
        "shape": list(sweep.grid.shape),
        "cells": len(sweep.grid),
        "done": len(results),
        "trained": trained,
        "failed": len(endings) - len(results),
        "replicas": sum(result.replicas for result in results),
        "solved": sum(result.solved for result in results),
        "status": "finished" if len(endings) == len(sweep.grid) else "interrupted",
        "seconds": seconds,
    }


def as_csv(sweep: Sweep, endings: Endings) -> str:
    """A row a cell in the order of the grid, without what differs from one time to the next; a column for each verdict
    that occurs."""
    from periodic_tui.plotting.outcomes import OUTCOMES  # brings numpy, for which --help does not wait

    codes = [code for code in OUTCOMES if any(code in _outcomes(ending) for ending in endings.values())]
    rows = [_row(sweep, cell, ending, codes) for cell in sweep.grid.cells() if (ending := endings.get(cell))]
    text = io.StringIO()
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(text, list(names), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(sweep: Sweep, cell: Cell, ending: Ending, codes: list[str]) -> dict[str, Any]:
    labels = {axis.key: _value(axis.values[place]) for axis, place in zip(sweep.grid.axes, cell, strict=True)}
    known = labels | {"seed": sweep.jobs[cell].seed}
    if isinstance(ending, Failure):
        return known | {"failed": ending.reason}
    return known | figures(ending) | {code: ending.outcomes.get(code, 0) for code in codes}


def _value(value: Any) -> Any:
    """As `--set` takes it."""
    return value if isinstance(value, str) else written(value)


def _outcomes(ending: Ending) -> dict[str, int]:
    return ending.outcomes if isinstance(ending, CellResult) else {}


def lines(grid: Grid, endings: Endings) -> Iterator[str]:
    """A line a cell for people."""
    told = {cell: grid.told(cell) for cell in grid.cells()}
    width = max(map(len, told.values()))
    return (f"{told[cell].ljust(width)}  {in_words(endings[cell])}" for cell in told if cell in endings)


def in_words(ending: Ending) -> str:
    """A cell's ending: `9 of 32 solved, 28 % [16, 45], in 2,277 steps; 12 dead-units, …; median loss 0.22`."""
    if isinstance(ending, Failure):
        return f"failed: {ending.reason}"
    low, high = ending.interval
    share = f"{ending.solved} of {ending.replicas} solved, {100 * ending.share:.0f} %"
    share += f" [{100 * low:.0f}, {100 * high:.0f}]"
    when = "" if ending.steps_to_solved is None else f", in {ending.steps_to_solved:,.0f} steps"
    others = sorted((item for item in ending.outcomes.items() if item[0] != "solved"), key=lambda item: -item[1])
    rest = "".join(f", {count} {code}" for code, count in others).removeprefix(", ")
    median = "not finite" if ending.loss[1] is None else f"{ending.loss[1]:.3g}"
    return "; ".join(filter(None, (share + when, rest, f"median loss {median}")))


def summary_line(summary: dict[str, Any]) -> str:
    """The end, for people."""
    failed = f", {counted(summary['failed'], 'cell')} failed" if summary["failed"] else ""
    return (
        f"{summary['preset']}: {summary['status']} with {summary['done']:,} of {counted(summary['cells'], 'cell')} "
        f"after {summary['seconds']:.1f} s, {summary['trained']:,} trained now{failed}; "
        f"{summary['solved']:,} of {counted(summary['replicas'], 'seed')} solved"
    )
