"""What is said of a script that has trained nothing fits the screen."""

import pytest

from periodic_tui.watching.verdicts.untrained import ENDED, NO_STEP, NO_TORCH, untrained


@pytest.mark.parametrize("why", [NO_TORCH, NO_STEP, ENDED])
def test_it_is_said_in_one_line_and_is_a_fact(why: str) -> None:
    verdict = untrained(why)
    assert (verdict.code, verdict.margin) == ("not-trained", float("inf"))
    assert why in verdict.short
    assert len(verdict.short) <= 78
    assert verdict.text.startswith(verdict.short)
