from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot, Verdict
from periodic_tui.plotting.cells import Ink
from periodic_tui.ui.keys import key_for
from periodic_tui.ui.panes.verdict import VerdictPane
from tests.ui.scripted import SINE, framed, show

VERDICT = Verdict(
    "stuck-outside-basin",
    "ω is 30.47 from the answer; gradients point home only within ±0.0045 (4.4934/R). A batch of 32 carries a "
    "gradient of 0.2 in noise of 125. The step is too large as well: lr 1e-4 against 2/L″ = 6e-6, 17 times.",
    margin=3.0,
    short="ω 30.47 from 31 · basin ±0.0045 · gradient 0.2 in noise of 125",
    next=(("inject", "injects the answer"), ("remedies", "remedies"), ("set:training.pace=2", "slows it down")),
    step=2_000,
)
STUCK = replace(SINE, verdict=VERDICT)
OLDER = replace(STUCK, verdict=replace(VERDICT, step=1_200))


def row(snapshot: Snapshot, width: int) -> str:
    [line] = VerdictPane("braille").draw(snapshot, Size(width, 1)).text()
    return line.rstrip()


def test_one_row_shows_the_short_form() -> None:
    assert row(STUCK, 80) == f" {VERDICT.short}"
    assert f" {VERDICT.short}" in [line.rstrip() for line in show(STUCK, "space", size=(80, 24))]


@pytest.mark.parametrize("width", range(20, 100))
def test_what_does_not_fit_is_left_out_in_whole_parts(width: int) -> None:
    told = row(STUCK, width).strip()
    assert VERDICT.short == told or VERDICT.short.startswith(f"{told} · ")


def test_without_a_short_form_whole_sentences_are_shown_and_else_the_code() -> None:
    one = replace(SINE, verdict=Verdict("underfit", "The loss is 0.5. It falls by 3 % in 1,000 steps."))
    assert row(one, 60) == " The loss is 0.5. It falls by 3 % in 1,000 steps."
    assert row(one, 40) == " The loss is 0.5."
    assert row(one, 12) == " underfit"


def test_text_and_keys_that_come_next_share_the_rows() -> None:
    rows = [line.strip("│ ") for line in framed(VerdictPane, STUCK, (120, 5))]
    assert f"{rows[1]} {rows[2]}" == VERDICT.text
    typed = f"{key_for('prompt')}set:training.pace=2"
    assert rows[3] == f"i injects the answer · f offers widen-range · {typed} slows it down"


def test_the_menu_is_named_by_its_first_entry_or_by_what_the_verdict_says_of_it() -> None:
    assert "f remedies" in framed(VerdictPane, replace(STUCK, remedies=()), (120, 5))[3]


def test_the_keys_have_an_ink_of_their_own() -> None:
    cells = VerdictPane("braille").draw(STUCK, Size(118, 3))
    assert [chr(glyph) for glyph in cells.glyphs[2][np.flatnonzero(cells.ink[2] == Ink.MARK)[:1]]] == ["i"]


@pytest.mark.parametrize("width", range(30, 120))
def test_no_sentence_ends_in_dots(width: int) -> None:
    assert "…" not in "".join(framed(VerdictPane, STUCK, (width, 5)))


def test_what_is_older_than_the_picture_is_quiet_and_says_so() -> None:
    draw = VerdictPane("braille").draw
    for size in (Size(118, 3), Size(78, 1)):
        assert (draw(STUCK, size).ink[0, 1:20] == Ink.TEXT).all()
        assert (draw(OLDER, size).ink[0, 1:20] == Ink.QUIET).all()
    assert "stuck-outside-basin · at step 1,200 · clear" in framed(VerdictPane, OLDER, (120, 5))[-1]
    assert "at step" not in framed(VerdictPane, STUCK, (120, 5))[-1]
    assert row(OLDER, 100) == f" {VERDICT.short} · at step 1,200"
    assert row(OLDER, 70) == f" {VERDICT.short}"


def test_an_error_and_a_remedy_at_work_go_before_the_verdict() -> None:
    assert "no such thing" in row(replace(OLDER, error="no such thing"), 80)
    assert row(replace(STUCK, stage="widening the range to ±0.5"), 80) == " widening the range to ±0.5"
    assert "injects" not in "".join(framed(VerdictPane, replace(STUCK, stage="widening"), (120, 5)))


def test_the_border_names_what_else_holds() -> None:
    others = [replace(VERDICT, code=code) for code in ("step-too-small", "learning", "saturated")]
    pane = VerdictPane("braille")
    assert "also" not in pane.figure(replace(STUCK, causes=(VERDICT,)))
    assert "also step-too-small" in pane.figure(replace(STUCK, causes=(VERDICT, others[0])))
    assert "also step-too-small, learning …" in pane.figure(replace(STUCK, causes=(VERDICT, *others)))
