"""What is wrong with a preset."""

from collections.abc import Sequence

from periodic_tui.printable import printable


class PresetError(ValueError):
    """A preset that cannot be read; `lines` names the file, the key and what was expected, a line a problem."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.lines = [printable(f"{name}: {problem}") for problem in problems]
        super().__init__("; ".join(self.lines))
