"""What the panes and whole screens look like, as text files that a person can read: tests/ui/pictures/.

`python -m tests.ui.pictures` draws them anew; look at the difference before it is committed.
"""

from collections.abc import Iterator
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.settings import Drawing
from periodic_tui.ui.themes import DARK
from periodic_tui.ui.widgets.pane import Pane
from tests.ui.scripted import STARTING, ScriptedSession, rows_of, visit
from tests.ui.subjects import CROWD, LOST, SCRIPT, subject

FOLDER = Path(__file__).parent / "pictures"
PLOT_SIZES = ((40, 9), (60, 12), (66, 25))
"""Of a plot on a screen of 80×24, 120×40 and 200×60."""
STRIP_SIZES = {
    "verdict": ((80, 2), (120, 5), (66, 8)),
    "story": ((80, 5), (60, 7), (66, 8)),
    "output": ((80, 4), (120, 8), (100, 10)),
    "events": ((80, 1), (60, 7), (66, 8)),
}
SCREENS: dict[str, Snapshot] = {"sine": LOST, "population": CROWD, "script": SCRIPT}
SCREEN_SIZES = ((80, 24), (120, 40), (200, 60))
LETTERS = {"network": "n", "target": "t", "trouble": "x", "quiet": "q", "pale": "p", "mark": "m", "foreground": "."}
"""How a color is written below a screen; # is a color of the cell's own."""


def of_pane(kind: type[Pane]) -> str:
    """A pane at all sizes in all glyph sets, as where there are 16 colors: maps are shades then."""
    app = PeriodicApp(Opening("", "", ""), lambda: (ScriptedSession(STARTING), []), Drawing(colors="16"))
    parts: list[str] = []
    with app._context():
        for columns, rows in STRIP_SIZES.get(kind.NAME, PLOT_SIZES):
            for glyphs in GLYPH_SETS:
                pane = kind(glyphs)
                draw = pane.framed if rows >= 3 else pane.draw
                text = draw(subject(kind.NAME), Size(columns, rows)).text()
                parts += [f"{kind.NAME}, {columns}×{rows}, {glyphs}", *text, ""]
    return _file(parts)


def of_screen(snapshot: Snapshot, size: tuple[int, int], theme: str = DARK.name) -> str:
    """A whole screen of 16 colors, and below it the inks of its cells."""
    parts: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        names = {app.theme_variables[name].lower(): letter for name, letter in LETTERS.items()}
        strips = app.screen._compositor.render_strips()
        colors = ["".join(_letters(segment, names) for segment in strip) for strip in strips]
        parts.extend([*rows_of(app), "", *colors])

    visit(ScriptedSession(snapshot), act, size, theme=theme, colors="16")
    return _file(parts)


def _letters(segment: Segment, names: dict[str, str]) -> str:
    style = segment.style or Style()
    color = style.color.get_truecolor().hex.lower() if style.color else ""
    return "".join(" " if character == " " else names.get(color, "#") for character in segment.text)


def _file(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def pictures() -> Iterator[tuple[str, str]]:
    """The name and the text of every file."""
    for kind in PANES:
        yield f"pane-{kind.NAME}.txt", of_pane(kind)
    for name, snapshot in SCREENS.items():
        for size in SCREEN_SIZES:
            yield screen_name(name, size), of_screen(snapshot, size)


def screen_name(name: str, size: tuple[int, int]) -> str:
    return f"screen-{name}-{size[0]}x{size[1]}.txt"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in pictures():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
