"""Colors and attributes of characters as the terminal's codes, and the shortest change from one to the next."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

SEEN_ON_BLANKS = frozenset(["4", "5", "7", "9", "21", "51", "52", "53"])
"""Attributes that a space shows: lines, frames, blinking and the change of front and back."""
MOST_STYLES = 4096


class Pen(NamedTuple):
    """How the next character is drawn, in parameters of SGR; empty where the terminal's own."""

    attributes: str = ""
    front: str | None = ""
    """None where it cannot be seen, and so may be any."""
    back: str = ""

    def after(self, before: "Pen") -> tuple[str, "Pen"]:
        """What takes a terminal from another pen to this one, empty for nothing, and the pen that it has then."""
        if self.attributes != before.attributes:
            codes = ["0", self.attributes, self.front or "", self.back]
            return _sgr(codes), self._replace(front=self.front or "")
        front = before.front if self.front is None else self.front
        codes = [front or "39"] if front != before.front else []
        codes += [self.back or "49"] if self.back != before.back else []
        return _sgr(codes), self._replace(front=front)


PLAIN = Pen()
STRANGE = Pen("?", "?", "?")
"""Whatever others have left."""


def _sgr(codes: Sequence[str]) -> str:
    return f"\x1b[{';'.join(filter(None, codes))}m" if codes else ""


class Pens:
    """A number for each pen that has been used."""

    def __init__(self, colors: ColorSystem) -> None:
        self._colors = colors
        self._pens: list[Pen] = []
        self._numbers: dict[Pen, int] = {}
        self._of_styles: dict[Style | None, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._pens)

    def __getitem__(self, number: int) -> Pen:
        return self._pens[number]

    def numbers(self, style: Style | None) -> tuple[int, int]:
        """The pen of a style for characters, and that for blanks."""
        if (known := self._of_styles.get(style)) is None:
            if len(self._of_styles) >= MOST_STYLES:
                self._of_styles.clear()
            pen = self._pen(style) if style else PLAIN
            known = self._of_styles[style] = self.number(pen), self.number(_on_blanks(pen))
        return known

    def _pen(self, style: Style) -> Pen:
        front, back = (
            ";".join(color.downgrade(self._colors).get_ansi_codes(foreground)) if color else ""
            for color, foreground in ((style.color, True), (style.bgcolor, False))
        )
        return Pen(Strip.render_ansi(style.without_color, self._colors), front, back)

    def number(self, pen: Pen) -> int:
        """The number of a pen."""
        if pen not in self._numbers:
            self._numbers[pen] = len(self._pens)
            self._pens.append(pen)
        return self._numbers[pen]


def _on_blanks(pen: Pen) -> Pen:
    return pen if SEEN_ON_BLANKS & set(pen.attributes.split(";")) else pen._replace(front=None)
