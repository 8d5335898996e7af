"""The panes and whole screens against their pictures; `python -m tests.ui.pictures` draws these anew."""

import pytest

from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.themes import OURS
from periodic_tui.ui.widgets.pane import Pane
from tests.ui.pictures import FOLDER, SCREEN_SIZES, SCREENS, of_pane, of_screen, screen_name


@pytest.mark.parametrize("kind", PANES, ids=lambda kind: kind.NAME)
def test_a_pane_looks_as_in_its_picture(kind: type[Pane]) -> None:
    assert of_pane(kind) == (FOLDER / f"pane-{kind.NAME}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PANES, ids=lambda kind: kind.NAME)
def test_a_picture_is_made_of_its_glyphs(kind: type[Pane]) -> None:
    for part in (FOLDER / f"pane-{kind.NAME}.txt").read_text(encoding="utf-8").split("\n\n"):
        title, _, picture = part.partition("\n")
        glyphs = next(each for name, each in GLYPH_SETS.items() if title.endswith(name))
        assert {character for character in picture if not glyphs.holds(character)} == set()


@pytest.mark.parametrize("theme", [theme.name for theme in OURS])
@pytest.mark.parametrize("size", SCREEN_SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_in_its_picture_in_both_themes(name: str, size: tuple[int, int], theme: str) -> None:
    picture = (FOLDER / screen_name(name, size)).read_text(encoding="utf-8")
    assert of_screen(SCREENS[name], size, theme) == picture


def test_there_is_no_picture_of_what_is_no_more() -> None:
    panes = {f"pane-{kind.NAME}.txt" for kind in PANES}
    screens = {screen_name(name, size) for name in SCREENS for size in SCREEN_SIZES}
    assert {path.name for path in FOLDER.iterdir()} == panes | screens
