"""`train`: what happens at which step, and what scripts get to read."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.cli.command import run as run_command
from periodic_tui.cli.interruption import Interruption
from periodic_tui.cli.report import json_line
from periodic_tui.cli.train import _progress, train
from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.commands.on_loop import Pace
from periodic_tui.engine.commands.on_run import Inject, Reinitialize
from periodic_tui.engine.diagnosis import Report
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.headless import Headless, Plan
from periodic_tui.engine.snapshot import Event
from periodic_tui.engine.training import stepper_choice
from tests.pty.terminal import PATIENCE, Terminal

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "periodic_tui"]


@dataclass
class Scripted:
    """A session without a network: it counts steps, a second each, and keeps what was asked of it."""

    dies_at: int | None = None
    steps: int = 0
    asked: list[Any] = field(default_factory=list)
    chunk: int = 10
    cost: float = 0.0
    """Seconds of a snapshot."""
    pictured: float = 0.0

    def advance(self, count: int) -> int:
        before = self.steps
        self.steps = min(self.steps + count, self.steps + count if self.dies_at is None else self.dies_at)
        self.asked.append(self.steps)
        return self.steps - before

    def apply(self, command: Command) -> Event:
        if isinstance(command, Pace):
            raise Refused("no pace here")
        self.asked.append(command.words)
        return Event(self.steps, "done", command.words)

    def report(self) -> Report:
        self.pictured += self.cost
        return Report(self.steps, 1.0, 1.0, np.empty(0))

    def clock(self) -> float:
        return self.steps + self.pictured


def trained(plan: Plan, session: Scripted, stopped: Callable[[], bool] = lambda: False) -> tuple[str, list[Any]]:
    """Status, and everything that happened, in order; snapshots as `("snapshot", step, rate)`."""

    def report(told: Report, rate: float) -> None:
        session.asked.append(("snapshot", told.step, rate))

    run = Headless(session, plan, report, stopped=stopped, clock=session.clock)
    return run.run(), session.asked


def test_commands_act_before_the_snapshot_of_their_step_in_the_order_given() -> None:
    commands = ((4, Inject(0.5)), (0, Reinitialize(7)), (4, Reinitialize()), (3, Inject()))
    assert trained(Plan(4, 2, commands=commands), Scripted()) == (
        "finished",
        [
            "reinitialize:7",
            ("snapshot", 0, 0.0),
            2,
            ("snapshot", 2, 1.0),
            3,
            "inject",
            4,
            "inject:+0.5",
            "reinitialize",
            ("snapshot", 4, 1.0),
        ],
    )


def test_no_steps_report_the_initial_state() -> None:
    assert trained(Plan(0, 1, commands=((0, Inject()),)), Scripted()) == ("finished", ["inject", ("snapshot", 0, 0.0)])


def test_no_chunk_is_longer_than_asked_for() -> None:
    status, asked = trained(Plan(10, 6), Scripted(chunk=4))
    assert (status, [step for step in asked if isinstance(step, int)]) == ("finished", [4, 6, 10])


def test_time_ends_a_run_without_a_number_of_steps() -> None:
    status, asked = trained(Plan(None, 100, seconds=25), Scripted())
    assert (status, asked[-1]) == ("finished", 30)


def test_steps_end_a_run_before_its_time() -> None:
    assert trained(Plan(20, 100, seconds=25), Scripted())[1][-1] == 20


def test_a_run_of_which_nothing_is_left_has_diverged() -> None:
    status, asked = trained(Plan(10, 5, commands=((8, Inject()),)), Scripted(dies_at=7))
    assert (status, asked[-1]) == ("diverged", 7)


def test_an_interrupted_run_says_so() -> None:
    session = Scripted()
    assert trained(Plan(100, 50), session, stopped=lambda: session.steps >= 20)[0] == "interrupted"
    assert session.steps == 20


def test_a_refused_command_is_named() -> None:
    with pytest.raises(Refused, match="--at 2:pace:5: no pace here"):
        trained(Plan(4, 4, commands=((2, Pace(5)),)), Scripted())


def test_a_run_for_some_time_has_twenty_snapshots_however_fast_it_is() -> None:
    for chunk in (1, 5):
        asked = trained(Plan(None, None, seconds=200), Scripted(chunk=chunk))[1]
        assert [each[1] for each in asked if isinstance(each, tuple)] == list(range(0, 201, 10))


def test_snapshots_by_time_take_a_twentieth_of_it_at_most() -> None:
    session = Scripted(chunk=1, cost=10)
    asked = trained(Plan(None, None, seconds=1000), session)[1]
    assert [each[1] for each in asked if isinstance(each, tuple)] == [0, 190, 380, 570, 760, 950]


def test_the_first_signal_is_a_wish_and_the_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    told: list[str] = []
    with Interruption(lambda: told.append("wished")) as interruption:
        assert not interruption.wished
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.wished
        assert told == ["wished"]
        assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_json_has_no_number_that_is_not_finite() -> None:
    line = json_line({"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": -float("inf")}, "e": True, "f": None})
    assert json.loads(line) == {"a": None, "b": [None, 1.5], "c": {"d": None}, "e": True, "f": None}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Train in a process of its own."""
    return subprocess.run([*PROGRAM, "train", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def run_here(*words: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `train` in this process, where torch has been imported already."""
    with redirect_stdout(io.StringIO()) as output, redirect_stderr(io.StringIO()) as errors:
        code = run_command(train, words)
    return code, output.getvalue(), errors.getvalue()


def lines(*words: str) -> list[dict[str, Any]]:
    """The JSON Lines of a run that ended well and said nothing else; it never waits for a build."""
    code, output, errors = run_here(*words, "--engine", "eager", "--json")
    assert (code, errors) == (0, "")
    return [json.loads(line) for line in output.splitlines()]


SUMMARY = {
    "event", "preset", "seed", "replicas", "steps", "seconds", "steps_per_second", "engine", "device", "threads",
    "dtype", "status", "loss", "train_loss", "loss_test", "omega", "answer_error", "accuracy", "base_rate", "outcomes",
    "verdict", "causes", "baselines", "layers", "journal",
}  # fmt: skip


def test_the_readme_explains_every_field_of_the_summary() -> None:
    section = (ROOT / "README.md").read_text().split("## Without a screen")[1]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall("`(\\w+)`", row.split("|")[1])}
    assert explained == SUMMARY - {"event"}


def test_the_injected_answer_is_exact_and_in_the_journal() -> None:
    words = ["sine-31", "--seed", "3", "--steps", "400", "--every", "100", "--at", "300:inject", "--json"]
    result = run(*words)
    assert (result.returncode, result.stderr) == (0, "")
    *snapshots, summary = map(json.loads, result.stdout.splitlines())
    assert [snapshot["step"] for snapshot in snapshots] == [0, 100, 200, 300, 400]
    assert [snapshot["loss"] for snapshot in snapshots[3:]] == [0.0, 0.0]
    assert min(snapshot["loss"] for snapshot in snapshots[:3]) > 0.3
    assert set(snapshots[0]) == {"event", "step", "loss", "train_loss", "omega", "steps_per_second"}
    assert set(summary) == SUMMARY
    assert (summary["loss"], summary["answer_error"], summary["omega"]) == (0.0, 0.0, 31.0)
    assert (summary["status"], summary["steps"], summary["seed"]) == ("finished", 400, 3)
    assert [(event["step"], event["command"]) for event in summary["journal"]] == [(300, "inject")]


def test_the_journal_says_how_a_remedy_ended_and_what_one_is_still_at() -> None:
    words = ("sine-31", "--at", "0:remedy:widen-range", "--seed", "3", "--steps")
    began, ended = lines(*words, "300")[-1]["journal"]
    assert (began["step"], began["command"]) == (0, "remedy:widen-range")
    assert (0 < ended["step"] <= 300, ended["command"]) == (True, None)
    assert ended["text"].startswith("widen-range found ω on all of ±1,000")
    _, at_work = lines(*words, "20")[-1]["journal"]
    assert (at_work["step"], at_work["command"]) == (20, None)
    assert at_work["text"].startswith("widen-range is still at work: range ±")
    code, output, _ = run_here(*words, "300", "--engine", "eager")
    assert (code, f"\nstep {ended['step']:,}: {ended['text']}\n" in output) == (0, True)


def test_a_small_step_returns_to_the_answer_and_the_preset_s_own_is_thrown_out() -> None:
    small = lines("sine-31", "--steps", "4000", "--set", "optimizer.lr=1e-6", "--at", "0:inject:+0.002")[-1]
    assert small["answer_error"] < 1e-5
    own = lines("sine-31", "--steps", "2000", "--at", "0:inject:+0.001")[-1]
    assert own["verdict"]["code"] == "step-too-large"
    assert own["answer_error"] > own["verdict"]["figures"].get("basin", 0.0045)


def test_the_snapshots_of_a_run_do_not_change_it() -> None:
    losses = [lines("sine-31", "--steps", "120", "--every", every)[-1]["loss"] for every in ("7", "120")]
    assert losses[0] == losses[1]


def test_no_steps_give_a_summary() -> None:
    snapshot, summary = lines("magnitude", "--steps", "0", "--replicas", "3")
    assert (snapshot["step"], summary["steps"], summary["steps_per_second"]) == (0, 0, 0.0)
    assert sum(summary["outcomes"].values()) == summary["replicas"] == 3


def test_the_death_of_ln_is_reported() -> None:
    summary = lines("ln-collapse", "--steps", "50")[-1]
    assert summary["verdict"]["code"] == "dead-network"
    assert [len(layer["dead"]) for layer in summary["layers"]] == [50, 10]


def test_people_get_a_summary_and_a_plot() -> None:
    result = run("sine-31", "--steps", "200", "--at", "100:inject", "--plot")
    assert (result.returncode, result.stderr) == (0, "")
    text = result.stdout.splitlines()
    assert text[0].startswith("sine-31: finished after 200 steps in ")
    assert "omega 31, 0 from the answer" in text
    assert any(line.startswith("step 100: injected") for line in text)
    assert text[-2].endswith(" step")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sine-31", "--steps", "10", "--at", "11:inject"], "--at 11:inject is later than the last step, 10"),
        (["sine-31", "--at", "5:pause"], "train never waits"),
        (["sine-31", "--at", "5"], "expected STEP:COMMAND, got '5'"),
        (["sine-31", "--at", "-1:inject"], "expected STEP:COMMAND"),
        (["sine-31", "--at", "5:injekt"], "did you mean inject, "),
        (["sine-31", "--seconds", "nan"], "expected a finite number from 0, got nan"),
        (["sine-31", "--steps", "-1"], "sine-31: training.steps: expected at least 0, got -1"),
        (["sine-31", "--steps", "1", "--device", "cuda:99"], "--device cuda:99: "),
        (["sine-31", "--steps", "5", "--at", "2:set:model.kind=mlp"], "--at 2:set:model.kind=mlp: model.kind needs"),
        (["sine-31", "--steps", "1", "--at", "0:load:sine-30"], "did you mean sine-31?"),
        (["log.toml"], "log.toml: no such file"),
        ([], "expected either a PRESET or --from-journal RUN"),
    ],
)
def test_what_cannot_be_trained_exits_2(words: list[str], said: str) -> None:
    code, output, errors = run_here(*words)
    assert (code, output) == (2, "")
    assert said in errors


def test_a_closed_pipe_ends_quietly() -> None:
    with subprocess.Popen(
        [*PROGRAM, "train", "sine-31", "--engine", "eager", "--seconds", "60", "--every", "50", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["step"] == 0
        process.stdout.close()
        assert (process.stderr.read(), process.wait(PATIENCE)) == (b"", 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_gives_its_summary(number: int) -> None:
    command = [*PROGRAM, "train", "sine-31", "--engine", "eager", "--seconds", "60", "--every", "50", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE)
    summary = json.loads(output.splitlines()[-1])
    assert (process.returncode, errors) == (130, "")
    assert (summary["event"], summary["status"]) == ("summary", "interrupted")


class Endless:
    """A build that never ends; whoever looks at it interrupts the program."""

    cancelled = 0

    @property
    def done(self) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return False

    def cancel(self) -> None:
        self.cancelled += 1


@pytest.mark.parametrize("engine", ["auto", "compiled"])
def test_an_interruption_gives_up_the_build_that_is_waited_for(
    engine: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build = Endless()
    monkeypatch.setattr(stepper_choice, "obstacle", lambda experiment: None)
    monkeypatch.setattr(stepper_choice, "_build_for", lambda trainer: build)
    monkeypatch.setattr(stepper_choice, "find", lambda key: None)
    words = ["sine-31", "--device", "cpu", "--engine", engine, "--steps", "1000000000", "--json"]
    assert run_command(train, words) == 130
    assert build.cancelled == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    if engine == "auto":
        assert [line["event"] for line in lines] == ["snapshot", "summary"]
        assert (lines[-1]["status"], lines[-1]["steps"], lines[-1]["engine"]) == ("interrupted", 0, "eager")
    else:
        assert not lines


def test_while_a_build_is_waited_for_the_terminal_shows_how_long_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    with _progress(hidden=False) as progress:
        for left in (11.6, 11.4, 0.0):
            progress.build(left)
        progress(0.5)
    told = list(dict.fromkeys(re.findall(r"compiling[a-z0-9, ]+?(?=  )", terminal.getvalue())))
    assert told == ["compiling the step, 12 s left", "compiling the step, 11 s left", "compiling the step"]
    assert "compiling" not in terminal.getvalue().rpartition("\r")[2]


def test_a_terminal_gets_a_progress_bar() -> None:
    with Terminal([*PROGRAM, "train", "sine-31", "--engine", "eager", "--steps", "3000"], 100, 20) as terminal:
        terminal.wait_for("100%")
        terminal.wait_for("sine-31: finished after 3,000 steps")
        assert terminal.wait_exit() == 0
