"""A run that is killed again and again, and resumed each time, ends as the one that nobody disturbed."""

from pathlib import Path

import pytest

from tests.benchmarks.kills import run


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "kills"), [("train-eager", 7), ("dashboard-eager", 3)])
def test_nothing_is_lost_by_a_kill(mode: str, kills: int, tmp_path: Path) -> None:
    lost = run(mode, kills, random_seed=3, folder=tmp_path, latest=1.5)
    assert lost.same
    assert lost.seconds, "no kill found training under way"
