"""What a terminal is told when the screen opens, and when everything is to be as before."""

from textual import constants

ALTERNATE = "\x1b[?1049h"
MOUSE = "\x1b[?1000h\x1b[?1003h\x1b[?1006h"
"""Clicks and moves, in a form that has no last column."""
KEYS = "" if constants.DISABLE_KITTY_KEY else "\x1b[>25u"
"""Every key as an escape sequence with its text, where the terminal knows the kitty protocol."""
ENTER = f"{ALTERNATE}{MOUSE}\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l{KEYS}"
"""A screen of our own; the mouse, focus and pastes are reported; no cursor, and lines do not wrap."""

QUIET = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l\x1b[?2048l"
"""The terminal reports nothing any more."""
LEAVE = f"{QUIET}\x1b[?2026l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h\x1b[0m"
"""Also the update is done; keyboard, screen, cursor, wrap and colors are as before."""
