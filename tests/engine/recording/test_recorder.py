"""What is told of a run is in its folder afterwards, and no disk holds up whoever tells it."""

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.recording import layout, lock, thinned_folder, writer
from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Plan, Recording
from periodic_tui.engine.snapshot import Death, Event, Layer, Moment, Snapshot, Verdict

ABOUT = About("sine-31", "One frequency", 3.0, "cpu", "eager", "0", Plan(100, None, 5, ("3:inject",)))
PATIENCE = 60.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def begun(folder: Path, **options: Any) -> Recorder:
    new = Recorder(folder, ABOUT, 'title = "x"\n', clock=options.pop("clock", Clock()), **options)
    new.begin()
    return new


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def ended(one: Recorder) -> None:
    one.close("closed", wait=PATIENCE)


def picture(step: int, **fields: Any) -> Snapshot:
    return Snapshot(step=step, loss=0.5, verdict=Verdict("learning"), **fields)


def test_all_that_is_told_is_read_again(tmp_path: Path) -> None:
    told = begun(tmp_path / "a" / "run")
    told.event(Event(0, "began"))
    told.event(Event(3, "injected", "inject"))
    told.back(2)
    told.picture(picture(3))
    told.checkpoint({"step": 3, "parameters": np.arange(3.0)}, 3)
    told.status(7)
    ended(told)
    read = Recording(tmp_path / "a" / "run")
    assert read.about == ABOUT
    assert read.preset == 'title = "x"\n'
    assert [(line.number, line.step, line.kind, line.command) for line in read.lines()] == [
        (0, 0, "event", None),
        (1, 3, "event", "inject"),
        (2, 2, "back", None),
    ]
    assert [read.picture(each).step for each in read.pictures()] == [3]
    assert read.checkpoint(read.checkpoints()[-1])["parameters"].tolist() == [0.0, 1.0, 2.0]
    status = read.status
    assert (status.step, status.verdict, status.loss, status.ended) == (7, "learning", 0.5, "closed")
    assert not read.being_written
    assert told.news() == []


def test_a_line_is_on_the_disk_as_soon_as_it_happens_and_the_folder_is_known_as_written(tmp_path: Path) -> None:
    told = begun(tmp_path / "run")
    told.event(Event(0, "began"))
    until(lambda: (tmp_path / "run" / layout.JOURNAL).exists() and Recording(tmp_path / "run").lines())
    assert Recording(tmp_path / "run").being_written
    ended(told)


def test_tables_are_copied_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "tide.csv").write_text("x,y\n1,2\n")
    ended(begun(tmp_path / "run", tables={"table.csv": tmp_path / "tide.csv"}))
    assert (tmp_path / "run" / "tables" / "table.csv").read_text() == "x,y\n1,2\n"


def test_pictures_are_sampled_by_the_clock_and_always_taken_after_a_command_or_a_death(tmp_path: Path) -> None:
    clock = Clock()
    told = begun(tmp_path / "run", clock=clock)
    told.picture(picture(0))
    told.picture(picture(1))
    clock.now = 0.3
    told.picture(picture(2))
    told.event(Event(3, "injected", "inject"))
    told.picture(picture(3))
    told.event(Event(4, "something happened"))
    told.picture(picture(4))
    told.remember()
    told.picture(picture(5))
    until(lambda: not told._new_pictures)
    clock.now = 1_000.0
    told.picture(picture(6))
    clock.now = 1_001.5  # after so long a time they are farther apart
    told.picture(picture(7))
    clock.now = 1_002.5
    told.picture(picture(8))
    ended(told)
    assert [each.step for each in Recording(tmp_path / "run").pictures()] == [0, 2, 3, 5, 6, 8]


def test_who_follows_finds_a_new_picture_soon_and_those_in_between_go_again(tmp_path: Path) -> None:
    clock = Clock()
    told = begun(tmp_path / "run", clock=clock, live=0.5)
    for step, clock.now in enumerate([0.0, 1_000.0, 1_000.4, 1_000.5, 1_001.0, 1_002.0, 1_002.5]):
        told.picture(picture(step))
        assert told.settle(PATIENCE)
    assert [each.step for each in Recording(tmp_path / "run").pictures()] == [0, 1, 5, 6]
    ended(told)


def test_the_last_picture_is_stored_in_the_end(tmp_path: Path) -> None:
    told = begun(tmp_path / "run")
    for step in range(3):
        told.picture(picture(step))
    ended(told)
    assert [each.step for each in Recording(tmp_path / "run").pictures()] == [0, 2]


