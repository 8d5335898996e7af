"""The colors of the inks: two themes of ours, and inks that can be read in each of Textual's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.color import Color
from textual.theme import Theme

DARK_INKS = {
    "network": "#66b8ff",
    "target": "#f2b632",
    "trouble": "#ff5252",
    "quiet": "#8a949c",
    "pale": "#4a6da8",
    "mark": "#c84bff",
}
"""One color for each meaning, told apart with any color vision, and each but the pale one bright enough for text."""
LIGHT_INKS = {
    "network": "#0a47cf",
    "target": "#a05a00",
    "trouble": "#d0284a",
    "quiet": "#5f6878",
    "pale": "#6a8cc8",
    "mark": "#661a88",
}
"""The same on a light background."""
READABLE, SEEN = 4.5, 3.0
"""Contrast of text, and of what is only drawn, with what is behind it (WCAG 2.2, criteria 1.4.3 and 1.4.11)."""
STEP = 0.05
"""By how much a color is moved towards white or black at a time."""


def _theme(name: str, dark: bool, inks: dict[str, str], foreground: str, grounds: tuple[str, str, str]) -> Theme:
    background, surface, panel = grounds
    return Theme(
        name,
        primary=inks["network"],
        secondary=inks["mark"],
        warning=inks["target"],
        error=inks["trouble"],
        success=inks["network"],
        accent=inks["target"],
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        dark=dark,
        variables=inks,
    )


DARK = _theme("periodic-dark", True, DARK_INKS, "#dce3ea", ("#10151c", "#171d26", "#1f2732"))
LIGHT = _theme("periodic-light", False, LIGHT_INKS, "#1d2733", ("#fbfaf7", "#f1efe9", "#e6e3da"))
OURS = (DARK, LIGHT)


def theme_for(environ: Mapping[str, str]) -> str:
    """The name of the theme that suits the terminal: the light one where COLORFGBG names a light background."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name


def inks_on(theme: Theme) -> dict[str, str]:
    """The colors of the inks in a theme that names none, as far from its background as text needs."""
    found = Color.parse(theme.to_color_system().generate()["background"])
    behind = found if found.ansi is None else Color.parse("#000000" if theme.dark else "#ffffff")
    inks = DARK_INKS if theme.dark else LIGHT_INKS
    return {ink: _seen_on(behind, color, SEEN if ink == "pale" else READABLE) for ink, color in inks.items()}


def has_shades(app: App[Any]) -> bool:
    """Whether there are colors enough for maps; where not, characters take their place."""
    return not app.no_color and app.console.color_system not in ("standard", "windows")


def contrast(first: Color, second: Color) -> float:
    """The contrast ratio of two colors, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    """The relative luminance, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _seen_on(behind: Color, name: str, least: float) -> str:
    """The color, or one nearer to white on what is dark and to black on what is light."""
    color, end = Color.parse(name), Color.parse("#ffffff" if _luminance(behind) < 0.18 else "#000000")
    moves = (color.blend(end, count * STEP) for count in range(round(1 / STEP) + 1))
    return next((each for each in moves if contrast(each, behind) >= least), end).hex
