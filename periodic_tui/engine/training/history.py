"""Bounded histories: bins that double in width when they run out, so that a spike is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats, error_of_mean
from periodic_tui.engine.recording.attributes import array_of, part, whole_number
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.training.reduced import Bins, joined, reduced

if TYPE_CHECKING:
    from periodic_tui.engine.training.fetched import Fetched

_NEVER = np.iinfo(np.int64).max
_LIVES = 4
"""Bins for each life that is told apart: where there are more lives, the oldest two become one."""
_FEWEST, _MOST, _NUMBERS = 128, 512, 1 << 21
"""Bins of a history: as many as make so many numbers of all replicas, between these limits."""
_SAVED = 1 << 18
"""Numbers of all replicas to which the bins of a checkpoint are put together."""
_PER_STEP = 512
"""Replicas of an accelerator for each step that a bin has at first."""
_EVERYONE = slice(None)
_EMPTY = {"_low": np.inf, "_high": -np.inf, "_sum": 0.0, "_count": 0.0, "_first": _NEVER, "_last": -1}
"""What is kept of each bin and replica, and its value where there is nothing."""
_MERGES = np.minimum, np.maximum, np.add, np.add, np.minimum, np.maximum
BYTES = 48
"""Of one bin of one replica, at most."""


def bins_for(replicas: int) -> int:
    """How many bins the history of so many replicas has."""
    return max(_FEWEST, min(_MOST, _NUMBERS // replicas))


def saved_bins_for(replicas: int) -> int:
    """How many of them a checkpoint has, at most."""
    return max(8, _SAVED // replicas)


def width_for(replicas: int, on_accelerator: bool) -> int:
    """Steps in a bin at first: of many replicas on an accelerator, which takes thousands of steps meanwhile, to enter
    every one of them would take longer than to train it."""
    return 1 << (replicas // _PER_STEP).bit_length() >> 1 or 1 if on_accelerator else 1


class History:
    """Least, mean and largest value of a quantity in bins of steps, for every replica.

    Each bin knows its own first and last step, of each replica, and belongs to one life: values before and after
    `begin` never share one. Only bins that hold something take up room. Steps ascend, but for `rewind`.

    `geometric` averages logarithms, as losses want; zeros count as the smallest positive double there. A NaN counts
    as infinite: it is the worst that a bin can hold. `capacity`: the most bins, at least 8; None: by the number of
    replicas. `together`: values come of all replicas at once, always. `width`: steps in a bin at first.
    """

    def __init__(
        self, replicas: int, *, geometric: bool, capacity: int | None = None, together: bool = False, width: int = 1
    ) -> None:
        self.geometric, self.capacity = geometric, capacity or bins_for(replicas)
        self.replicas, self._together = replicas, together
        self.width = width
        self._low, self._high, self._sum, self._count = (np.empty((self.capacity, replicas)) for _ in range(4))
        columns = self.capacity, 1 if together else replicas
        self._first, self._last = np.empty(columns, np.int64), np.empty(columns, np.int64)
        self._ready = 0
        """Rows that are empty or hold something; the others take no memory yet."""
        self._life = np.zeros(self.capacity, np.int64)
        self._bin = np.zeros(self.capacity, np.int64)
        """Number of each bin among all of that width; a life has none twice."""
        self._used = 0
        self._begun: list[int] = []
        """The first step of each life but the very first."""
        self._open: tuple[int, int, Bins] | None = None
        """First and last step of values in one bin, and these, until they are entered there: it spares most of the
        work where bins are longer than what comes at once, and an accelerator's values stay there."""
        self._sent: list[tuple[Counts, int, Fetched]] = []
        """First steps of an accelerator's full bins, the last step of all, and the bins on their way."""

    def begin(self, step: int) -> None:
        """A new life at a step: what is added from now on is kept apart from what was before, also at that step."""
        self._settle()
        if not self._used or self._life[self._used - 1] < len(self._begun):
            self._begun = [*self._begun[:-1], step] if self._begun else []
            return
        self._begun.append(step)
        lives = np.unique(self._life[: self._used])
        if len(lives) * _LIVES > self.capacity:
            self._life[: self._used] = np.maximum(self._life[: self._used], lives[1])
            self._merge()

    def rewind(self, step: int) -> None:
        """Forget what came after a step, to go on from there in the life that it was in.

        A bin that reaches beyond it ends there, and keeps its values.
        """
        self._settle()
        after = self._first[: self._used] > step
        for array, empty in self._columns():
            array[: self._used][np.broadcast_to(after, array[: self._used].shape)] = empty
        np.minimum(self._last[: self._used], step, out=self._last[: self._used])
        self._used = int((~after).any(1).sum())
        self._begun = [begun for begun in self._begun if begun <= step]
        np.minimum(self._life, len(self._begun), out=self._life)

    def add(self, first: int, values: Any, part: slice = _EVERYONE) -> None:
        """Values `[steps, replicas]` of consecutive steps from number `first` on, an array or an accelerator's tensor;
        `part` says of which replicas."""
        if not len(values):
            return
        last = first + len(values) - 1
        if not isinstance(values, np.ndarray):
            self._add_there(first, last, values)
            return
        waits = part == _EVERYONE and first // self.width == last // self.width
        if not waits or (self._open and not self._goes_on(self._open, first, values)):
            self._settle()
        if waits:
            news = reduced(values, [0], self.geometric)
            begun, before = (self._open[0], self._open[2]) if self._open else (first, None)
            self._open = begun, last, before.with_more(news) if before else news
            return
        rows, firsts = self._rows_for(first, len(values))
        self._enter(rows, part, firsts, last, reduced(values, (firsts - first).tolist(), self.geometric))

    def _add_there(self, first: int, last: int, values: Any) -> None:
        """The last bin stays on the accelerator; those before it are sent for, and entered at the next call."""
        self._enter_sent()
        if self._open and isinstance(self._open[2].low, np.ndarray):
            self._settle()
        firsts = self._firsts_of(first, last)
        news = reduced(values, (firsts - first).tolist(), self.geometric)
        if self._open:
            begun, ended, before = self._open
            if begun // self.width == first // self.width:
                firsts[0] = begun
                news = joined([before.with_more(news[:1]), news[1:]])
            else:
                self._sent.append((np.array([begun]), ended, before.sent()))
        if len(firsts) > 1:
            self._sent.append((firsts[:-1], int(firsts[-1]) - 1, news[:-1].sent()))
        self._open = int(firsts[-1]), last, news[-1:]

    def _enter_sent(self) -> None:
        """Enter the full bins that were sent for."""
        sent, self._sent = self._sent, []
        for begun, last, fetched in sent:
            rows, firsts = self._rows_for(int(begun[0]), last - int(begun[0]) + 1)
            bins = Bins(*(column.numpy() for column in fetched.arrived()))
            self._enter(rows, _EVERYONE, firsts, last, bins.grouped(np.searchsorted(begun, firsts)))

    def _firsts_of(self, first: int, last: int) -> Counts:
        """The first of these steps in each bin."""
        bins = first // self.width + np.arange(self._bins_of(first, last - first + 1))
        return np.maximum(bins * self.width, first)

    def _goes_on(self, open_: tuple[int, int, Bins], first: int, values: Any) -> bool:
        """Whether values from this step on go into the bin that is not yet entered: the same one, in the same place."""
        here = isinstance(values, np.ndarray), isinstance(open_[2].low, np.ndarray)
        return open_[0] // self.width == first // self.width and here[0] == here[1]

    def _settle(self) -> None:
        """Enter what is not yet entered."""
        self._enter_sent()
        if self._open:
            first, last, bins = self._open
            self._open = None
            self._enter(*self._row_of(first), last, bins)

    def _row_of(self, first: int) -> tuple[slice, slice, Counts]:
        rows, firsts = self._rows_for(first, 1)
        return rows, _EVERYONE, firsts

    def _enter(self, rows: slice, part: slice, firsts: Counts, last: int, bins: Bins) -> None:
        """Merge bins that begin at these steps, the last of which ends with step `last`, into the rows."""
        lasts = np.append(firsts[1:] - 1, last)
        news = (*bins.arrays(), firsts[:, None], lasts[:, None])
        for (array, _), merge, new in zip(self._columns(), _MERGES, news, strict=True):
            array[rows, part] = merge(array[rows, part], new)

    def _rows_for(self, first: int, count: int) -> tuple[slice, Counts]:
        """Rows for so many steps, and the first of these steps in each."""
        while self._used - self._joins(first) + self._bins_of(first, count) > self.capacity:
            self._widen()
        begin = self._used - self._joins(first)
        bins = first // self.width + np.arange(self._bins_of(first, count))
        rows = slice(begin, begin + len(bins))
        self._reserve(rows.stop)
        self._life[rows], self._bin[rows], self._used = len(self._begun), bins, rows.stop
        return rows, np.maximum(bins * self.width, first)

    def _reserve(self, rows: int) -> None:
        """Have so many rows ready."""
        for array, empty in self._columns() if rows > self._ready else ():
            array[self._ready : rows] = empty
        self._ready = max(rows, self._ready)

    def _widen(self) -> None:
        self.width *= 2
        self._bin //= 2
        self._merge()

    def _bins_of(self, first: int, count: int) -> int:
        return (first + count - 1) // self.width - first // self.width + 1

    def _joins(self, first: int) -> bool:
        """Whether a step belongs to the last bin."""
        last = self._used - 1
        return last >= 0 and bool(self._life[last] == len(self._begun) and self._bin[last] == first // self.width)

    def _merge(self) -> None:
        """Put together what has come to be the same bin of the same life: two at a time."""
        life, number = self._life[: self._used], self._bin[: self._used]
        starts = np.flatnonzero((np.diff(life, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
        double = np.flatnonzero(np.diff(starts, append=self._used) > 1)
        for (array, empty), merge in zip(self._columns(), _MERGES, strict=True):
            merged = array[starts]
            merged[double] = merge(merged[double], array[starts[double] + 1])
            array[: len(starts)], array[len(starts) : self._used] = merged, empty
        self._life[: len(starts)], self._bin[: len(starts)] = life[starts], number[starts]
        self._used = len(starts)

    def _columns(self) -> list[tuple[Any, float]]:
        return [(getattr(self, name), empty) for name, empty in _EMPTY.items()]

    def remembered(self) -> Tree:
        """The bins that hold something; of very many replicas put together to fewer."""
        self._settle()
        most = saved_bins_for(self.replicas)
        if self._used > most:
            return self._coarser(most)._kept()
        return self._kept()

    def _kept(self) -> Tree:
        used = slice(self._used)
        columns = [array[used].copy() for array, _ in self._columns()]
        own = {"life": self._life[used].copy(), "bin": self._bin[used].copy(), "begun": list(self._begun)}
        return own | {"width": self.width, "columns": columns}

    def _coarser(self, most: int) -> History:
        """The same in at most so many bins, or in one for each life."""
        twin = self.copied()
        while twin._used > most and twin._used > len(np.unique(twin._life[: twin._used])):
            twin._widen()
        return twin

    def recall(self, tree: Tree) -> None:
        """Hold what another one held. Raises NotReadable."""
        begun, columns = part(tree, "begun"), part(tree, "columns")
        lives = array_of(part(tree, "life"), "life", np.int64, (None,))
        used = whole_number(len(lives), "the number of bins", 0, self.capacity)
        if not (isinstance(begun, list) and isinstance(columns, list) and len(columns) == len(_EMPTY)):
            raise NotReadable("the checkpoint is damaged: a history has other columns")
        self.width = whole_number(part(tree, "width"), "width", 1)
        self._begun = [whole_number(each, "begun") for each in begun]
        self._reserve(used)
        self._life[:used], self._used, self._open, self._sent = lives, used, None, []
        self._bin[:used] = array_of(part(tree, "bin"), "bin", np.int64, (used,))
        for (mine, empty), kept in zip(self._columns(), columns, strict=True):
            mine[:used] = array_of(kept, "history", mine.dtype, (used, mine.shape[1]))
            mine[used : self._ready] = empty

    def copied(self) -> History:
        """A history of its own that holds the same."""
        self._settle()
        twin = History(self.replicas, geometric=self.geometric, capacity=self.capacity, together=self._together)
        twin.recall(self._kept())
        return twin

    def middle(self, first: int, end: int, part: slice = _EVERYONE) -> Floats:
        """Interquartile mean `[replicas]` of the bins that begin at step `first` or later and before `end`, so that a
        few spikes do not count; one without a finite value is the largest. NaN where there are no bins."""
        means = np.sort(self._means(first, end, part), axis=0)
        quarter = len(means) // 4
        if not len(means):
            return np.full(means.shape[1], np.nan)
        mean: Floats = np.nan_to_num(means[quarter : len(means) - quarter], nan=np.inf).mean(0)
        return np.exp(mean) if self.geometric else mean

    def error(self, first: int, end: int, part: slice = _EVERYONE) -> Floats:
        """Standard error `[replicas]` of `middle`, or of its logarithm where it is geometric (see `error_of_mean`)."""
        return error_of_mean(self._means(first, end, part))

    def _means(self, first: int, end: int, part: slice) -> Floats:
        """`[bins, replicas]`: those of the bins that begin at step `first` or later and before `end`, or of their
        logarithms."""
        self._settle()
        begun = self._first[: self._used]
        inside = np.flatnonzero(((begun >= first) & (begun < end)).all(1))
        with np.errstate(invalid="ignore", divide="ignore"):
            means: Floats = self._sum[inside, part] / self._count[inside, part]
        return means

    def curve(self, replica: int) -> Curve:
        """The history of one replica; bins without any value are left out."""
        self._settle()
        at = 0 if self._together else replica
        seen = np.flatnonzero(self._high[: self._used, replica] > -np.inf)
        high, count = self._high[seen, replica], self._count[seen, replica]
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = self._sum[seen, replica] / count
        return Curve(
            step=self._first[seen, at].astype(np.float64),
            low=self._low[seen, replica],
            middle=np.where(high == 0, 0.0, np.exp(middle)) if self.geometric else middle,
            high=high,
            width=self.width,
            last=self._last[seen, at].astype(np.float64),
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
            self.losses = History(self.replicas, geometric=True, together=True)
            self.frequencies = History(self.replicas, geometric=False, together=True)
            self.losses.recall(tree[0])
            self.frequencies.recall(tree[1])
