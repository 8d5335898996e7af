"""Bounded histories: bins that double in width when they run out, so that a spike is never lost."""

from __future__ import annotations

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats
from periodic_tui.engine.recording.attributes import array_of, part, whole_number
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.snapshot import Curve

_TINY = np.nextafter(0.0, 1.0)
_NEVER = np.iinfo(np.int64).max
_LIVES = 4
"""Bins for each life that is told apart: where there are more lives, the oldest two become one."""


class History:
    """Least, mean and largest value of a quantity in bins of steps, for every replica.

    Each bin knows its own first and last step, of each replica, and belongs to one life: values before and after
    `begin` never share one. Only bins that hold something take up room. Steps ascend, but for `rewind`.

    `geometric` averages logarithms, as losses want; zeros count as the smallest positive double there. A NaN counts
    as infinite: it is the worst that a bin can hold. `capacity`: the most bins, at least 8.
    """

    def __init__(self, replicas: int, *, geometric: bool, capacity: int = 512) -> None:
        self.geometric = geometric
        self.width = 1
        self._low = np.full((capacity, replicas), np.inf)
        self._high = np.full((capacity, replicas), -np.inf)
        self._sum = np.zeros((capacity, replicas))
        self._count = np.zeros((capacity, replicas))
        self._first = np.full((capacity, replicas), _NEVER)
        self._last = np.full((capacity, replicas), -1)
        self._life = np.zeros(capacity, np.int64)
        self._bin = np.zeros(capacity, np.int64)
        """Number of each bin among all of that width; a life has none twice."""
        self._used = 0
        self._begun: list[int] = []
        """The first step of each life but the very first."""

    def begin(self, step: int) -> None:
        """A new life at a step: what is added from now on is kept apart from what was before, also at that step."""
        if not self._used or self._life[self._used - 1] < len(self._begun):
            self._begun = [*self._begun[:-1], step] if self._begun else []
            return
        self._begun.append(step)
        lives = np.unique(self._life[: self._used])
        if len(lives) * _LIVES > len(self._life):
            self._life[: self._used] = np.maximum(self._life[: self._used], lives[1])
            self._merge()

    def rewind(self, step: int) -> None:
        """Forget what came after a step, to go on from there in the life that it was in.

        A bin that reaches beyond it ends there, and keeps its values.
        """
        after = self._first[: self._used] > step
        for array, empty in self._columns():
            array[: self._used][after] = empty
        np.minimum(self._last[: self._used], step, out=self._last[: self._used])
        self._used = int((~after).any(1).sum())
        self._begun = [begun for begun in self._begun if begun <= step]
        np.minimum(self._life, len(self._begun), out=self._life)

    def add(self, first: int, values: Floats, part: slice = slice(None)) -> None:
        """Values `[steps, replicas]` of consecutive steps from number `first` on; `part` says of which replicas."""
        if not len(values):
            return
        rows, firsts = self._rows_for(first, len(values))
        starts = firsts - first
        finite = np.isfinite(values)
        measured, count = values, np.diff(starts, append=len(values)).astype(float)[:, None]
        if not finite.all():
            values = np.where(np.isnan(values), np.inf, values)
            measured = np.where(finite, values, 1.0 if self.geometric else 0.0)
            count = np.add.reduceat(finite.astype(float), starts)
        if self.geometric:
            measured = np.log(np.maximum(measured, _TINY))
        lasts = np.append(firsts[1:], first + len(values)) - 1
        for array, merge, news in (
            (self._low, np.minimum, np.minimum.reduceat(values, starts)),
            (self._high, np.maximum, np.maximum.reduceat(values, starts)),
            (self._sum, np.add, np.add.reduceat(measured, starts)),
            (self._count, np.add, count),
            (self._first, np.minimum, firsts[:, None]),
            (self._last, np.maximum, lasts[:, None]),
        ):
            array[rows, part] = merge(array[rows, part], news)

    def _rows_for(self, first: int, count: int) -> tuple[slice, Counts]:
        """Rows for so many steps, and the first of these steps in each."""
        while self._used - self._joins(first) + self._bins_of(first, count) > len(self._bin):
            self.width *= 2
            self._bin //= 2
            self._merge()
        begin = self._used - self._joins(first)
        bins = first // self.width + np.arange(self._bins_of(first, count))
        rows = slice(begin, begin + len(bins))
        self._life[rows], self._bin[rows], self._used = len(self._begun), bins, rows.stop
        return rows, np.maximum(bins * self.width, first)

    def _bins_of(self, first: int, count: int) -> int:
        return (first + count - 1) // self.width - first // self.width + 1

    def _joins(self, first: int) -> bool:
        """Whether a step belongs to the last bin."""
        last = self._used - 1
        return last >= 0 and bool(self._life[last] == len(self._begun) and self._bin[last] == first // self.width)

    def _merge(self) -> None:
        """Put together what has come to be the same bin of the same life."""
        life, number = self._life[: self._used], self._bin[: self._used]
        starts = np.flatnonzero((np.diff(life, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
        merges = (np.minimum, np.maximum, np.add, np.add, np.minimum, np.maximum)
        for (array, empty), merge in zip(self._columns(), merges, strict=True):
            merged = merge.reduceat(array[: self._used], starts)
            array[: len(starts)], array[len(starts) : self._used] = merged, empty
        self._life[: len(starts)], self._bin[: len(starts)] = life[starts], number[starts]
        self._used = len(starts)

    def _columns(self) -> tuple[tuple[Floats | Counts, float], ...]:
        """What is kept of each bin and replica, and its value where there is nothing."""
        return (
            (self._low, np.inf), (self._high, -np.inf), (self._sum, 0.0), (self._count, 0.0),
            (self._first, _NEVER), (self._last, -1),
        )  # fmt: skip

    def remembered(self) -> Tree:
        """The bins that hold something."""
        used = slice(self._used)
        columns = [array[used].copy() for array, _ in self._columns()]
        own = {"life": self._life[used].copy(), "bin": self._bin[used].copy(), "begun": list(self._begun)}
        return own | {"width": self.width, "columns": columns}

    def recall(self, tree: Tree) -> None:
        """Hold what another one held. Raises NotReadable."""
        begun, columns = part(tree, "begun"), part(tree, "columns")
        lives = array_of(part(tree, "life"), "life", np.int64, (None,))
        used = whole_number(len(lives), "the number of bins", 0, len(self._bin))
        if not (isinstance(begun, list) and isinstance(columns, list) and len(columns) == len(self._columns())):
            raise NotReadable("the checkpoint is damaged: a history has other columns")
        self.width = whole_number(part(tree, "width"), "width", 1)
        self._begun = [whole_number(each, "begun") for each in begun]
        self._life[:used], self._used = lives, used
        self._bin[:used] = array_of(part(tree, "bin"), "bin", np.int64, (used,))
        for (mine, empty), kept in zip(self._columns(), columns, strict=True):
            mine[:used], mine[used:] = array_of(kept, "history", mine.dtype, (used, mine.shape[1])), empty

    def copied(self) -> History:
        """A history of its own that holds the same."""
        twin = History(self._low.shape[1], geometric=self.geometric, capacity=len(self._low))
        twin.recall(self.remembered())
        return twin

    def middle(self, first: int, end: int) -> Floats:
        """Interquartile mean `[replicas]` of the bins that begin at step `first` or later and before `end`, so that a
        few spikes do not count; one without a finite value is the largest. NaN where there are no bins."""
        begun = self._first[: self._used]
        inside = ((begun >= first) & (begun < end)).all(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.sort(self._sum[: self._used][inside] / self._count[: self._used][inside], axis=0)
        quarter = len(means) // 4
        if not len(means):
            return np.full(self._sum.shape[1], np.nan)
        mean: Floats = np.nan_to_num(means[quarter : len(means) - quarter], nan=np.inf).mean(0)
        return np.exp(mean) if self.geometric else mean

    def curve(self, replica: int) -> Curve:
        """The history of one replica; bins without any value are left out."""
        seen = np.flatnonzero(self._high[: self._used, replica] > -np.inf)
        high, count = self._high[seen, replica], self._count[seen, replica]
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = self._sum[seen, replica] / count
        return Curve(
            step=self._first[seen, replica].astype(np.float64),
            low=self._low[seen, replica],
            middle=np.where(high == 0, 0.0, np.exp(middle)) if self.geometric else middle,
            high=high,
            width=self.width,
            last=self._last[seen, replica].astype(np.float64),
            life=self._life[seen].astype(np.float64),
        )


class Abandoned:
    """The course that a run had taken before it went back and took another: losses and frequencies, empty where there
    is none."""

    def __init__(self, replicas: int, losses: History | None = None, frequencies: History | None = None) -> None:
        self.replicas = replicas
        self.losses, self.frequencies = losses, frequencies

    def curves(self, replica: int) -> tuple[Curve, Curve]:
        """Minibatch losses, and frequencies."""
        first, second = (each.curve(replica) if each else Curve() for each in (self.losses, self.frequencies))
        return first, second

    def remembered(self) -> Tree:
        """Both."""
        both = (self.losses, self.frequencies)
        return [each.remembered() for each in both if each]

    def recall(self, tree: Tree) -> None:
        """Hold what another one held. Raises NotReadable."""
        self.losses = self.frequencies = None
        if isinstance(tree, list) and len(tree) == 2:
            self.losses = History(self.replicas, geometric=True)
            self.frequencies = History(self.replicas, geometric=False)
            self.losses.recall(tree[0])
            self.frequencies.recall(tree[1])
