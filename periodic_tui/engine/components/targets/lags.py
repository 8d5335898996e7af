"""Which input of a table in the order of time holds an earlier value of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST, _SHARE = 366, 4
"""So many rows may lie between the two at most, and no more than this part of the table."""
_FEWEST = 16
"""Rows in which the output changes: among fewer, columns of few values are alike by chance."""
_ALIKE = 0.95
"""Share of them that must be alike: rows may be missing."""
_SOME = 64
"""Rows that are looked at first."""


def latest_lag(x: NDArray[np.float64], y: NDArray[np.float64]) -> int | None:
    """Index of the column of `x` `[rows, columns]` that holds y of the latest earlier row; None if none does.

    A column that is `y` itself tells nothing of earlier rows.
    """
    import numpy as np  # not for listing and checking

    changes = np.flatnonzero(np.diff(y)) + 1
    for lag in range(1, min(_MOST, len(y) // _SHARE) + 1):
        rows = changes[changes < len(y) - lag]
        if len(rows) < _FEWEST:
            break
        some = rows[:: -(-len(rows) // _SOME)]
        if not (x[some + lag] == y[some, None]).mean(0).max() >= _ALIKE:
            continue
        alike = ((x[rows + lag] == y[rows, None]).mean(0) >= _ALIKE) & ((x == y[:, None]).mean(0) < _ALIKE)
        if alike.any():
            return int(alike.argmax())
    return None
