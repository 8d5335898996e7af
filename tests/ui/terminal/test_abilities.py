"""What the terminal can show, told from the environment alone."""

import pytest

from periodic_tui.ui.terminal.abilities import ColorDepth, abilities

UTF8 = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("encoding", "term", "choice", "glyphs"),
    [
        ("utf-8", "xterm-256color", "auto", "braille"),
        ("UTF8", "", "auto", "braille"),
        ("utf_8", "screen", "auto", "braille"),
        ("utf-8", "linux", "auto", "block"),
        ("cp437", "ansi", "auto", "block"),
        ("nonsense", "xterm", "auto", "ascii"),
        ("utf-8", "dumb", "auto", "ascii"),
        ("ascii", "xterm", "auto", "ascii"),
        ("iso8859-1", "xterm", "auto", "ascii"),
        (None, "xterm", "auto", "ascii"),
        ("utf-8", "linux", "braille", "braille"),
        ("utf-8", "xterm", "ascii", "ascii"),
        ("utf-8", "xterm", "block", "block"),
    ],
)
def test_glyphs_go_by_encoding_and_terminal_unless_they_are_chosen(
    encoding: str | None, term: str, choice: str, glyphs: str
) -> None:
    assert abilities(encoding, {"TERM": term}, choice).glyphs == glyphs


def test_whoever_insists_on_braille_gets_an_encoding_that_has_it() -> None:
    assert abilities("ascii", UTF8, "braille").encoding == "utf-8"
    assert abilities("ascii", UTF8, "block").encoding == "utf-8"
    assert abilities("cp437", UTF8, "block").encoding == "cp437"
    assert abilities("ascii", UTF8).encoding == "ascii"


@pytest.mark.parametrize(
    ("environ", "colors"),
    [
        ({}, "16"),
        ({"TERM": ""}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-direct", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-direct", "NO_COLOR": ""}, "truecolor"),
    ],
)
def test_colors_go_by_the_terminal_and_its_user(environ: dict[str, str], colors: ColorDepth) -> None:
    assert abilities("utf-8", environ).colors == colors
