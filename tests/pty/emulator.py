"""A terminal's screen in memory: bytes in, characters and answers to queries out."""

import codecs
import re
from collections.abc import Callable

import pyte

UNKNOWN_TO_PYTE = re.compile(
    r"\x1b\[[<>=][\d;:]*[ -/]*[@-~]"  # CSI with a private prefix: keyboard protocols, secondary attributes
    r"|\x1b\[\??[\d;:]*[ -/]+[@-~]"  # CSI with an intermediate: mode queries
    r"|\x1b\[\?[\d;]*[nc]"  # private status queries
    r"|\x1b[P_^X].*?(?:\x1b\\|\x07)",  # strings: DCS, APC, PM, SOS
    re.DOTALL,
)
INCOMPLETE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[P_^X\]][^\x07\x1b]*\x1b?)?\Z")
MODE_QUERY = re.compile(r"\x1b\[\?(\d+)\$p")
KEYBOARD_PUSH = re.compile(r"\x1b\[>\d*u")
KEYBOARD_POP = re.compile(r"\x1b\[<\d*u")

ALTERNATE_SCREEN = 1049
CURSOR = 25
WRAP = 7
SYNCHRONIZED_OUTPUT = 2026
ON_WHEN_RESTORED = {CURSOR: "the cursor is hidden", WRAP: "lines do not wrap"}
OFF_WHEN_RESTORED = {
    ALTERNATE_SCREEN: "the alternate screen is on",
    1000: "the mouse is reported",
    1002: "mouse drags are reported",
    1003: "mouse moves are reported",
    1006: "mouse reports are in SGR form",
    1015: "mouse reports are in urxvt form",
    1016: "mouse reports are in pixels",
    1004: "focus is reported",
    2004: "pastes are bracketed",
    2048: "resizes are reported in band",
    SYNCHRONIZED_OUTPUT: "output is held back",
}


class Emulator(pyte.Screen):
    """An xterm-like screen; `answer` receives what a terminal would type back."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, rows)
        self.answer = answer
        self.keyboard_protocols = 0
        """How many keyboard protocols were pushed and not popped."""
        self._stream = pyte.Stream(self)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pending = ""

    def feed(self, data: bytes) -> None:
        """Show `data`; a sequence cut off at its end waits for the rest."""
        text = self._pending + self._decode(data)
        cut = INCOMPLETE.search(text)
        end = cut.start() if cut else len(text)
        self._pending, start = text[end:], 0
        for unknown in UNKNOWN_TO_PYTE.finditer(text, 0, end):
            self._stream.feed(text[start : unknown.start()])
            self._obey(unknown.group())
            start = unknown.end()
        self._stream.feed(text[start:end])

    def _obey(self, sequence: str) -> None:
        if query := MODE_QUERY.fullmatch(sequence):
            self.answer(f"\x1b[?{query[1]};{self._mode_state(int(query[1]))}$y")
        elif KEYBOARD_PUSH.fullmatch(sequence):
            self.keyboard_protocols += 1
        elif KEYBOARD_POP.fullmatch(sequence):
            self.keyboard_protocols = max(0, self.keyboard_protocols - 1)  # a pop of nothing does nothing

    def _mode_state(self, mode: int) -> int:
        """1 set, 2 reset, 0 unknown: resizes come as signals only."""
        if mode == 2048:
            return 0
        return 1 if self.is_set(mode) else 2

    def is_set(self, mode: int) -> bool:
        """Whether a private mode is on."""
        return mode << 5 in self.mode

    def set_mode(self, *numbers: int, **kwargs: bool) -> None:
        super().set_mode(*numbers, **kwargs)
        self._switch_screens(numbers, **kwargs)

    def reset_mode(self, *numbers: int, **kwargs: bool) -> None:
        super().reset_mode(*numbers, **kwargs)
        self._switch_screens(numbers, **kwargs)

    def _switch_screens(self, numbers: tuple[int, ...], private: bool = False) -> None:
        """Start either screen empty: what the other one held is never looked at."""
        if private and ALTERNATE_SCREEN in numbers:
            self.erase_in_display(2)
            self.cursor_position()

    def write_process_input(self, data: str) -> None:
        self.answer(data)

    @property
    def display(self) -> list[str]:
        """The rows as text; a wide character's second cell is empty. Faster than pyte's, which measures every cell."""
        columns, lines = range(self.columns), (self.buffer[row] for row in range(self.lines))
        return ["".join([line[column].data for column in columns]) for line in lines]

    def unrestored(self) -> list[str]:
        """What a program left behind, in words; empty after a clean end."""
        problems = [text for mode, text in OFF_WHEN_RESTORED.items() if self.is_set(mode)]
        problems += [text for mode, text in ON_WHEN_RESTORED.items() if not self.is_set(mode)]
        if self.keyboard_protocols:
            problems.append("a keyboard protocol is still pushed")
        if self.cursor.attrs != self.default_char:
            problems.append("text attributes are on")
        return problems
