"""A recording stays within its size, and what matters most stays longest."""

from itertools import pairwise
from pathlib import Path

from periodic_tui.engine.recording.layout import stored_in
from periodic_tui.engine.recording.thinned_folder import ThinnedFolder


def thinned(folder: Path, most: int, newest: int = 1) -> ThinnedFolder:
    made = ThinnedFolder(folder, most, newest, durable=False)
    made.open()
    return made


def numbers(folder: Path) -> list[int]:
    return [each.number for each in stored_in(folder)]


def test_what_has_room_stays(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 40)
    for step in range(4):
        own.put(step, b"x" * 10, keep=False)
    assert numbers(tmp_path / "s") == [0, 1, 2, 3]


def test_what_is_left_is_spread_over_the_whole_run(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 10 * 16)
    for step in range(1_000):
        own.put(step, b"x" * 10, keep=False)
    left = numbers(tmp_path / "s")
    assert len(left) == 16
    assert (left[0], left[-1]) == (0, 999)
    assert max(after - before for before, after in pairwise(left)) <= 4 * 1_000 / 16


def test_kept_ones_go_last(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 10 * 8)
    for step in range(500):
        own.put(step, b"x" * 10, keep=step in (100, 101, 102))
    assert {100, 101, 102} <= set(numbers(tmp_path / "s"))
    for step in range(500, 600):
        own.put(step, b"x" * 10, keep=True)
    assert len(numbers(tmp_path / "s")) == 8


def test_the_two_newest_stay_even_where_all_the_others_are_kept(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 10 * 4, newest=2)
    for step in range(20):
        own.put(step, b"x" * 10, keep=True)
        assert numbers(tmp_path / "s")[-2:] == list(range(max(0, step - 1), step + 1))
    own.put(20, b"x" * 10, keep=False)
    own.put(21, b"x" * 10, keep=False)
    assert numbers(tmp_path / "s")[-2:] == [20, 21]


def test_the_newest_one_stays_however_large(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 100, newest=2)
    for step in range(3):
        own.put(step, b"x" * 90, keep=False)
    assert numbers(tmp_path / "s") == [2]


def test_it_goes_on_with_what_lies_there(tmp_path: Path) -> None:
    own = thinned(tmp_path / "s", 10 * 8)
    for step in range(8):
        own.put(step, b"x" * 10, keep=False)
    again = ThinnedFolder(tmp_path / "s", 10 * 8, 1, durable=False)
    again.open(at=[4])
    for step in range(8, 200):
        again.put(step, b"x" * 10, keep=False)
    left = numbers(tmp_path / "s")
    assert (len(left), left[-1]) == (8, 199)
    assert 4 in left


def test_what_is_only_passing_goes_with_the_next_one(tmp_path: Path) -> None:
    folder = thinned(tmp_path, 10_000)
    for passing in (False, True, True, False, True):
        folder.put(0, b"x" * 10, False, passing)
    assert numbers(tmp_path) == [0, 3, 4]
