"""The names of keys, as users write them and as Textual has them."""

from __future__ import annotations

import re
import string
import unicodedata

from periodic_tui.engine.names import nearest

NAMED = (
    "space", "enter", "tab", "escape", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
    "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25)),
)  # fmt: skip
"""Keys that write no character."""
MODIFIERS = ("alt", "ctrl", "shift")
RESERVED = {"ctrl+c": "it says how to quit", "ctrl+q": "it always quits"}
"""Keys that stay what they are, and why."""
_ALSO_CALLED = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown", " ": "space"}
"""The screen writes some keys so, too."""
_SENT_AS = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape"}
"""What a terminal sends for them."""
_SHORTER = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
"""Names that Textual has instead of Unicode's."""


def character_name(character: str) -> str:
    """Textual's name of the key that writes a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name)


_LONG = tuple(map(character_name, string.punctuation))
"""Long names of characters, such as question_mark, by which they can be written, too."""


def character_of(name: str) -> str:
    """The character that a key writes, or else its name."""
    return dict(zip(_LONG, string.punctuation, strict=True)).get(name, name)


def key_name(text: str) -> str:
    """Textual's name of a key that the user has written: `?`, `f5`, `ctrl+k`, `alt+left`. Raises ValueError."""
    *modifiers, last = re.split(r"\+(?=.)", text)
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            raise ValueError(
                f"unknown key {text!r}, expected {', '.join(MODIFIERS)} before a +{_meant(modifier, text)}"
            )
    last = _last(last, text)
    if "ctrl" in modifiers:
        last = last.lower()
    elif "shift" in modifiers and len(last) == 1:
        raise ValueError(f"a terminal knows no {text}; write the character that it sends, as {last.upper()}")
    name = "+".join([*sorted(set(modifiers)), last])
    if name in _SENT_AS:
        raise ValueError(f"a terminal sends {_SENT_AS[name]} for {text}; name that")
    if name in RESERVED:
        raise ValueError(f"{text} cannot have another meaning: {RESERVED[name]}")
    return name


def _last(part: str, text: str) -> str:
    """Textual's name of the key itself, without modifiers."""
    if len(part) == 1 and part.isprintable() and not part.isspace():
        return character_name(part)
    lower = _ALSO_CALLED.get(part.lower(), part.lower())
    if lower in NAMED or lower in _LONG:
        return lower
    near = nearest(lower, [*NAMED, *_LONG])
    meant = f"; did you mean {near}?" if near else ""
    raise ValueError(f"unknown key {text!r}, expected a character or a name such as enter, f5, ctrl+k{meant}")


def _meant(modifier: str, text: str) -> str:
    near = {"control": "ctrl", "meta": "alt", "option": "alt"}.get(modifier.lower()) or nearest(modifier, MODIFIERS)
    return f"; did you mean {near}+{text.partition('+')[2]}?" if near else ""
