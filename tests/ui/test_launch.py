import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.ui.launch import exit_code, glyphs_for


@pytest.mark.parametrize(
    ("failure", "otherwise", "code"),
    [(None, 0, 0), (None, 130, 130), (ValueError("a bug"), 0, 1), (Refused("no such target"), 0, 2)],
)
def test_the_exit_code_tells_a_bug_from_bad_input(failure: BaseException | None, otherwise: int, code: int) -> None:
    assert exit_code(failure, otherwise) == code


def test_the_glyphs_are_those_asked_for() -> None:
    assert [glyphs_for(choice) for choice in ("braille", "ascii")] == ["braille", "ascii"]
