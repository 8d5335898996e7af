"""What the screen remembers from one start to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording.durable import replace_file

THEME, GLYPHS, GREETED = "theme", "glyphs", "greeted"
"""Names of what is remembered."""
MAX_BYTES = 1 << 14
"""Largest file that is read."""


class Memory:
    """Short texts by their names, in a file; where none can be read or written, nothing is remembered, and nothing
    fails."""

    def __init__(self, file: Path | None = None) -> None:
        """`file`: None: nothing is ever remembered."""
        self._file = file

    def get(self, name: str) -> str:
        """What is remembered; empty where nothing is."""
        return self._read().get(name, "")

    def keep(self, name: str, text: str) -> bool:
        """Remember it; whether that can be."""
        if self._file is None:
            return False
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(self._file, json.dumps({**self._read(), name: text}, indent=1).encode(), durable=False)
        except OSError:
            return False
        return True

    def _read(self) -> Mapping[str, str]:
        try:
            found = json.loads(read_regular(self._file, MAX_BYTES)) if self._file else {}
        except (OSError, ValueError, RecursionError):
            return {}
        items = found.items() if isinstance(found, dict) else ()
        return {name: text for name, text in items if isinstance(text, str)}
