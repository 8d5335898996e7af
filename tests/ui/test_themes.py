"""Whether the inks can be read and told apart, in every theme, with every kind of color vision, in fewer colors."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.color import Color as TerminalColor
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.settings import Drawing
from periodic_tui.ui.terminal.abilities import ColorDepth
from periodic_tui.ui.themes import DARK, LIGHT, OURS, contrast, has_shades, inks_on, theme_for
from tests.ui.scripted import STARTING, ScriptedSession

VISION = {
    "everybody": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ],
}  # fmt: skip
"""What each kind of vision makes of linear red, green and blue: the matrices of severity 1.0 of Machado, Oliveira and
Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009)."""
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
"""From linear sRGB (IEC 61966-2-1)."""
APART = 18.0
"""Least distance of two inks in CIE 1976 L*a*b*; 2.3 are just noticed (Mahy, Van Eycken and Oosterlinck, 1994)."""

APP = PeriodicApp(Opening("", "", ""), lambda: (ScriptedSession(STARTING), []))


def rgb(name: str) -> NDArray[np.float64]:
    """Linear red, green and blue."""
    color = np.array(Color.parse(name).normalized)
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = TO_XYZ @ linear / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def inks_of(theme: Theme) -> dict[str, str]:
    return {**(theme.variables if theme in OURS else inks_on(theme)), "text": grounds(theme)["foreground"]}


def grounds(theme: Theme) -> dict[str, str]:
    found = theme.to_color_system().generate()
    if theme.ansi:
        return (
            {"background": "#000000", "foreground": "#ffffff"}
            if theme.dark
            else {"background": "#ffffff", "foreground": "#000000"}
        )
    return {name: found[name] for name in ("background", "foreground", "surface")}


@pytest.mark.parametrize("name", APP.available_themes)
def test_every_ink_can_be_read_in_every_theme(name: str) -> None:
    theme = APP.available_themes[name]
    behind = Color.parse(grounds(theme)["background"])
    for ink, color in inks_of(theme).items():
        assert contrast(Color.parse(color), behind) >= (3.0 if ink == "pale" else 4.1 if ink == "text" else 4.5), ink


@pytest.mark.parametrize("theme", OURS)
def test_our_inks_can_be_read_on_menus_too(theme: Theme) -> None:
    assert theme.surface
    for ink, color in inks_of(theme).items():
        assert contrast(Color.parse(color), Color.parse(theme.surface)) >= (2.8 if ink == "pale" else 4.2), ink


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", OURS)
def test_inks_are_told_apart_with_any_color_vision(theme: Theme, vision: str) -> None:
    seen = {ink: lab(np.clip(VISION[vision] @ rgb(color), 0, 1)) for ink, color in inks_of(theme).items()}
    for first, second in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[first] - seen[second]) >= APART, (first, second)


@pytest.mark.parametrize("theme", OURS)
def test_inks_stay_apart_in_256_and_in_16_colors(theme: Theme) -> None:
    colors = [*inks_of(theme).values(), grounds(theme)["background"]]
    for system in (ColorSystem.EIGHT_BIT, ColorSystem.STANDARD):
        mapped = [TerminalColor.parse(color).downgrade(system).number for color in colors]
        assert len(set(mapped)) == len(mapped), system


def test_the_contrast_of_black_and_white_is_what_the_guidelines_say() -> None:
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    ("value", "theme"),
    [("", DARK), ("15;0", DARK), ("0;15", LIGHT), ("0;default;15", LIGHT), ("7", LIGHT), ("x", DARK)],
)
def test_the_theme_goes_by_the_background_that_the_terminal_tells(value: str, theme: Theme) -> None:
    assert theme_for({"COLORFGBG": value}) == theme.name
    assert theme_for({}) == DARK.name


@pytest.mark.parametrize(("colors", "has"), [("none", False), ("16", False), ("256", True), ("truecolor", True)])
def test_maps_need_more_than_16_colors(colors: ColorDepth, has: bool) -> None:
    app = PeriodicApp(Opening("", "", ""), lambda: (ScriptedSession(STARTING), []), Drawing(colors=colors))
    assert has_shades(app) == has
