from typing import get_args

import pytest
from textual.binding import Binding
from textual.containers import VerticalScroll

from periodic_tui.engine.components.screen_options import PaneName
from periodic_tui.engine.snapshot import UnitState
from periodic_tui.engine.verdicts.rules import RULES
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.glossary import GLOSSARY, PANES, UNITS, VERDICTS, WORDS
from periodic_tui.ui.key_table import GROUPS, PANE_KEYS
from periodic_tui.ui.keys import KEYS
from periodic_tui.ui.panes import PANES as KINDS
from periodic_tui.ui.screens.help import GROUP_OF, IN_A_PANE, matching
from periodic_tui.ui.script_glossary import SCRIPT_GLOSSARY, SCRIPT_KEYS
from periodic_tui.ui.script_glossary import VERDICTS as SCRIPT_VERDICTS
from periodic_tui.watching.verdicts.rules import RULES as SCRIPT_RULES
from tests.ui.scripted import SINE, show, shown_in
from tests.ui.scripts import SMALL

NAMES = {kind.NAME for kind in KINDS}


def test_the_glossary_holds_every_verdict_unit_and_pane() -> None:
    assert set(VERDICTS) == {rule.code for rule in RULES}
    assert set(UNITS) == set(get_args(UnitState))
    assert set(PANES) == NAMES


def test_the_glossary_holds_the_words_of_the_screen() -> None:
    words = "probe basin replica sharpest L″ R pace omega omega_0 a noise minibatch journal preset remedy moved"
    assert set(words.split()) | {"step/weights", "dead for good"} <= WORDS.keys()


def test_the_glossary_of_a_script_holds_every_verdict_and_pane_of_it() -> None:
    assert set(SCRIPT_VERDICTS) == {rule.code for rule in SCRIPT_RULES} | {"not-trained"}
    assert set(SCRIPT_GLOSSARY["what a pane shows"]) == {kind.NAME for kind in KINDS if kind.is_relevant(SMALL)}
    assert SCRIPT_GLOSSARY.keys().isdisjoint({*GROUPS, IN_A_PANE})


def test_help_on_a_script_tells_what_is_on_its_screen() -> None:
    rows = "\n".join(show(SMALL, "?", size=(100, 100)))
    assert "train.py --lr 0.01" in rows
    assert "Your own script trains" in rows
    assert "gradients-not-cleared" in rows
    assert "omega_0" not in rows
    assert "Hold the view, or go back to the present" in rows
    assert SCRIPT_KEYS.keys() <= {binding.id for binding in KEYS if isinstance(binding, Binding)}
    assert not any(word in rows for word in ("Train at", "Choose a preset", "Stop between", "End the run"))


def test_no_group_of_keys_hides_a_group_of_words() -> None:
    assert GLOSSARY.keys().isdisjoint({*GROUPS, IN_A_PANE})


def test_a_preset_can_ask_for_every_pane_but_the_story_that_stands_there_anyway() -> None:
    assert set(get_args(PaneName)) == NAMES - {"story"}


def test_every_key_of_the_dashboard_is_in_one_group_and_those_of_panes_are_in_none() -> None:
    assert len(GROUP_OF) == sum(map(len, GROUPS.values()))
    assert GROUP_OF.keys().isdisjoint(key.ident for keys in PANE_KEYS.values() for key in keys)


@pytest.mark.parametrize("size", [(80, 320), (120, 320)])
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_help_names_each_key_once_and_cuts_no_sentence(size: tuple[int, int], glyphs: Glyphs) -> None:
    rows = shown_in(VerticalScroll, SINE, "?", size=size, glyphs=glyphs)
    words = " ".join(" ".join(row.split()) for row in rows)
    assert all(heading in words for heading in (*GROUPS, IN_A_PANE, "copying text", "what a pane shows"))
    for key in ("space", "s", "ctrl+z", "? f1", "+ ="):
        assert sum(f" {key}  " in row for row in rows) == 1
    assert glyphs == "braille" or "".join(rows).isascii()


def test_keys_stand_in_two_columns_where_there_is_room() -> None:
    def headings(width: int) -> list[str]:
        return [row for row in show(SINE, "?", size=(width, 60)) if " run  " in row]

    assert "panes" in headings(120)[0]
    assert "panes" not in headings(80)[0]


def test_a_search_finds_keys_and_words_whatever_their_case() -> None:
    sections = {"keys": {"i": "Inject the answer", "q": "Quit"}, "words": {"L″": "the curvature"}}
    assert matching(sections, " ANSWER") == {"keys": {"i": "Inject the answer"}}
    assert matching(sections, "/l″") == {"words": {"L″": "the curvature"}}
    assert matching(sections, "") == sections
    assert matching(sections, "zebra") == {}


def test_typing_in_help_leaves_what_was_sought_and_q_is_a_letter() -> None:
    rows = show(SINE, "?", *"mInIbatch")
    assert any("the samples that one step is taken on" in row for row in rows)
    assert not any("Draw the parameters afresh" in row or SINE.story in row for row in rows)
    assert any("nothing found" in row for row in show(SINE, "?", *"qq"))


def test_help_scrolls_to_its_end_and_closes() -> None:
    assert any("what to watch in this preset" in row for row in show(SINE, "?", *["pagedown"] * 20))
    for key in ("escape", "?", "f1"):
        assert not any("type to search" in row for row in show(SINE, "?", key))


@pytest.mark.parametrize("key", ["question_mark", "f1", "escape"])
def test_the_key_that_opened_it_closes_it(key: str) -> None:
    assert not any("─ help" in row for row in show(SINE, "question_mark", key))
