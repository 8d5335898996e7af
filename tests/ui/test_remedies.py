from dataclasses import replace

import numpy as np
import pytest
from textual.widgets import OptionList

from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.treatment.offers import offers
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.presets.files import load
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.panes.loss import LossPane
from periodic_tui.ui.panes.verdict import VerdictPane
from tests.ui.scripted import SINE, framed, sent, show, shown_in, views


def test_f_lists_what_fits_with_what_it_needs_and_tab_the_rest_with_its_reason() -> None:
    screen = "\n".join(show(SINE, "f"))
    assert "● widen-range" in screen
    assert "needs: a frequency limit" in screen
    assert "smaller-step" not in screen
    assert "enter applies · tab 2 more · o options · esc closes" in screen
    screen = "\n".join(show(SINE, "f", "tab"))
    assert "can be applied, but is not for stuck-outside-basin" in screen
    assert "does not fit: it is for one hidden layer" in screen
    assert "tab what fits" in screen
    assert "smaller-step" not in "\n".join(show(SINE, "f", "tab", "tab"))


def test_options_are_folded_away_until_o() -> None:
    assert "frequency_limit 200" not in "\n".join(show(SINE, "f"))
    assert "options: frequency_limit 200" in "\n".join(show(SINE, "f", "o"))
    assert "frequency_limit 200" not in "\n".join(show(SINE, "f", "o", "o"))


def test_where_nothing_can_be_applied_the_menu_gives_every_reason_at_once() -> None:
    unfit = tuple(replace(offer, fits=False, unfit="it is for clocks") for offer in SINE.remedies)
    screen = "\n".join(show(replace(SINE, remedies=unfit), "f"))
    assert screen.count("does not fit: it is for clocks") == len(unfit)
    assert "tab" not in screen.partition("remedies, none")[2].partition("esc closes")[0].rpartition("enter")[2]


@pytest.mark.parametrize("size", [(50, 250), (80, 250), (200, 250)])
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_no_text_of_a_remedy_is_cut_or_begins_below_its_name(size: tuple[int, int], glyphs: Glyphs) -> None:
    every = offers(load("magnitude")[1], "dead-units")
    rows = shown_in(OptionList, replace(SINE, remedies=every), "f", "tab", "o", size=size, glyphs=glyphs)
    listed = [row.strip("│|")[1:] for row in rows[1:-1]]
    assert [row[2:].split()[0] for row in listed if row[:3].strip("●* ") or row[2] != " "] == [
        offer.name for offer in every
    ]
    said = " ".join(" ".join(row.split()) for row in listed)
    told = [plain(offer.unfit or offer.prior, glyphs) for offer in every]
    assert [text for text in told if text not in said] == []
    assert "enter applies" in rows[-1]


def test_the_cursor_stays_with_its_remedy() -> None:
    assert sent(SINE, "f", "tab", "down", "o", "enter") == ["remedy:smaller-step"]
    assert sent(SINE, "f", "tab", "down", "tab", "enter") == ["remedy:widen-range"]


def test_the_menu_says_where_none_fits() -> None:
    unfit = tuple(replace(offer, fits=False) for offer in SINE.remedies)
    assert "remedies, none for stuck-outside-basin" in "\n".join(show(replace(SINE, remedies=unfit), "f"))


def test_the_chosen_remedy_is_sent_as_a_command_and_escape_sends_none() -> None:
    assert sent(SINE, "f", "escape", "f", "enter", "f", "tab", "down", "enter") == [
        "remedy:widen-range",
        "remedy:smaller-step",
    ]


def test_a_remedy_that_does_not_fit_cannot_be_chosen() -> None:
    assert sent(SINE, "f", "tab", "up", "enter") == ["remedy:smaller-step"]


def test_the_verdict_says_how_many_fit_and_while_one_works_at_which_stage_it_is() -> None:
    assert "f: 1 remedy fits" in framed(VerdictPane, SINE, size=(120, 4))[-1]
    at_work = framed(VerdictPane, replace(SINE, stage="widen-range: range ±0.02 of ±1,000"), size=(120, 4))
    assert any("widen-range: range ±0.02 of ±1,000" in row for row in at_work)
    assert "a remedy is at work" in at_work[-1]


def test_c_asks_for_the_untreated_course_and_the_loss_pane_draws_it() -> None:
    assert [view.compare for view in views(SINE, "c", "c")][-2:] == [True, False]
    steps = np.arange(0.0, 2_000.0, 10.0)
    compared = replace(SINE, untreated_curve=Curve(steps, steps * 0 + 5, steps * 0 + 5, steps * 0 + 5, 10))
    assert any("untreated" in row for row in framed(LossPane, compared))
    assert not any("untreated" in row for row in framed(LossPane, SINE))
