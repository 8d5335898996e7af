"""The README's pictures: what is drawn is what the screen shows, and nothing of it comes from outside."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.themes import DARK, LIGHT
from tests.pictures import film
from tests.pictures.camera import Camera, filmed
from tests.pictures.cells import Cell, text_of
from tests.pictures.shapes import HEIGHT, WIDTH, row_svg
from tests.ui.scripted import SINE, ScriptedSession

DOCS = Path(__file__).resolve().parents[2] / "docs"
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 400_000
"""Bytes of a picture."""
SIZE = (80, 24)


def frames_of(drawn: str) -> list[list[str]]:
    """The text of each frame, row by row, put together from what the SVG says where it stands."""
    root = ElementTree.fromstring(drawn)
    rows = {group.attrib["id"]: _text(group) for group in root.iter(f"{SVG}g") if "id" in group.attrib}
    frames = [group for group in root.iter(f"{SVG}g") if group.attrib.get("class", "").startswith("f ")]
    return [[rows[use.attrib["href"][1:]] for use in frame.iter(f"{SVG}use")] for frame in frames]


def _text(row: Element) -> str:
    cells: dict[int, str] = {}
    for text in row.iter(f"{SVG}text"):
        start = int(text.attrib["x"]) // WIDTH
        cells |= {start + place: char for place, char in enumerate(text.text or "")}
    return "".join(cells.get(column, " ") for column in range(max(cells, default=-1) + 1))


def told_by(drawn: str) -> str:
    """Everything that the frames tell, one after another, words apart by single blanks."""
    return " ".join(" ".join(frame) for frame in frames_of(drawn))


def alone(drawn: str) -> bool:
    """Whether a picture refers to nothing but its own parts."""
    without_name = drawn.replace('xmlns="http://www.w3.org/2000/svg"', "", 1)
    led = re.findall(r'(?:href|src)="([^"]*)"', drawn)
    return all(each.startswith("#") for each in led) and not re.search(
        r"http|url\(|@import|<script|<image", without_name
    )


@pytest.mark.parametrize("ground", ["dark", "light"])
def test_the_film_tells_the_whole_story(ground: str) -> None:
    drawn = (DOCS / f"collapse-{ground}.svg").read_text(encoding="utf-8")
    assert 12 <= len(frames_of(drawn)) <= 20
    assert len(drawn.encode()) < LARGEST
    assert alone(drawn)
    told, place = told_by(drawn), 0
    for words in ("ln x: death in two steps", "died", "dead-network", "remedies for", "reinitialize-better", "adam"):
        place = told.index(words, place)
    foot = [text.text for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert {"f", "enter"} <= set(foot), "the keys are shown when they are pressed"


@pytest.mark.parametrize("ground", ["dark", "light"])
def test_the_dashboard_is_shown_after_the_answer_was_injected(ground: str) -> None:
    drawn = (DOCS / f"dashboard-{ground}.svg").read_text(encoding="utf-8")
    assert len(frames_of(drawn)) == 1
    assert "injected the known answer" in told_by(drawn)
    assert len(drawn.encode()) < LARGEST
    assert alone(drawn)


@pytest.mark.parametrize(("theme", "look"), [(DARK.name, film.DARK), (LIGHT.name, film.LIGHT)])
def test_what_is_drawn_is_what_the_screen_shows(theme: str, look: film.Look) -> None:
    async def story(camera: Camera) -> None:
        await camera.take(1.0, "first")
        await camera.press("f")
        await camera.take(1.0, "second", "f")

    session = ScriptedSession(SINE)
    frames = filmed(session, Opening("sine-31", SINE.title, SINE.story), story, theme, SIZE)
    drawn = film.film(frames, look, "a title & more")
    assert alone(drawn)
    for frame, rows in zip(frames, frames_of(drawn), strict=True):
        shown = [row for row in text_of(frame.screen) if row.strip()]
        assert len(shown) == len(rows)
        for words, row in zip(shown, rows, strict=True):
            assert re.findall(r"[\w.,]+", row) == re.findall(r"[\w.,]+", words)


def test_dots_lines_and_blocks_are_drawn_in_their_cells() -> None:
    row = tuple(Cell(char, "#111111", "#ffffff") for char in "⠁⢀──█a<")
    drawn = row_svg(row, "#ffffff")
    assert 'd="M2 2h0M14 14h0"' in drawn
    assert 'd="M16 8h16"' in drawn, "a line through two cells is one"
    assert f'd="M32 0h8v{HEIGHT}h-8z"' in drawn
    assert "&lt;" in drawn
    ElementTree.fromstring(f"<g>{drawn}</g>")
