"""Numbered files of one kind, of which some go when they take too much room."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.engine.recording.layout import Stored, stored_in


class ThinnedFolder:
    """The pictures or the checkpoints of a recording: at most `most` bytes, evenly thinned; the first one, the `newest`
    last ones and those to be kept go last."""

    def __init__(self, folder: Path, most: int, newest: int, durable: bool) -> None:
        self.folder, self.most = folder, most
        self._newest, self._durable = newest, durable
        self._sizes: dict[Stored, int] = {}
        self._kept: set[Stored] = set()
        self._passing: Stored | None = None
        self._number = 0

    def open(self, at: Iterable[int] = ()) -> None:
        """Make the folder, or take over what lies in it: of that the first at or after each of the steps `at` is to be
        kept. Raises OSError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        found = stored_in(self.folder)
        self._sizes = {each: (self.folder / each.file).stat().st_size for each in found}
        self._number = found[-1].number + 1 if found else 0
        for step in at:
            self._kept.update([each for each in found if each.step >= step][:1])

    def put(self, step: int, data: bytes, keep: bool, passing: bool = False) -> None:
        """Store what is of that step; what is only `passing` goes with the next one. Raises OSError."""
        stored = Stored(self._number, step)
        replace_file(self.folder / stored.file, data, self._durable)
        self._number += 1
        self._sizes[stored] = len(data)
        if keep or len(self._sizes) == 1:
            self._kept.add(stored)
        if self._passing and self._passing in self._sizes:
            self._let_go(self._passing)
        self._passing = stored if passing and stored not in self._kept else None
        self._thin()

    def _thin(self) -> None:
        """Let go of what stands closest to others, until the rest has room."""
        total = sum(self._sizes.values())
        while total > self.most and len(self._sizes) > 1:
            total -= self._let_go(self._victim())

    def _let_go(self, stored: Stored) -> int:
        """Delete one; the bytes that it took."""
        with suppress(FileNotFoundError):
            (self.folder / stored.file).unlink()
        self._kept.discard(stored)
        return self._sizes.pop(stored)

    def _victim(self) -> Stored:
        """The one that goes next: between its neighbors the fewest were stored."""
        order = sorted(self._sizes)
        gap = {
            each: after.number - before.number
            for before, each, after in zip([Stored(-1, 0), *order], order, [*order[1:], order[-1]], strict=False)
        }
        old = order[: -self._newest] or order[:-1]
        return min([each for each in old if each not in self._kept] or old, key=gap.__getitem__)
