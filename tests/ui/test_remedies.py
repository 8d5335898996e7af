from dataclasses import replace

import numpy as np

from periodic_tui.engine.snapshot import Curve
from periodic_tui.ui.panes.loss import LossPane
from periodic_tui.ui.panes.verdict import VerdictPane
from tests.ui.scripted import SINE, framed, sent, show, views


def test_f_lists_the_remedies_with_what_they_need_and_marks_those_that_fit() -> None:
    screen = "\n".join(show(SINE, "f"))
    assert "● widen-range" in screen
    assert "needs: a frequency limit" in screen
    assert "frequency_limit 200" in screen
    assert "does not fit: it is for one hidden layer" in screen


def test_the_menu_says_where_none_fits() -> None:
    unfit = tuple(replace(offer, fits=False) for offer in SINE.remedies)
    assert "remedies, none for stuck-outside-basin" in "\n".join(show(replace(SINE, remedies=unfit), "f"))


def test_the_chosen_remedy_is_sent_as_a_command_and_escape_sends_none() -> None:
    assert sent(SINE, "f", "escape", "f", "enter", "f", "down", "enter") == [
        "remedy:widen-range",
        "remedy:smaller-step",
    ]


def test_a_remedy_that_does_not_fit_cannot_be_chosen() -> None:
    assert sent(SINE, "f", "up", "enter") == ["remedy:smaller-step"]


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
