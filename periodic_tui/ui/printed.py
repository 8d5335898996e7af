"""What a program has printed as the lines that a terminal would show: progress bars overwrite themselves, and nothing
commands this terminal."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from periodic_tui.printable import printable

MOST_BYTES = 64 << 10
"""Read from the end of the file."""
MOST_LINES = 1_000
MOST_COLUMNS = 1_000
_TAB = 8
_ROWS_UP = 50
"""Rows that a cursor goes up, at most."""
_PARTS = re.compile(
    r"\x1b\[(?P<number>[0-9;?]*)[ -/]*(?P<command>[@-~])"  # as colors, and the cursor's ways
    r"|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\|$)"  # titles and the like
    r"|\x1b[ -/]*[0-~]?"
    r"|(?P<control>[\r\n\b])"
    r"|(?P<text>[^\x1b\r\n\b]+)"
)


class Printed:
    """The end of a growing file, as lines; the file is read anew only where it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: tuple[str, ...] = ()
        self._known: tuple[int, int] | None = None

    def look(self) -> bool:
        """See what is new; whether anything is. A file that cannot be read is as it was."""
        try:
            status = os.lstat(self.path)
            known = status.st_size, status.st_mtime_ns
            if known == self._known or not stat.S_ISREG(status.st_mode):
                return False
            data, cut = _end_of(self.path)
        except OSError:
            return False
        before, self.lines, self._known = self.lines, lines_of(data, cut), known
        return self.lines != before


def _end_of(path: Path) -> tuple[bytes, bool]:
    """The last bytes, and whether there are others before them."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(size - MOST_BYTES, 0))
        return file.read(MOST_BYTES), size > MOST_BYTES


def lines_of(data: bytes, cut: bool = False) -> tuple[str, ...]:
    """The lines of UTF-8; `cut`: the first one is not whole, and goes if there are others."""
    text = data.decode("utf-8", "replace")
    if cut and "\n" in text:
        text = text.partition("\n")[2]
    screen = _Screen()
    for part in _PARTS.finditer(text.replace("\r\n", "\n")):
        screen.take(part)
    while screen.rows and not screen.rows[-1].strip():
        screen.rows.pop()
    return tuple(printable(row.rstrip()) for row in screen.rows[-MOST_LINES:])


class _Screen:
    """As much of a terminal as progress bars need."""

    def __init__(self) -> None:
        self.rows = [""]
        self._row = self._column = 0

    def take(self, part: re.Match[str]) -> None:
        """The next part of what was printed."""
        if text := part["text"]:
            self._write(text.expandtabs(_TAB))
        elif control := part["control"]:
            self._move(control)
        elif command := part["command"]:
            self._obey(command, part["number"])

    def _write(self, text: str) -> None:
        row, at = self.rows[self._row].ljust(self._column), self._column
        self._column = min(at + len(text), MOST_COLUMNS)
        self.rows[self._row] = (row[:at] + text + row[at + len(text) :])[:MOST_COLUMNS]

    def _move(self, control: str) -> None:
        if control == "\b":
            self._column = max(self._column - 1, 0)
            return
        self._column = 0
        if control == "\n":
            self._row += 1
            if self._row == len(self.rows):
                self.rows.append("")

    def _obey(self, command: str, number: str) -> None:
        row, by = self.rows[self._row], int(number[:4]) if number[:4].isdigit() else 0
        if command == "A":
            self._row = max(self._row - min(max(by, 1), _ROWS_UP), 0)
        elif command == "B":
            self._row = min(self._row + max(by, 1), len(self.rows) - 1)
        elif command == "G":
            self._column = min(max(by - 1, 0), MOST_COLUMNS)
        elif command == "K":
            self.rows[self._row] = "" if by == 2 else row[: self._column] if by == 0 else row