def test_going_on_with_a_recording_counts_on_and_mends_a_line_cut_short(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = begun(folder)
    first.event(Event(0, "began"))
    first.picture(picture(0))
    first.checkpoint({"step": 5}, 5)
    ended(first)
    with (folder / layout.JOURNAL).open("ab") as journal:
        journal.write(b'{"format": 1, "numb')
    (folder / layout.CHECKPOINTS / ".00000001-6.safetensors.1.tmp").write_bytes(b"half")
    again = Recorder.of(Recording(folder), clock=Clock())
    again.begin()
    assert again.lines == 1
    again.event(Event(6, "went on"))
    again.picture(picture(6))
    again.checkpoint({"step": 7}, 7)
    ended(again)
    read = Recording(folder)
    assert [(line.number, line.text) for line in read.lines()] == [(0, "began"), (1, "went on")]
    assert [(each.number, each.step) for each in read.pictures()] == [(0, 0), (1, 6)]
    assert [(each.number, each.step) for each in read.checkpoints()] == [(0, 5), (1, 7)]
    assert read.about == ABOUT
    assert not list(folder.rglob(".*.tmp"))


def test_a_journal_that_nobody_could_read_any_more_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_JOURNAL", 2 << 20)
    told = begun(tmp_path / "run")
    for step in range(3):
        told.event(Event(step, "x" * 1_000_000))
    until(lambda: told.failure)
    assert told.news() == ["recording stopped: the journal takes 2 MB already"]


def test_only_one_writes(tmp_path: Path) -> None:
    first = begun(tmp_path / "run")
    first.event(Event(0, "began"))
    until(lambda: (tmp_path / "run" / layout.JOURNAL).exists())
    second = Recorder.of(Recording(tmp_path / "run"), clock=Clock())
    second.begin()
    until(lambda: second.failure)
    assert second.news() == ["nothing is recorded: another process writes it"]
    ended(second)
    assert lock.is_written(tmp_path / "run"), "the second one must not take away the first one's lock"
    first.event(Event(1, "went on"))
    ended(first)
    assert [line.text for line in Recording(tmp_path / "run").lines()] == ["began", "went on"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    told = begun(tmp_path)
    until(lambda: told.failure)
    assert told.news() == [f"nothing is recorded: {tmp_path} holds something else"]
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_a_large_picture_goes_without_thumbnails_double_precision_and_old_films(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(512, 512))
    layer = Layer("hidden.0", np.ones(3), thumbnails=np.zeros((512, 512)), incoming=weights, bias=weights[0])
    moment = Moment(1, np.zeros((128, 128)), 0.0, np.zeros(2), 0.0, np.zeros(3))
    deaths = tuple(Death(number, 1, 0, 0, (0,), "died", np.zeros(128), (moment,) * 3) for number in range(2))
    events = (Event(1, "died", None, 0), Event(1, "died", None, 1))
    clock = Clock()
    told = begun(tmp_path / "run", clock=clock)
    told.picture(picture(0, layers=(layer,), deaths=deaths, events=events))
    clock.now = 1.0
    told.picture(picture(1, layers=(layer,), deaths=deaths, events=events))
    ended(told)
    read = Recording(tmp_path / "run")
    kept, passing = (read.picture(each) for each in read.pictures())
    for each in (kept.layers[0], passing.layers[0]):
        assert each.thumbnails.size == 0
        assert np.allclose(each.incoming, weights, rtol=1e-6)
        assert (each.incoming.nbytes, each.bias.tolist()) == (weights.nbytes // 2, weights[0].tolist())
    assert ([each.number for each in kept.deaths], [each.death for each in kept.events]) == ([1], [None, 1])
    assert (passing.deaths, [each.death for each in passing.events]) == ((), [None, None])


# Disks that fail or hang.


def full(*arguments: Any, **options: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("what", ["picture", "checkpoint", "event"])
def test_a_full_disk_ends_the_recording_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    told = begun(tmp_path / "run")
    heard = threading.Event()
    told.on_news = heard.set
    until(lambda: (tmp_path / "run" / layout.STATUS).exists())
    monkeypatch.setattr(thinned_folder, "replace_file", full)
    monkeypatch.setattr(writer, "write_all", full)
    for step in range(5):
        match what:
            case "picture":
                told.remember()
                told.picture(picture(step))
            case "checkpoint":
                told.checkpoint({"step": step}, step)
            case _:
                told.event(Event(step, "happened"))
    assert heard.wait(PATIENCE)
    told.event(Event(9, "later"))
    told.close("closed")
    assert told.news() == ["recording stopped: No space left on device"]
    assert not told.writes
    assert not lock.is_written(tmp_path / "run")


def test_a_file_that_may_grow_no_more_leaves_nothing_half_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def limited(descriptor: int, data: Any) -> int:
        if len(data) > 100_000:
            write(descriptor, data[:1_000])
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return write(descriptor, data)

    told = begun(tmp_path / "run")
    told.checkpoint({"step": 1}, 1)
    until(lambda: Recording(tmp_path / "run").checkpoints() if (tmp_path / "run" / layout.ABOUT).exists() else ())
    monkeypatch.setattr(os, "write", limited)
    told.checkpoint({"step": 2, "parameters": np.zeros(100_000)}, 2)
    until(lambda: told.failure)
    monkeypatch.undo()
    assert told.news() == ["recording stopped: File too large"]
    read = Recording(tmp_path / "run")
    assert [each.name for each in (tmp_path / "run" / layout.CHECKPOINTS).iterdir()] == ["00000000-1.safetensors"]
    assert read.checkpoint(read.checkpoints()[0]) == {"step": 1}


def test_a_folder_that_is_removed_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    told = begun(tmp_path / "run")
    until(lambda: (tmp_path / "run" / layout.STATUS).exists())
    (tmp_path / "run").rename(tmp_path / "elsewhere")
    told.checkpoint({"step": 1}, 1)
    until(lambda: told.failure)
    assert told.news() == ["recording stopped: No such file or directory"]
    assert [each.name for each in tmp_path.iterdir()] == ["elsewhere"]


def test_where_no_folder_can_be_made_nothing_is_recorded_and_that_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "run"
    told = begun(place)
    told.event(Event(0, "began"))
    until(lambda: told.failure)
    told.picture(picture(1))
    ended(told)
    (line,) = told.news()
    assert line.startswith("nothing is recorded: ")
    assert str(tmp_path / "file") in line


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that takes nothing until the event is set."""
    free = threading.Event()

    def slow(path: Path, data: bytes, durable: bool = True) -> None:
        free.wait(PATIENCE)
        replace_file(path, data, durable)

    monkeypatch.setattr(thinned_folder, "replace_file", slow)
    yield free
    free.set()


def test_a_disk_that_hangs_holds_up_neither_training_nor_the_end(tmp_path: Path, hanging: threading.Event) -> None:
    told = begun(tmp_path / "run")
    for step in range(200):
        told.checkpoint({"step": step}, step)
        told.remember()
        told.picture(picture(step))
        told.event(Event(step, "happened", "inject"))
    assert len(told._new_pictures) <= 33
    told.close("closed")
    assert told._thread.is_alive(), "it still waits for the disk"
    hanging.set()
    told._thread.join(PATIENCE)
    read = Recording(tmp_path / "run")
    assert [line.number for line in read.lines()] == list(range(200)), "no line is ever dropped"
    assert read.checkpoints()[-1].step == 199
    assert len(read.checkpoints()) <= 3


def test_a_checkpoint_that_is_too_large_is_left_out_and_that_is_said_once(tmp_path: Path) -> None:
    told = begun(tmp_path / "run", most=4 << 20)
    for step in range(3):
        told.checkpoint({"step": step, "parameters": np.zeros(1 << 19)}, step)
        told.event(Event(step, "happened"))
        until(lambda: told._new_checkpoint is None)
    ended(told)
    assert told.news() == ["a checkpoint takes 4 MB of 2: none is stored"]
    assert not told.failure
    assert len(Recording(tmp_path / "run").lines()) == 3


def test_where_nobody_asks_for_a_bound_two_or_three_large_checkpoints_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("periodic_tui.engine.recording.writer.MOST_BYTES", 4 << 20)
    told = begun(tmp_path / "run", most=4 << 20)
    for step in range(5):
        told.checkpoint({"step": step, "parameters": np.zeros(1 << 19)}, step)
        until(lambda: told._new_checkpoint is None)
    ended(told)
    assert not told.news()
    stored = [each.step for each in Recording(tmp_path / "run").checkpoints()]
    assert len(stored) in (2, 3), "the file is a little longer than its arrays"
    assert stored[-1] == 4


def test_numbers_that_json_has_no_word_for_are_left_out_of_the_status(tmp_path: Path) -> None:
    told = begun(tmp_path / "run")
    told.picture(replace(picture(1), loss=float("inf")))
    ended(told)
    assert json.loads((tmp_path / "run" / layout.STATUS).read_text())["loss"] is None


def test_a_recording_that_was_made_for_another_process_is_written_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    writer.begin(folder, ABOUT)
    lock.give(folder, os.getpid())
    assert Recording(folder).being_written
    assert not lock.take(folder)
    told = Recorder.of(Recording(folder), given=True)
    told.begin()
    told.picture(picture(3))
    ended(told)
    recording = Recording(folder)
    assert (recording.about, recording.preset, recording.status.step) == (ABOUT, "", 3)
    assert not recording.being_written


def test_what_is_not_given_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    writer.begin(folder, ABOUT)
    lock.give(folder, os.getppid())
    told = Recorder.of(Recording(folder), given=True)
    told.begin()
    ended(told)
    assert told.news() == ["nothing is recorded: another process writes it"]


def test_what_a_script_prints_is_cut_while_its_run_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("periodic_tui.engine.recording.output.MOST_OUTPUT", 100)
    monkeypatch.setattr("periodic_tui.engine.recording.output._KEPT", 10)
    told = begun(tmp_path / "run")
    until(lambda: (tmp_path / "run" / layout.JOURNAL).exists())
    (tmp_path / "run" / layout.OUTPUT).write_text("line\n" * 100)
    ended(told)
    assert (tmp_path / "run" / layout.OUTPUT).read_text() == "line\n"


def test_no_descriptor_stays_open_that_a_script_could_take_for_its_own(tmp_path: Path) -> None:
    told = begun(tmp_path / "run")
    told.event(Event(0, "began"))
    told.picture(picture(1))
    assert told.settle(PATIENCE)
    links = [os.path.realpath(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")]
    assert not [link for link in links if link.startswith(str(tmp_path))]
    ended(told)
    assert [line.text for line in Recording(tmp_path / "run").lines()] == ["began"]
