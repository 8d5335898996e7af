"""The picture of a screen, against what a terminal was told to show."""

import re
from xml.etree import ElementTree

from tests.benchmarks.picture import cells_of
from tests.benchmarks.svg import CELL, PAPER, picture
from tests.pty.emulator import Emulator

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ElementTree.Element:
    screen = Emulator(20, 3, lambda answer: None)
    screen.feed(text.encode())
    return ElementTree.fromstring(picture(cells_of(screen), "a & b"))


def test_words_stand_in_their_cells_with_their_colors() -> None:
    root = drawn("\x1b[2;4H\x1b[38;2;95;175;255;1mstep\x1b[0m <a&b>")
    words = [(word.text, word.get("fill"), word.get("font-weight")) for word in root.iter(f"{SVG}text")]
    assert words == [("step", "#5fafff", "bold"), ("<a&b>", "#e0e0e0", None)]
    first = next(root.iter(f"{SVG}text"))
    assert int(first.get("x", "")) == 3 * CELL[0]
    assert CELL[1] < int(first.get("y", "")) < 2 * CELL[1]
    assert int(first.get("textLength", "")) == 4 * CELL[0]


def test_every_braille_dot_is_drawn_in_its_own_place() -> None:
    [dots] = drawn("⣿").findall(f".//{SVG}path")
    places = {(float(x), float(y)) for x, y in re.findall(r"M([\d.]+),([\d.]+)", dots.get("d", ""))}
    assert len(places) == 8
    assert len({x for x, _ in places}) == 2
    assert len({y for _, y in places}) == 4
    [few] = drawn("⠁⢀").findall(f".//{SVG}path")
    upper_left, lower_right = re.findall(r"M([\d.]+),([\d.]+)", few.get("d", ""))
    assert float(upper_left[0]) < CELL[0] / 2 < CELL[0] + CELL[0] / 2 < float(lower_right[0])
    assert float(upper_left[1]) < CELL[1] / 4 < 3 * CELL[1] / 4 < float(lower_right[1])


def test_two_halves_of_a_cell_have_two_colors() -> None:
    paths = drawn("\x1b[38;2;1;2;3;48;2;4;5;6m▀").findall(f".//{SVG}path")
    assert {path.get("fill") for path in paths} == {"#010203", "#040506"}
    assert PAPER not in {path.get("fill") for path in paths}


def test_lines_of_neighboring_cells_meet() -> None:
    [path] = drawn("──").findall(f".//{SVG}path")
    assert re.findall(r"H(\d+)", path.get("d", "")) == ["0", "8", "8", "16"]
