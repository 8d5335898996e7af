"""Which dots a polyline passes through: whole-array digital differential analysis."""

import numpy as np
from numpy.typing import NDArray

Dots = NDArray[np.int64]
"""[n] dot coordinates, from the left or from the top."""


def polyline_dots(columns: Dots, rows: Dots, joined: NDArray[np.bool_], width: int, height: int) -> tuple[Dots, Dots]:
    """Dots of a polyline through n points: all in a width × height grid, and a few just outside.

    Args:
        columns: [n] where the points are, possibly outside the grid.
        rows: [n] likewise.
        joined: [n - 1] whether a point is connected to the next.

    Returns:
        Columns and rows of the dots, in their order along the line. A dot may occur twice.
    """
    x, y = columns[:-1][joined], rows[:-1][joined]
    dx, dy = columns[1:][joined] - x, rows[1:][joined] - y
    steps = np.maximum(np.maximum(np.abs(dx), np.abs(dy)), 1)
    first_x, last_x = _steps_between(x, dx, steps, width)
    first_y, last_y = _steps_between(y, dy, steps, height)
    first, last = np.maximum(first_x, first_y), np.minimum(last_x, last_y)
    counts = np.maximum(last - first + 1, 0)
    segment = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    line_columns = _along(x[segment], dx[segment], step, steps[segment])
    line_rows = _along(y[segment], dy[segment], step, steps[segment])
    return line_columns, line_rows


def _along(start: Dots, change: Dots, step: Dots, steps: Dots) -> Dots:
    """Dots along segments. Multiplying first rounds only once: a tie must not depend on the error of step / steps."""
    return np.rint(start + change.astype(np.float64) * step / steps).astype(np.int64)


def _steps_between(start: Dots, change: Dots, steps: Dots, size: int) -> tuple[Dots, Dots]:
    """First and last step of each segment that fall between 0 and `size`, so that a far point costs nothing."""
    still = change == 0
    outside = still & ((start < 0) | (start >= size))
    pace = steps / np.where(still, 1, change)
    enter, leave = np.sort([(-0.5 - start) * pace, (size - 0.5 - start) * pace], axis=0)
    # One step more at either end: a dot exactly on the edge may round to either side of it.
    first = np.where(still, 0, np.maximum(np.ceil(enter) - 1, 0))
    last = np.where(still, steps, np.minimum(np.floor(leave) + 1, steps))
    return first.astype(np.int64), np.where(outside, -1, last).astype(np.int64)
