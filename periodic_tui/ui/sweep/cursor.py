"""The cell that the arrows have come to."""

from __future__ import annotations

from itertools import product

from periodic_tui.plotting.grid_map import Layout
from periodic_tui.sweeping.grid import Cell, Grid

Tile = tuple[int, int, int]
"""Number of the map, row and column."""


def tile_of(grid: Grid, cell: Cell) -> Tile:
    """Where a cell is among the maps."""
    number = 0
    for size, index in zip(grid.shape[2:], cell[2:], strict=True):
        number = number * size + index
    return number, cell[0], cell[1] if len(cell) > 1 else 0


def cell_of(grid: Grid, tile: Tile) -> Cell:
    """The cell of a tile."""
    number, row, column = tile
    others = list(product(*map(range, grid.shape[2:])))[number]
    return (row, column, *others)[: len(grid.shape)]


def moved(grid: Grid, placed: Layout, cell: Cell, across: int, down: int) -> Cell:
    """The cell next to it; at the edge of a map that of the next map, at the edge of all of them the same one."""
    chart, row, column = tile_of(grid, cell)
    rows, columns = placed.shape
    row, column = row + down, column + across
    if not 0 <= column < columns:
        beside = chart % placed.across + across
        chart, column = chart + across, column % columns
        if not 0 <= beside < placed.across:
            return cell
    if not 0 <= row < rows:
        chart, row = chart + down * placed.across, row % rows
    charts = len(grid) // (rows * columns)
    return cell_of(grid, (chart, row, column)) if 0 <= chart < charts else cell
