"""Names of the arrays that leave the engine, who keeps them read-only, and how their numbers are said in JSON."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T", bound=np.generic)
Array = np.ndarray[tuple[Any, ...], np.dtype[T]]
"""What numpy calls NDArray, which some of its versions tell apart from the type of an array: recordings are read by the
types of what is recorded."""
Floats = Array[np.float64]
Counts = Array[np.int64]
Mask = Array[np.bool_]
Bytes = Array[np.uint8]


class ReadOnly:
    """Lets nobody write into the arrays of a frozen value."""

    def __post_init__(self) -> None:
        for name, value in list(vars(self).items()):
            if isinstance(value, np.ndarray) and value.flags.writeable:
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)


def no_values() -> Floats:
    """An array of none: what is not there."""
    return np.empty(0)


def finite(value: Any) -> Any:
    """The value as JSON can hold it: arrays and tensors as lists, and None for numbers that are not finite."""
    match value:
        case dict():
            return {key: finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [finite(inner) for inner in value]
        case float():
            return float(value) if math.isfinite(value) else None
    return finite(value.tolist()) if hasattr(value, "tolist") else value


def scalar_or_list(values: Floats) -> float | list[float | None] | None:
    """A number for one value, a list for several, None for none; None for each that is not finite."""
    numbers = finite(values)
    return numbers if len(numbers) > 1 else numbers[0] if numbers else None


def error_of_mean(values: Floats) -> Floats:
    """Standard error `[columns]` of the mean of each column, whose rows follow each other in time. Their spread is told
    by the differences of neighbors, so that a drift does not count (von Neumann 1941); inf of fewer than three."""
    if len(values) < 3:
        return np.full(values.shape[1], np.inf)
    with np.errstate(invalid="ignore"):
        spread = np.square(np.diff(values, axis=0)).mean(0) / 2
    return np.nan_to_num(np.sqrt(spread / len(values)), nan=np.inf)
