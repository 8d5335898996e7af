"""A recording played in the place of a session, by a clock that the test turns."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording import layout, lock
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.snapshot import Past, Snapshot, Verdict
from periodic_tui.ui.past.playback import LOOK, Playback
from tests.recordings import add_picture, write_json, write_recording
from tests.ui.scripted import SINE
from tests.ui.scripts import SMALL

LINES = [
    Line(0, 0, "sine-31"),
    Line(1, 150, "injected", "inject"),
    Line(2, 260, "died", death=0),
    Line(3, 300, "p", "pause"),
]
PATIENCE = 20.0


class Player(Playback):
    """Played turn by turn, in the test's own thread."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.now = 0.0
        super().__init__(folder, clock=lambda: self.now, **options)  # type: ignore[arg-type]
        self.shown: list[int] = []
        self.on_wake = lambda: self.shown.append(self.latest().step)
        self._open()
        self._turn()

    def after(self, seconds: float) -> list[int]:
        """Let time pass, in which the loop turns whenever something is due; the steps of the pictures that came."""
        self.shown[:] = [self.latest().step]
        end = self.now + seconds
        while (rest := self._rest()) is not None and self.now + rest <= end:
            self.now += max(rest, 1e-6)
            self._turn()
        self.now = end
        self._turn()
        return list(dict.fromkeys(self.shown))[1:]

    def key(self, words: str) -> None:
        self.send(parse(words))
        self._turn()

    @property
    def past(self) -> Past:
        past = self.latest().past
        assert past
        return past

    @property
    def printed(self) -> tuple[str, ...]:
        """What the script has printed."""
        script = self.latest().script
        assert script
        return script.output


