"""Tables and event files, against what the picture holds; TensorBoard's own reader reads the latter."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import FORMAT, JOURNAL, PICTURES, NotReadable
from periodic_tui.engine.recording.recording import About, Recording
from periodic_tui.engine.recording.writer import begin
from periodic_tui.engine.snapshot import Curve, Script, Snapshot
from periodic_tui.engine.training.history import History
from periodic_tui.export.curves import as_csv
from periodic_tui.export.files import mark_of, write_all
from periodic_tui.export.python import module_and_probe
from periodic_tui.export.tensorboard import event_file
from periodic_tui.export.weights import weights_and_preset
from tests.export.recorded import CREATED, put_picture, recorded, trained


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot]:
    """A recorded run with a command in its middle, and its picture."""
    folder = tmp_path_factory.mktemp("curves") / "run"
    return folder, recorded(folder, trained("sine-31", 700, ["inject", "set:optimizer.lr=0.5"]))


def silent(line: str) -> None:
    pytest.fail(line)


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(Recording(folder), silent).decode())))


@pytest.mark.parametrize(
    ("what", "curve"), [("batch loss", "train_curve"), ("probe loss", "probe_curve"), ("omega", "omega_curve")]
)
def test_the_table_holds_every_bin_of_every_curve(what: str, curve: str, run: tuple[Path, Snapshot]) -> None:
    folder, snapshot = run
    expected: Curve = getattr(snapshot, curve)
    found = [row for row in rows(folder) if row["what"] == what]
    assert len(found) > 5
    columns = {"first": "step", "last": "last", "life": "life", "low": "low", "middle": "middle", "high": "high"}
    for column, attribute in columns.items():
        assert [float(row[column]) for row in found] == getattr(expected, attribute).tolist()


def test_the_table_holds_every_event(run: tuple[Path, Snapshot]) -> None:
    folder, snapshot = run
    found = [(row["first"], row["text"], row["command"]) for row in rows(folder) if row["what"] == "event"]
    assert found == [(str(each.step), each.text, each.command or "") for each in snapshot.events]
    assert "inject" in [command for _, _, command in found]


def test_the_table_holds_every_frequency(tmp_path: Path) -> None:
    snapshot = recorded(tmp_path / "run", trained("clock-oscillators"))
    found = {row["what"]: row["middle"] for row in rows(tmp_path / "run") if row["first"] == str(snapshot.step)}
    assert [float(found[what]) for what in ("omega", "omega 1", "omega 2")] == snapshot.omega.tolist()


def test_what_came_after_a_step_to_which_training_went_back_is_left_out(tmp_path: Path) -> None:
    recorded(tmp_path / "run", trained("single-relu"))
    lines = [Line(0, 1, "kept"), Line(1, 3, "gone"), Line(2, 2, kind="back"), Line(3, 2, "=after")]
    (tmp_path / "run" / JOURNAL).write_bytes(b"".join(line.data for line in lines))
    assert [row["text"] for row in rows(tmp_path / "run") if row["what"] == "event"] == ["kept", " =after"]


def test_a_damaged_picture_gives_way_to_the_one_before(tmp_path: Path) -> None:
    snapshot = recorded(tmp_path / "run", trained("single-relu"))
    put_picture(tmp_path / "run", replace(snapshot, step=9), number=1).write_bytes(b"half")
    said: list[str] = []
    assert as_csv(Recording(tmp_path / "run"), said.append).count(b"probe loss")
    assert said == ["passed over 00000001-9.safetensors: is damaged or no such file"]


@pytest.mark.parametrize(
    ("curve", "said"),
    [
        (Curve(np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(3)), "not equally long"),
        (Curve(np.zeros((2, 2)), np.zeros(4), np.zeros(4), np.zeros(4)), "not equally long"),
        (Curve(np.array([np.nan]), np.zeros(1), np.zeros(1), np.zeros(1)), "steps that are none"),
        (Curve(np.array([1e300]), np.zeros(1), np.zeros(1), np.zeros(1)), "steps that are none"),
        (Curve(np.array([-1.0]), np.zeros(1), np.zeros(1), np.zeros(1)), "steps that are none"),
    ],
)
def test_a_curve_that_is_none_is_refused_in_one_line(curve: Curve, said: str, tmp_path: Path) -> None:
    snapshot = recorded(tmp_path / "run", trained("single-relu"))
    put_picture(tmp_path / "run", replace(snapshot, probe_curve=curve))
    with pytest.raises(NotReadable, match=f"^the picture is damaged: .*probe loss.*{said}|{said}.*$"):
        as_csv(Recording(tmp_path / "run"), silent)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A recording of a script that has logged values, with one picture."""
    folder = tmp_path / "script"
    loss, accuracy = History(1, geometric=True), History(1, geometric=False)
    loss.add(1, np.geomspace(1.0, 1e-3, 600)[:, None])
    accuracy.add(600, np.array([[0.25]]))
    curves = {"val/accuracy": accuracy.curve(0)}
    picture = Snapshot(step=600, script=Script("train.py"), train_curve=loss.curve(0), logged=curves)
    begin(folder, About("train.py", created=CREATED, script="train.py"))
    (folder / PICTURES).mkdir()
    put_picture(folder, picture)
    return folder


