"""The picture of a screen, against the cells of that screen."""

import asyncio
import re
from dataclasses import replace
from xml.etree import ElementTree

from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.themes import DARK_INKS
from tests.benchmarks.picture import SIZE, take
from tests.ui.scripted import SINE, ScriptedSession, show

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_shows_every_row_of_the_screen_in_its_colors_after_the_answer_was_injected() -> None:
    snapshot = replace(SINE, engine="compiled")
    session = ScriptedSession(snapshot)
    drawn = asyncio.run(take(session, Opening("sine-31", SINE.title, SINE.story), before=0.1, after=0.1))
    assert session.sent == ["inject"]
    screen = [[" "] * SIZE[0] for _ in range(SIZE[1])]
    texts = [text for text in ElementTree.fromstring(drawn).iter(f"{SVG}text") if "clip-path" in text.attrib]
    lines = sorted({float(text.attrib["y"]) for text in texts})
    for text in texts:
        words = "".join(text.itertext())
        width = float(text.attrib["textLength"]) / len(words)
        column = round(float(text.attrib["x"]) / width)
        screen[lines.index(float(text.attrib["y"]))][column : column + len(words)] = words.replace("\xa0", " ")
    assert ["".join(row).rstrip("\n") for row in screen] == show(snapshot, "i", size=SIZE)
    assert {DARK_INKS[ink] for ink in ("network", "target", "quiet", "mark")} <= set(re.findall(r"#[0-9a-f]{6}", drawn))
