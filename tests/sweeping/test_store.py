"""Results on disk: what was kept is found, what is damaged is not."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.result import CellResult, Failure, from_json, to_json
from periodic_tui.sweeping.store import Store

JOB = Job({"training": {"seed": 3}}, ((0, "inject"),), "eager", "version", ("hash",))
RESULT = CellResult(
    "finished", 40, "eager", {"diverged": 1, "solved": 2, "learning": 3}, (0.1, 1e-300, None), 0.1 + 0.2, seconds=1.5
)


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    Store(tmp_path / "new" / "folder").keep(JOB, RESULT)
    found = Store(tmp_path / "new" / "folder").get(JOB.key)
    assert found == RESULT
    assert found.seconds == 1.5


def test_whatever_else_decides_what_a_cell_comes_to_gives_another_key(tmp_path: Path) -> None:
    others = [
        replace(JOB, experiment={"training": {"seed": 4}}), replace(JOB, commands=()), replace(JOB, engine="compiled"),
        replace(JOB, code="other"), replace(JOB, files=()),
    ]  # fmt: skip
    assert len({JOB.key, *(other.key for other in others)}) == 6
    assert Job.from_json(JOB.to_json()) == JOB
    Store(tmp_path).keep(JOB, RESULT)
    assert Store(tmp_path).get(others[0].key) is None


def test_a_failure_is_tried_again(tmp_path: Path) -> None:
    Store(tmp_path).keep(JOB, Failure("no memory"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [RESULT, Failure("no memory", crashed=True, trace="a\nb")])
def test_an_ending_is_one_line_and_back(ending: CellResult | Failure) -> None:
    assert "\n" not in to_json(ending)
    assert from_json(to_json(ending)) == ending


def test_a_damaged_file_counts_as_none_and_is_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(JOB, RESULT)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for cut in range(0, len(whole) - 1, 7):
        file.write_bytes(whole[:cut])
        assert store.get(JOB.key) is None
    for place in range(0, whole.index(b'"job"'), 3):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert store.get(JOB.key) in (None, RESULT)
    file.write_bytes(b"[" * 100_000)
    assert store.get(JOB.key) is None
    store.keep(JOB, RESULT)
    assert store.get(JOB.key) == RESULT


def test_another_cells_file_is_not_taken_for_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(JOB, RESULT)
    (file,) = tmp_path.iterdir()
    other = replace(JOB, code="other")
    file.rename(tmp_path / f"{other.key}.json")
    assert store.get(other.key) is None


KEEPS = """
import json, sys
from pathlib import Path
from dataclasses import replace
from tests.sweeping.test_store import JOB, RESULT
from periodic_tui.sweeping.store import Store
for number in range(200):
    Store(Path(sys.argv[1])).keep(replace(JOB, code=str(number % 20)), RESULT)
"""


def test_two_sweeps_at_once_spoil_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    both = [subprocess.Popen([sys.executable, "-c", KEEPS, str(tmp_path)], cwd=root) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    files = sorted(tmp_path.iterdir())
    assert len(files) == 20
    assert all(json.loads(file.read_bytes())["result"] for file in files)
    assert all(Store(tmp_path).get(replace(JOB, code=str(number)).key) == RESULT for number in range(20))


def test_no_folder_can_be_made_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="file: File exists"):
        Store(tmp_path / "file")