def test_the_table_holds_what_a_script_has_logged(script: Path) -> None:
    found = rows(script)
    assert {row["what"] for row in found} == {"batch loss", "logged val/accuracy"}
    assert [(row["first"], row["middle"]) for row in found if "accuracy" in row["what"]] == [("600", "0.25")]
    assert [found[0]["first"], found[-2]["last"]] == ["1", "600"]


def test_tensorboard_s_reader_reads_what_a_script_has_logged(script: Path, tmp_path: Path) -> None:
    found = events(script, tmp_path / "board")
    assert {tag.removesuffix("/low").removesuffix("/high") for tag in found.Tags()["scalars"]} == {
        "loss/batch",
        "logged/val/accuracy",
    }
    assert [(each.step, each.value) for each in found.Scalars("logged/val/accuracy")] == [(600, 0.25)]


def test_weights_of_a_script_are_refused_in_one_line(script: Path, tmp_path: Path) -> None:
    for make in (weights_and_preset, module_and_probe):
        with pytest.raises(Refused, match="script: code of your own trained this, and alone knows its network"):
            make(Recording(script), tmp_path / "out", silent)


def events(folder: Path, out: Path) -> Any:
    """What TensorBoard's reader makes of the exported run."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    recording = Recording(folder)
    write_all(event_file(recording, out, silent), mark_of(recording))
    return EventAccumulator(str(out), size_guidance={"scalars": 0, "tensors": 0}).Reload()


def steps_in(out: Path) -> Iterator[int]:
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    (file,) = out.iterdir()
    return (event.step for event in EventFileLoader(str(file)).Load() if event.HasField("summary"))


def test_tensorboard_s_reader_reads_every_curve(run: tuple[Path, Snapshot], tmp_path: Path) -> None:
    folder, snapshot = run
    found = events(folder, tmp_path / "board")
    tags = {"loss/batch": snapshot.train_curve, "loss/probe": snapshot.probe_curve, "omega": snapshot.omega_curve}
    assert set(found.Tags()["scalars"]) == {f"{tag}{end}" for tag in tags for end in ("", "/low", "/high")}
    for tag, curve in tags.items():
        last = dict(zip(curve.step.astype(int).tolist(), curve.middle.astype(np.float32).tolist(), strict=True))
        assert {each.step: each.value for each in found.Scalars(tag)} == last


def test_tensorboard_s_steps_are_strictly_increasing(run: tuple[Path, Snapshot], tmp_path: Path) -> None:
    folder, snapshot = run
    assert (np.diff(snapshot.probe_curve.step) == 0).any(), "one step before and after a command"
    found = events(folder, tmp_path / "board")
    for tag in found.Tags()["scalars"]:
        assert (np.diff([each.step for each in found.Scalars(tag)]) > 0).all()
    assert (np.diff(list(steps_in(tmp_path / "board"))) > 0).all()


def test_tensorboard_s_reader_reads_the_events(run: tuple[Path, Snapshot], tmp_path: Path) -> None:
    folder, snapshot = run
    texts = events(folder, tmp_path / "board").Tensors("events")
    told = {each.step: each.tensor_proto.string_val[0].decode() for each in texts}
    assert told == {
        step: "\n\n".join(each.text for each in snapshot.events if each.step == step)
        for step in {each.step for each in snapshot.events}
    }


def test_tensorboard_s_times_are_those_of_the_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    snapshot = recorded(folder, trained("single-relu", steps=8))
    put_picture(folder, snapshot).unlink()
    os.utime(put_picture(folder, replace(snapshot, step=0)), (1_000.0, 1_000.0))
    os.utime(put_picture(folder, snapshot, number=1), (1_080.0, 1_080.0))
    found = events(folder, tmp_path / "board").Scalars("loss/batch")
    assert [each.wall_time for each in found] == [1_000.0 + 10 * each.step for each in found]
    assert len(found) == 8


def test_event_files_of_others_are_not_mixed_with_these(run: tuple[Path, Snapshot], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    (tmp_path / "events.out.tfevents.1.host").write_bytes(b"")
    with pytest.raises(Refused, match="holds other event files"):
        event_file(Recording(run[0]), tmp_path, silent)


def test_without_the_package_one_line_says_what_to_install(
    run: tuple[Path, Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(Refused, match=r"needs the extra: pip install 'periodic-tui\[tensorboard\]'"):
        event_file(Recording(run[0]), tmp_path, silent)


def test_steps_of_a_journal_that_are_none_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    recorded(folder, trained("single-relu"))
    line = {"format": FORMAT, "number": 0, "step": 1 << 70, "text": "later than ever"}
    (folder / JOURNAL).write_text(json.dumps(line) + "\n")
    assert "events" not in events(folder, tmp_path / "board").Tags()["tensors"]
