"""A table in the place of a preset: which preset it is, and in which words a wrong one is refused."""

import math
import os
from pathlib import Path

import pytest

from periodic_tui.engine.components.targets.columns import MAX_BYTES
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load

TIDE = "hour,moon,level\n" + "".join(f"{h},{h % 3},{200 + h * h}\n" for h in range(40))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str | bytes, name: str = "tide.csv") -> str:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def refused(text: str | bytes) -> list[str]:
    with pytest.raises(PresetError) as caught:
        load(written(text))
    assert all(line.startswith("tide.csv: ") and line.isprintable() for line in caught.value.lines)
    return [line.removeprefix("tide.csv: ") for line in caught.value.lines]


def test_the_last_column_is_learned_from_the_others() -> None:
    name, experiment = load(written(TIDE))
    assert name == "tide.csv"
    assert experiment.title == "A network on tide.csv: level from hour and moon"
    table = experiment.model_dump()
    assert (table["target"]["x"], table["target"]["y"]) == (("hour", "moon"), ("level",))
    assert table["target"]["standardize"]
    assert (table["model"]["kind"], table["model"]["hidden"]) == ("mlp", (50, 50))
    assert table["model"]["activation"]["kind"] == "relu"
    assert (table["optimizer"]["kind"], table["optimizer"]["lr"]) == ("adam", 1e-3)
    assert (experiment.domain.points, experiment.training.batch_size) == (40, 32)


def test_the_story_tells_the_scales_in_the_table_s_units() -> None:
    story = load(written("hour,level\n" + "".join(f"{h},{10 * h}\n" for h in range(5))))[1].story
    assert f"hour 2 ± {math.sqrt(2):.3g}, level 20 ± {10 * math.sqrt(2):.3g}" in story.replace("\n", " ")


def test_a_small_table_is_one_batch() -> None:
    assert load(written("a,b\n1,2\n2,3\n"))[1].training.batch_size == 0


def test_many_columns_are_counted() -> None:
    names = ",".join(f"c{number}" for number in range(9))
    experiment = load(written(names + "\n" + "\n".join(",".join([str(row)] * 9) for row in range(3))))[1]
    assert experiment.title.endswith(": c8 from 8 columns")
    assert len(experiment.story.splitlines()) <= 3


def test_what_show_prints_is_the_same_run_from_anywhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    experiment = load(written(TIDE))[1]
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "own.toml"
    elsewhere.write_text(dump(experiment))
    assert load(str(elsewhere))[1] == experiment
    assert str(Path("tide.csv").absolute()) in dump(experiment)


def test_settings_apply_and_a_path_or_capitals_make_no_difference() -> None:
    written(TIDE, "TIDE.CSV")
    name, experiment = load("./TIDE.CSV", [("model.hidden", [3]), ("target.x", ["hour"]), ("training.steps", 7)])
    assert (name, experiment.model.hidden_units, experiment.target.inputs) == ("TIDE.CSV", (3,), 1)
    assert experiment.training.steps == 7


def test_a_table_that_changes_is_read_again() -> None:
    assert load(written(TIDE))[1].domain.points == 40
    os.utime(written("a,b\n1,2\n2,3\n"), ns=(1, 1))
    assert load("tide.csv")[1].domain.points == 2


def test_a_byte_order_mark_and_other_line_ends_are_no_matter() -> None:
    experiment = load(written(b"\xef\xbb\xbfhour,level\r\n1,2\r\n\r\n3,4\r\n"))[1]
    assert experiment.domain.train == ((1.0, 3.0),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty, expected a line of column names and lines of numbers"),
        ("1,2\n3,4\n", "line 1: expected names of columns, got numbers, as '1'"),
        ("level\n3\n", "has one column, 'level', expected at least two: inputs, and last what is to be learned"),
        ("a;b\n1,5;2\n", "line 1: columns are separated by semicolons, expected commas, and points in numbers"),
        ("a\tb\n1\t2\n", "line 1: columns are separated by tabs, expected commas, and points in numbers"),
        ("a,b\n", "has no rows below its line of column names"),
        ("a,b\n1,2\n1,3\n", "expected at least two rows with different inputs"),
        ("a,b\n1,2\n2,nan\n3,4\n", "line 3, column 'b': expected a finite number, got 'nan'"),
        ("a,b\n1,2\n2,\n3,4\n", "line 3, column 'b': expected a finite number, got nothing"),
        ("a,b\n1,2\n2,1e99\n3,4\n", "line 3, column 'b': expected a number up to 1e+18 in size, got 1e+99"),
        ("a,b\n1,2\n2\n3,4\n", "line 3: expected 2 cells, got 1"),
        ("a,b\n1,5,2,5\n2,1\n3,1\n", "line 2: expected 2 cells, got 4"),
        (
            "a,b\nx,1\ny,2\nz,3\n",
            "line 2, column 'a': expected a finite number, got 'x', and no number in any other line: leave 'a' out",
        ),
        ("hour,level\n1,2\n".encode("utf-16"), "is not UTF-8 text (byte 1), expected CSV"),
        (b"a,b\n\0,1\n", "is binary, expected CSV"),
        pytest.param("a,b\n" + MAX_BYTES // 4 * "1,2\n", f"larger than {MAX_BYTES:,} bytes", id="many rows"),
        pytest.param('a,b\n"' + 200_000 * "x", "field larger than field limit (131072)", id="an open quote"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str | bytes, problem: str) -> None:
    assert refused(text) == [problem]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert refused(",b,b\n1,2,3\n") == [
        "line 1, column 1: expected a name, got nothing",
        "line 1, column 3: expected another name than that of column 2, 'b'",
    ]
    assert refused("a,b\nx,1\n2,y\n3\n4,5\n") == [
        "line 2, column 'a': expected a finite number, got 'x'",
        "line 3, column 'b': expected a finite number, got 'y'",
        "line 4: expected 2 cells, got 1",
    ]


def test_of_very_many_problems_some_are_told_and_the_rest_counted() -> None:
    lines = refused("a,b\n1,2\n2,3\n" + 30 * "3,x\n")
    assert len(lines) == 21
    assert lines[-1] == "and 10 more such problems"


@pytest.mark.parametrize("name", ["no-such.csv", "folder.csv"])
def test_what_is_no_file(name: str) -> None:
    Path("folder.csv").mkdir()
    with pytest.raises(PresetError) as caught:
        load(name)
    assert len(caught.value.lines) == 1
