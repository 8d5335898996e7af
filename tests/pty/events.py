"""Whatever people and terminals do to a program, by chance, and the same again for the same seed."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

SPECIAL = {
    "escape": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "ctrl+p": "\x10",
    "ctrl+l": "\x0c",
    "ctrl+c": "\x03",
    "ctrl+a": "\x01",
    "ctrl+e": "\x05",
    "ctrl+up": "\x1b[1;5A",
    "alt+x": "\x1bx",
}
LEAVING = "q"
"""Ends the program, or closes a menu."""
MENUS = "lf?d:\x10"
TYPED = (
    "undo", "inject", "set:optimizer.lr=1e-3", "set:training.pace=0", "reinitialize:7", "remedy:reseed-units",
    "remedy:widen-range", "branch:3", "pace:5", "nonsense", "load:ln-collapse", "step", "",
)  # fmt: skip
PASTED = ("a\nb", "\x07\t", "[bold]x[/", "é漢字🙂", "q", "x" * 500, "set:optimizer.lr=1", "")
FARTHEST = (500, 200)
"""Columns and rows of the largest screen."""
USUAL = (130, 45)
SMALLEST_SIZES = ((1, 1), (1, 40), (120, 1), (2, 2), (3, 8), (9, 4), (20, 6))
BUTTONS = (0, 0, 0, 0, 1, 2, 4, 8, 16)
"""Of the mouse, and keys held with them."""
WHEEL, DRAG, MOVE = 64, 32, 35


class Input(NamedTuple):
    """One thing that happens: what is typed, or the terminal's new size."""

    what: str
    """In words, with all that it takes to do it again."""
    text: str = ""
    size: tuple[int, int] | None = None


def random_inputs(chance: random.Random, leaves: bool = False) -> Iterator[Input]:
    """Keys, texts, the mouse, pastes, sizes and reports of focus, without an end; `leaves`: now and then q, too."""
    kinds: Sequence[tuple[Callable[[random.Random], Input], int]] = (
        (_key, 40), (_special, 20), (_menu, 6), (_prompt, 3), (_click, 12), (_drag, 4), (_wheel, 6), (_moves, 4),
        (_paste, 3), (_size, 12), (_focus, 2), (_leave, leaves),
    )  # fmt: skip
    makers, weights = zip(*kinds, strict=True)
    while True:
        yield chance.choices(makers, weights)[0](chance)


def resized(columns: int, rows: int) -> Input:
    """The terminal gets another size."""
    return Input(f"size {columns}x{rows}", size=(columns, rows))


def _typed(text: str) -> Input:
    return Input(repr(text), text)


def _key(chance: random.Random) -> Input:
    return _typed(chance.choice(string.ascii_letters + string.digits + string.punctuation + " ").replace(LEAVING, " "))


def _special(chance: random.Random) -> Input:
    name = chance.choice(list(SPECIAL))
    return Input(name, SPECIAL[name] * chance.choice((1, 1, 1, 2, 5)))


def _menu(chance: random.Random) -> Input:
    return _typed(chance.choice(MENUS))


def _prompt(chance: random.Random) -> Input:
    return _typed(f":{chance.choice(TYPED)}\r")


def _leave(_: random.Random) -> Input:
    return _typed(LEAVING)


def _place(chance: random.Random) -> tuple[int, int]:
    """Column and row, sometimes beyond the screen."""
    far = chance.random() < 0.05
    columns, rows = (600, 300) if far else USUAL
    return chance.randint(0 if far else 1, columns), chance.randint(0 if far else 1, rows)


def _report(button: int, place: tuple[int, int], end: str = "M") -> str:
    return f"\x1b[<{button};{place[0]};{place[1]}{end}"


def _click(chance: random.Random) -> Input:
    """Pressed and let go, once to three times, or never let go."""
    button, place = chance.choice(BUTTONS), _place(chance)
    whole = _report(button, place) + _report(button, place, "m")
    return _typed(chance.choice((whole, whole, whole * 2, whole * 3, _report(button, place))))


def _drag(chance: random.Random) -> Input:
    places = [_place(chance) for _ in range(chance.randint(2, 6))]
    moves = "".join(_report(DRAG, place) for place in places)
    return _typed(_report(0, places[0]) + moves + _report(0, places[-1], "m"))


def _wheel(chance: random.Random) -> Input:
    held = chance.choice((0, 0, 0, 4, 8, 16))
    return _typed(_report(WHEEL + chance.randint(0, 3) + held, _place(chance)) * chance.randint(1, 4))


def _moves(chance: random.Random) -> Input:
    return _typed("".join(_report(MOVE, _place(chance)) for _ in range(chance.randint(1, 5))))


def _paste(chance: random.Random) -> Input:
    return _typed(f"\x1b[200~{chance.choice(PASTED)}\x1b[201~")


def _size(chance: random.Random) -> Input:
    if chance.random() < 0.3:
        return resized(*chance.choice(SMALLEST_SIZES))
    columns, rows = FARTHEST if chance.random() < 0.1 else USUAL
    return resized(chance.randint(1, columns), chance.randint(1, rows))


def _focus(chance: random.Random) -> Input:
    return _typed(chance.choice(("\x1b[I", "\x1b[O")))
