"""Large digits, three rows high."""

from periodic_tui.plotting.cells import Cells, Glyphs, Ink

ROWS = 3

BOXES = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"), "1": (" ╺┓", "  ┃", "  ╹"), "2": ("╺━┓", "┏━┛", "┗━╸"), "3": ("╺━┓", "╺━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"), "5": ("┏━╸", "┗━┓", "╺━┛"), "6": ("┏━╸", "┣━┓", "┗━┛"), "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"), "9": ("┏━┓", "┗━┫", "╺━┛"), "e": ("┏━╸", "┣━╸", "┗━╸"), "-": ("   ", "╺━╸", "   "),
    "+": (" ╻ ", "╺╋╸", " ╹ "), ".": (" ", " ", "."), ":": ("·", " ", "·"), " ": (" ", " ", " "),
}  # fmt: skip

STROKES = {
    "0": (" _ ", "| |", "|_|"), "1": ("   ", "  |", "  |"), "2": (" _ ", " _|", "|_ "), "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"), "5": (" _ ", "|_ ", " _|"), "6": (" _ ", "|_ ", "|_|"), "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"), "9": (" _ ", "|_|", " _|"), "e": (" _ ", "|_ ", "|_ "), "-": ("   ", " _ ", "   "),
    "+": ("   ", "_|_", " | "), ".": (" ", " ", "."), ":": (" ", ".", "."), " ": (" ", " ", " "),
}  # fmt: skip

BLOCKS = {
    "0": ("█▀█", "█ █", "▀▀▀"), "1": ("▀█ ", " █ ", "▀▀▀"), "2": ("▀▀█", "█▀▀", "▀▀▀"), "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"), "5": ("█▀▀", "▀▀█", "▀▀▀"), "6": ("█▀▀", "█▀█", "▀▀▀"), "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"), "9": ("█▀█", "▀▀█", "▀▀▀"), "e": ("█▀▀", "█▀ ", "▀▀▀"), "-": ("   ", "▀▀▀", "   "),
    "+": (" ▄ ", "▀█▀", "   "), ".": (" ", " ", "."), ":": ("·", " ", "·"), " ": (" ", " ", " "),
}  # fmt: skip

FONTS: dict[Glyphs, dict[str, tuple[str, str, str]]] = {"braille": BOXES, "block": BLOCKS, "ascii": STROKES}


def large_digits(text: str, ink: Ink, glyphs: Glyphs = "braille") -> Cells:
    """Cells three rows high; a character without a large form (only 0-9 . : + - e and space have one) stays small.

    The digits, the signs and e are equally wide, so that a changing figure of constant length never jumps.
    """
    forms = [FONTS[glyphs].get(character, (" ", " ", character)) for character in text.replace("−", "-")]
    return Cells.of_lines([" ".join(form[row] for form in forms) for row in range(ROWS)], ink)
