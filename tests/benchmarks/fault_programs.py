"""Training scripts with one known fault each, and their mended twins: the files of `tests/faults/`.

A file is both scripts at once. Lines that end in `# fault` are the faulty script's alone, those that end in `# mended`
its twin's. The comments at its head say what is wrong, which verdicts name it (`Expect`, the most exact first), where
it comes from (`From`), and whether it was written without a look at the rules (`Held out`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Version = Literal["fault", "mended"]
FOLDER = Path(__file__).parents[1] / "faults"
_MARK = re.compile(r"\s*# (fault|mended)$")


@dataclass(frozen=True)
class FaultProgram:
    """One file."""

    name: str
    source: str

    def _said(self, word: str) -> str:
        found = re.search(rf"^# {word}: (.*)$", self.source, re.MULTILINE)
        return found[1] if found else ""

    @property
    def expected(self) -> tuple[str, ...]:
        """Codes of the verdicts that name the fault, the most exact first; none for a healthy script."""
        return tuple(code.strip() for code in self._said("Expect").split(",") if code.strip())

    @property
    def origin(self) -> str:
        """The fault class or program of the literature that it is built from."""
        return self._said("From")

    @property
    def held_out(self) -> bool:
        """Whether it was written without a look at the rules."""
        return re.search(r"^# Held out$", self.source, re.MULTILINE) is not None

    @property
    def has_twin(self) -> bool:
        """Whether some lines tell a faulty script from a mended one."""
        return self.script("fault") != self.script("mended")

    def script(self, version: Version) -> str:
        """The source of one version, without the marks."""
        return "".join(f"{line}\n" for line in self._lines(version))

    def _lines(self, version: Version) -> Iterator[str]:
        for line in self.source.splitlines():
            mark = _MARK.search(line)
            if mark is None or mark[1] == version:
                yield _MARK.sub("", line)


def programs(folder: Path = FOLDER) -> list[FaultProgram]:
    """All programs of a folder, by name."""
    files = sorted(file for file in folder.glob("*.py") if file.name != "__init__.py")
    return [FaultProgram(file.stem, file.read_text()) for file in files]