def pictures(count: int, apart: int = 100) -> list[Snapshot]:
    return [replace(SINE, step=step * apart, run=7) for step in range(count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "run", pictures(5), LINES)


def test_it_plays_in_real_time_and_stops_at_the_end(folder: Path) -> None:
    player = Player(folder)
    assert player.latest().step == 0
    assert player.after(0.9) == []
    assert player.after(0.2) == [100]
    assert player.after(2.0) == [200, 300]
    assert player.after(9.0) == [400]
    assert not player.past.playing
    assert player._rest() is None


def test_after_the_end_space_begins_again(folder: Path) -> None:
    player = Player(folder)
    player.after(9.0)
    player.key("toggle-pause")
    assert (player.latest().step, player.past.playing) == (0, True)


def test_the_pace_is_changed_and_space_pauses(folder: Path) -> None:
    player = Player(folder)
    player.key("faster")
    assert player.past.pace == 2
    assert player.after(1.1) == [100, 200]
    player.key("toggle-pause")
    assert player.after(5.0) == []
    player.key("toggle-pause")
    for _ in range(3):
        player.key("slower")
    assert player.past.pace == 0.25
    assert player.after(3.0) == []
    assert player.after(2.0) == [300]


def test_at_a_high_pace_pictures_are_left_out_but_not_the_last(tmp_path: Path) -> None:
    player = Player(write_recording(tmp_path / "run", pictures(200)))
    for _ in range(20):
        player.key("faster")
    shown = player.after(9.0)
    assert shown[-1] == 19_900
    assert 5 < len(shown) < 20


def test_a_long_pause_is_cut_short(tmp_path: Path) -> None:
    player = Player(write_recording(tmp_path / "run", pictures(3), apart=3_600.0))
    assert player.after(2.1) == [100]


def test_times_come_from_the_files_where_the_pictures_tell_none(tmp_path: Path) -> None:
    folder = write_recording(tmp_path / "run", [])
    for number, picture in enumerate(pictures(3)):
        stored = add_picture(folder, number, picture)
        os.utime(folder / layout.PICTURES / stored.file, (1e9 + 1.5 * number,) * 2)
    player = Player(folder)
    assert player.after(1.4) == []
    assert player.after(0.2) == [100]


def test_pictures_are_turned_one_by_one_and_many_turns_are_one(folder: Path) -> None:
    player = Player(folder)
    player.turn(1)
    player.turn(1)
    player.turn(1)
    player._turn()
    assert (player.latest().step, player.shown[-1], player.past.playing) == (300, 300, False)
    assert 100 not in player.shown
    player.turn(-9)
    player._turn()
    assert player.latest().step == 0
    player.turn(99)
    player._turn()
    assert (player.latest().step, player.left) == (400, False)


@pytest.mark.parametrize("words", ["inject", "reinitialize", "load:sine-31", "set:optimizer.lr=1", "pace:5", "undo"])
def test_what_would_train_is_refused_in_one_line(folder: Path, words: str) -> None:
    with pytest.raises(Refused, match=f"^{words}: this is a recording, in which nothing is trained$"):
        Playback(folder).send(parse(words))


def test_every_picture_tells_where_it_stands_and_where_things_happened(folder: Path) -> None:
    player = Player(folder)
    player.after(1.1)
    player.after(0.0)
    assert player.past == Past(
        place=1, pictures=5, last=400, marks=((2, "command"), (3, "death")), pace=1.0, playing=True
    )
    assert (player.latest().run, player.latest().recording) == (1, str(folder))
    numbers = {player.latest().picture}
    player.turn(1)
    player._turn()
    assert player.latest().picture not in numbers
    assert (player.latest().picture or 0) < 0


def test_changes_of_the_verdict_are_marked_also_where_a_picture_is_damaged(tmp_path: Path) -> None:
    codes = ["learning", "learning", "solved", "solved", "underfit", "underfit"]
    taken = [replace(SINE, step=100 * n, verdict=Verdict(code)) for n, code in enumerate(codes)]
    folder = write_recording(tmp_path / "run", taken)
    (folder / layout.PICTURES / Stored(5, 500).file).write_bytes(b"half")
    player = Player(folder)
    player.after(0.1)
    assert player.past.marks == ((2, "verdict"), (4, "verdict"))


def test_damaged_and_missing_pictures_are_passed_over_in_the_way_one_goes(folder: Path) -> None:
    (folder / layout.PICTURES / Stored(2, 200).file).write_bytes(b"half")
    player = Player(folder)
    player.turn(2)
    player._turn()
    assert player.latest().step == 300
    player.turn(-1)
    player._turn()
    assert player.latest().step == 100
    player.key("toggle-pause")
    assert player.after(9.0) == [300, 400]


def test_pictures_that_were_thinned_out_meanwhile_are_passed_over(folder: Path) -> None:
    player = Player(folder)
    for step in (100, 200):
        (folder / layout.PICTURES / Stored(step // 100, step).file).unlink()
    assert player.after(9.0) == [100, 300, 400]  # the first of them had been read


def test_without_a_readable_picture_it_fails_in_one_line(tmp_path: Path) -> None:
    folder = write_recording(tmp_path / "run", [])
    playback = Playback(folder)
    playback.run()
    assert str(playback.failure) == "run: holds no pictures"
    assert playback.latest().refusal == "run: holds no pictures"
    (folder / layout.PICTURES / Stored(0, 0).file).write_bytes(b"half")
    playback = Playback(folder)
    playback.run()
    assert isinstance(playback.failure, Refused)
    assert "00000000-0.safetensors" in str(playback.failure)


def test_a_recording_that_is_being_written_is_followed(folder: Path) -> None:
    assert lock.take(folder)
    player = Player(folder)
    assert player.latest().step == 400
    assert player.past.written
    add_picture(folder, 5, replace(SINE, step=500))
    assert player.after(LOOK + 0.01)[-1] == 500
    for number in range(6, 9):
        add_picture(folder, number, replace(SINE, step=100 * number))
    assert player.after(LOOK + 0.01)[-1] == 800
    player.turn(-1)
    player._turn()
    add_picture(folder, 9, replace(SINE, step=900))
    player.after(2 * LOOK)
    assert (player.latest().step, player.past.last, player.past.pictures) == (700, 900, 10)
    player.key("toggle-pause")
    lock.release(folder)
    player.after(60.0)
    assert (player.latest().step, player.past.playing, player.past.written) == (900, False, False)


def test_one_that_has_no_pictures_yet_is_waited_for(tmp_path: Path) -> None:
    folder = write_recording(tmp_path / "run", [])
    assert lock.take(folder)
    player = Player(folder)
    assert player.latest().past is None
    add_picture(folder, 0, SINE)
    player.after(LOOK + 0.01)
    assert player.latest().step == SINE.step


def past_of(folder: Path, step: int) -> Player:
    """A look at the past of a run that is at a step."""
    return Player(folder, pace=None, present=replace(SINE, step=step, run=3))


def test_a_run_goes_back_from_the_present_and_behind_the_last_picture_one_has_left(folder: Path) -> None:
    player = past_of(folder, 450)
    assert player.latest().past is None
    player.turn(-1)
    player._turn()
    assert (player.latest().step, player.latest().run, player.past.last) == (400, 3, 450)
    assert (player.past.pace, player.past.playing) == (None, False)
    player.turn(1)
    player._turn()
    assert player.left


def test_the_newest_picture_is_the_present_where_it_was_taken_at_its_step(folder: Path) -> None:
    player = past_of(folder, 400)
    player.turn(-1)
    player._turn()
    assert player.latest().step == 300
    player.turn(1)
    player._turn()
    assert player.left


def test_it_goes_to_the_picture_before_a_step(folder: Path) -> None:
    player = past_of(folder, 450)
    player.go_before(260)
    player._turn()
    assert player.latest().step == 200
    player.go_before(0)
    player._turn()
    assert player.latest().step == 0


def test_an_abandoned_course_says_so(tmp_path: Path) -> None:
    taken = [replace(SINE, step=step) for step in (0, 100, 200, 300, 100, 150)]
    back = Line(0, 100, kind="back")
    for name, lines, left in (("back", [back], {300, 200}), ("cut", [], set())):
        player = past_of(write_recording(tmp_path / name, taken, lines), 150)
        seen = []
        for _ in range(5):
            player.turn(-1)
            player._turn()
            seen.append((player.latest().step, player.past.held))
        assert seen == [(step, step not in left) for step in (100, 300, 200, 100, 0)]


def test_without_a_journal_the_pictures_are_played(folder: Path) -> None:
    (folder / layout.JOURNAL).write_bytes(b'{"format": 99}\n')
    player = Player(folder)
    assert (player.latest().step, player.past.marks) == (0, ())


@contextmanager
def running(playback: Playback) -> Iterator[threading.Event]:
    """Its loop in a thread of its own; the event is set whenever there is another picture."""
    came = threading.Event()
    playback.on_wake = came.set
    thread = threading.Thread(target=playback.run)
    thread.start()
    try:
        yield came
    finally:
        playback.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_the_loop_wakes_for_a_key_and_ends_when_it_is_told(folder: Path) -> None:
    playback = Playback(folder, pace=None, present=replace(SINE, step=450))
    with running(playback) as came:
        playback.turn(-2)
        assert came.wait(PATIENCE)
        assert playback.latest().step == 300


# Scripts.


@dataclass
class Stopped:
    code: int


class ScriptedChild:
    """A script that runs until it is told how it ended."""

    ended: Stopped | None = None

    def poll(self) -> Stopped | None:
        return self.ended

    def send_signal(self, number: int) -> None:
        """It heeds none."""


def script_folder(folder: Path, count: int = 0) -> Path:
    """The recording of a script with so many pictures, which this process writes."""
    shown = [replace(SMALL, step=step, past=None) for step in range(100, 100 * count + 100, 100)]
    write_recording(folder, shown, name="train.py")
    about = json.loads((folder / layout.ABOUT).read_text()) | {"script": "train.py --lr 1"}
    write_json(folder / layout.ABOUT, about)
    assert lock.take(folder)
    return folder


def test_a_script_that_has_not_taken_a_step_is_waited_for_and_what_it_prints_is_shown(tmp_path: Path) -> None:
    folder = script_folder(tmp_path / "run")
    (folder / layout.OUTPUT).write_text("loading data\n")
    player = Player(folder)
    shown = player.latest()
    assert (shown.state, shown.preset, shown.present) == ("starting", "train.py", True)
    assert "Waiting for the script's first step" in shown.story
    assert shown.script
    assert (shown.script.command, shown.script.output) == ("train.py --lr 1", ("loading data",))
    (folder / layout.OUTPUT).write_text("loading data\nready\n")
    player.after(LOOK)
    assert player.printed == ("loading data", "ready")
    add_picture(folder, 0, replace(SMALL, step=2, past=None))
    assert player.after(LOOK) == [2]
    assert player.printed == ("loading data", "ready")


def test_of_a_script_that_runs_the_newest_picture_is_shown_at_once_however_many_came(tmp_path: Path) -> None:
    player = Player(script_folder(tmp_path / "run", 3))
    assert (player.latest().step, player.latest().state, player.latest().present) == (300, "training", True)
    for number in range(3, 9):
        add_picture(player.folder, number, replace(SMALL, step=number * 1_000, past=None))
    assert player.after(LOOK) == [8_000]


def test_a_picture_that_is_gone_when_it_is_read_holds_up_nothing(tmp_path: Path) -> None:
    player = Player(script_folder(tmp_path / "run", 1))
    gone = add_picture(player.folder, 1, replace(SMALL, step=500, past=None))
    (player.folder / layout.PICTURES / gone.file).write_bytes(b"")
    assert player.after(LOOK) == []
    add_picture(player.folder, 2, replace(SMALL, step=600, past=None))
    assert player.after(LOOK) == [600]


def test_space_holds_the_view_and_goes_back_to_the_present(tmp_path: Path) -> None:
    player = Player(script_folder(tmp_path / "run", 3))
    player.key("toggle-pause")
    assert not player.latest().present
    add_picture(player.folder, 3, replace(SMALL, step=900, past=None))
    assert player.after(5.0) == []
    player.key("toggle-pause")
    assert (player.latest().step, player.latest().present) == (900, True)


def test_who_turns_on_beyond_the_newest_follows_again(tmp_path: Path) -> None:
    player = Player(script_folder(tmp_path / "run", 3))
    player.turn(-2)
    player._turn()
    assert (player.latest().step, player.latest().present) == (100, False)
    player.turn(2)
    player._turn()
    assert (player.latest().step, player.latest().present) == (300, False)
    player.turn(1)
    player._turn()
    assert (player.latest().step, player.latest().present) == (300, True)


@pytest.mark.parametrize(("code", "shown"), [(0, 0), (1, 1), (137, 137)])
def test_the_end_is_told_with_the_newest_picture_alone(tmp_path: Path, code: int, shown: int) -> None:
    child = ScriptedChild()
    player = Player(script_folder(tmp_path / "run", 3), child=child)
    lock.release(player.folder)
    player.after(1.0)
    assert player.latest().state == "training", "its recording is closed, but it runs"
    (player.folder / layout.OUTPUT).write_text("the last words")
    child.ended = Stopped(code)
    player.after(1.0)
    latest = player.latest()
    assert latest.script
    assert (latest.state, latest.present, latest.script.code) == ("finished", True, shown)
    assert latest.script.output == ("the last words",)
    player.turn(-1)
    player._turn()
    earlier = player.latest()
    assert earlier.script
    assert (earlier.state, earlier.present, earlier.script.code) == ("training", False, None)


def test_a_script_that_ended_without_a_step_is_said_to_have(tmp_path: Path) -> None:
    child = ScriptedChild()
    player = Player(script_folder(tmp_path / "run"), child=child)
    lock.release(player.folder)
    child.ended = Stopped(3)
    player.after(1.0)
    latest = player.latest()
    assert (latest.state, latest.verdict.code, latest.story) == ("finished", "not-trained", "")
    assert latest.script
    assert latest.script.code == 3


def test_a_script_obeys_no_command(tmp_path: Path) -> None:
    player = Player(script_folder(tmp_path / "run", 1))
    with pytest.raises(Refused, match=r"^inject: a script is only watched$"):
        player.send(parse("inject"))
