"""A sweep's results as maps, with what their signs mean."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, product

import numpy as np

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.grid_map import GridMap, Tile, grid_maps, layout, stacked
from periodic_tui.plotting.outcomes import OUTCOMES, shape_of
from periodic_tui.sweeping.grid import Axis, Cell, Grid
from periodic_tui.sweeping.result import CellResult

Results = Mapping[Cell, CellResult]

ARRIVES = 0.5
"""Share of the seeds that closed forms must let arrive for a cell to lie inside of the line."""
_GAP = 3
"""Columns between two entries of the legend."""


def maps(grid: Grid, results: Results, glyphs: Glyphs = "braille") -> list[GridMap]:
    """One map of the first two axes for each combination of the others' values."""
    return [_map(grid, others, results, glyphs) for others in product(*map(range, grid.shape[2:]))]


def _map(grid: Grid, others: Cell, results: Results, glyphs: Glyphs) -> GridMap:
    rows, columns = grid.axes[0], grid.axes[1] if len(grid.axes) > 1 else None
    shape = len(rows.values), len(columns.values) if columns else 1
    cells = [[(row, column, *others)[: len(grid.axes)] for column in range(shape[1])] for row in range(shape[0])]
    tiles = [[tile_of(results.get(cell)) for cell in line] for line in cells]
    told = [[inside(results.get(cell)) for cell in line] for line in cells]
    line = None if all(each is None for each in chain(*told)) else np.array(told, bool)
    named = zip(grid.axes[2:], others, strict=False)
    title = ", ".join(f"{axis.name}={written(axis, glyphs)[index]}" for axis, index in named)
    across = (columns.name, written(columns, glyphs)) if columns else ("", ("",))
    return GridMap((rows.name, written(rows, glyphs)), across, tiles, line, title)


def written(axis: Axis, glyphs: Glyphs) -> tuple[str, ...]:
    """The labels of an axis in those characters."""
    return tuple(map(GLYPH_SETS[glyphs].written, axis.labels))


def tile_of(result: CellResult | None) -> Tile:
    """How a result is shown."""
    return Tile(result.commonest, result.share) if result else Tile()


def inside(result: CellResult | None) -> bool | None:
    """Whether closed forms let at least half of the seeds arrive; None where there are none."""
    return None if result is None or result.foretold is None else result.foretold >= ARRIVES


def figure(grid: Grid, results: Results, width: int, glyphs: Glyphs) -> Cells:
    """All maps below each other, and what their signs mean."""
    charts = maps(grid, results, glyphs)
    drawn = grid_maps(charts, layout(charts, width), glyphs)
    return stacked([drawn, Cells.blank(1, 1), Cells.of_lines(legend(results, charts, width, glyphs), Ink.TEXT)])


def legend(results: Results, charts: list[GridMap], width: int, glyphs: Glyphs) -> list[str]:
    """The verdicts that are the commonest somewhere, the shades, and the line where there is one."""
    occurring = {result.commonest for result in results.values()}
    shades = zip(GLYPH_SETS[glyphs].quarters, ("0", "to 25", "to 50", "to 75", "to 100 % solved"), strict=True)
    lines = _flowed([f"{shape_of(code, glyphs)} {code}" for code in OUTCOMES if code in occurring], width)
    lines += [", ".join(f"{shade} {name}" for shade, name in shades)]
    if any(chart.inside is not None for chart in charts):
        sign, sharpness = "─│".translate(GLYPH_SETS[glyphs].axes), GLYPH_SETS[glyphs].written("L″")
        lines.append(f"{sign} where half of the seeds begin within 4.4934/R of the answer, and lr < 2/{sharpness}")
    return lines


def _flowed(entries: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        if lines and len(lines[-1]) + _GAP + len(entry) <= width:
            lines[-1] += " " * _GAP + entry
        else:
            lines.append(entry[:width])
    return lines
