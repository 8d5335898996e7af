"""Recordings side by side: named, listed, found, and deleted, but nothing else ever."""

import json
from pathlib import Path

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.library import Library, delete, size_of
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About
from periodic_tui.engine.snapshot import Event


def recorded(folder: Path, created: float, close: bool = True) -> Recorder:
    told = Recorder(folder, About("sine-31", created=created), 'title = "x"\n')
    told.begin()
    told.event(Event(0, "began"))
    told.checkpoint({"step": 4}, 4)
    if close:
        told.close("closed", wait=60)
        assert not told._thread.is_alive()
    return told


def test_names_tell_date_and_preset_and_never_lead_elsewhere(tmp_path: Path) -> None:
    own = Library(tmp_path)
    first, second = own.new("sine-31", now=0.0), own.new("sine-31", now=0.0)
    assert first != second
    assert "-sine-31-" in first.name
    for preset in ("../../etc", "", "...", "a b\n\x1b.toml", "x" * 500, "-rf"):
        name = own.new(preset).name
        assert own.new(preset).parent == tmp_path
        assert len(name) < 80
        assert name.isprintable()
        assert name[0].isdigit()


def test_runs_are_listed_newest_first_and_what_is_none_is_passed_over(tmp_path: Path) -> None:
    own = Library(tmp_path)
    assert own.runs() == []
    for number, created in enumerate((5.0, 9.0, 1.0)):
        recorded(tmp_path / f"run-{number}", created)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / layout.ABOUT).write_text('{"format": 1, "kind": "diary"}')
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "run-0")
    runs = own.runs()
    assert [each.name for each in runs] == ["run-1", "run-0", "run-2"]
    assert [each.status.step for each in runs] == [4, 4, 4]
    assert runs[0].bytes == sum(file.stat().st_size for file in runs[0].folder.rglob("*") if file.is_file())


def test_a_run_is_found_by_name_or_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path / "runs" / "mine", 1.0)
    recorded(tmp_path / "elsewhere", 1.0)
    monkeypatch.chdir(tmp_path)
    own = Library(tmp_path / "runs")
    assert own.find("mine").folder == tmp_path / "runs" / "mine"
    assert own.find("elsewhere").folder == own.find(str(tmp_path / "elsewhere")).folder == tmp_path / "elsewhere"
    with pytest.raises(Refused, match=r"^there is no recording 'mime'; did you mean mine\?$"):
        own.find("mime")
    for text in ("", ".", "..", "/nowhere"):
        with pytest.raises(Refused):
            own.find(text)


def test_the_oldest_go_until_there_is_room_but_none_that_is_written_and_nothing_else(tmp_path: Path) -> None:
    for number in range(4):
        recorded(tmp_path / f"run-{number}", float(number))
    at_work = recorded(tmp_path / "run-at-work", -1.0, close=False)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "letter.txt").write_text("dear" * 10_000)
    each = size_of(tmp_path / "run-0")
    Library(tmp_path, most=5 * each).prune(room=2 * each + each // 2)
    left = {folder.name for folder in tmp_path.iterdir()}
    assert {"notes", "run-at-work", "run-3"} <= left
    assert "run-0" not in left
    at_work.close("closed", wait=60)


def test_pruning_never_waits_for_more_than_there_is(tmp_path: Path) -> None:
    recorded(tmp_path / "run", 1.0)
    Library(tmp_path, most=0).prune(room=1 << 40)
    assert list(tmp_path.iterdir()) == []


def test_deleting_takes_what_belongs_to_a_recording_and_leaves_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    recorded(folder, 1.0)
    (folder / "letter.txt").write_text("dear")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "00000000-4.safetensors").write_text("not ours")
    (folder / layout.TABLES).symlink_to(outside)
    (folder / layout.PICTURES / "mine").mkdir()
    delete(folder)
    assert sorted(str(each.relative_to(folder)) for each in folder.rglob("*")) == [
        "letter.txt", "pictures", "pictures/mine", "tables",
    ]  # fmt: skip
    assert (outside / "00000000-4.safetensors").exists()


def test_what_bears_no_marker_or_is_being_written_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / layout.PRESET).write_text("")
    with pytest.raises(Refused):
        delete(tmp_path / "other")
    assert (tmp_path / "other" / layout.PRESET).exists()
    told = recorded(tmp_path / "run", 1.0)
    again = Recorder.of(Library(tmp_path).find("run"))
    again.begin()
    again.checkpoint({"step": 5}, 5)
    while not (tmp_path / "run" / layout.LOCK).exists():
        assert not again.failure
    with pytest.raises(Refused, match="is being written"):
        delete(tmp_path / "run")
    again.close("closed", wait=60)
    delete(told.folder)
    assert not told.folder.exists()


def test_a_recording_of_another_version_is_passed_over_and_stays(tmp_path: Path) -> None:
    recorded(tmp_path / "run", 1.0)
    about = json.loads((tmp_path / "run" / layout.ABOUT).read_text())
    (tmp_path / "run" / layout.ABOUT).write_text(json.dumps(about | {"format": 99}))
    own = Library(tmp_path, most=0)
    assert own.runs() == []
    own.prune()
    assert (tmp_path / "run").exists()
