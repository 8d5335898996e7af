"""The session without a thread: commands between steps, and the loop on a clock that the test moves."""

import threading
from collections.abc import Callable

import pytest
import torch

from periodic_tui.engine.commands.base import Loop, parse
from periodic_tui.engine.commands.on_loop import Load, Pause, Resume, SingleStep
from periodic_tui.engine.commands.on_run import Inject, Reinitialize, Set
from periodic_tui.engine.diagnosis import Diagnosis
from periodic_tui.engine.errors import Preempted, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.pacing import Pacer
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Snapshot, View
from tests.engine.experiments import experiment, ln, magnitude, sine


def load(name: str) -> tuple[str, Experiment]:
    if name != "magnitude":
        raise ValueError(f"unknown preset {name!r}")
    return name, magnitude()


def opened(spec: Experiment, name: str = "sine-31") -> Session:
    session = Session(load, name, spec, device="cpu")
    session.open()
    return session


def test_injecting_sets_the_parameter_and_the_forward_pass_gives_zero() -> None:
    session = opened(sine())
    session.advance(50)
    assert session.snapshot().verdict.code == "stuck-outside-basin"
    event = session.apply(Inject())
    assert session.current.trainer.parameters.tolist() == [[31.0]]
    picture = session.snapshot()
    assert (picture.loss, picture.state, picture.verdict.code) == (0.0, "solved", "solved")
    assert (event.step, event.command) == (50, "inject")
    session.advance(500)
    assert session.snapshot().loss == 0.0
    assert session.current.trainer.parameters.tolist() == [[31.0]]


def test_a_changed_parameter_shows_in_loss_and_fit_after_an_injection() -> None:
    session = opened(sine())
    session.apply(Inject())
    session.current.trainer.state["parameters"][0, 0] = 30.0
    session.current.measured.forget()
    picture = session.snapshot()
    assert picture.loss > 0.5
    assert abs(picture.fit.prediction - picture.fit.target).max() > 0.1


def test_reinitializing_starts_again_and_the_steps_count_on() -> None:
    session = opened(sine(seed=3))
    start = session.current.trainer.parameters.clone()
    session.advance(10)
    session.apply(Inject())
    session.apply(Reinitialize())
    assert session.current.trainer.parameters.equal(start)
    assert session.step == 10
    assert session.snapshot().state == "training"
    session.apply(Reinitialize(7))
    assert session.current.trainer.parameters.equal(opened(sine(seed=7)).current.trainer.parameters)
    assert [event.command for event in session.current.journal] == ["inject", "reinitialize", "reinitialize:7"]


def test_inside_the_basin_a_small_step_returns_to_31() -> None:
    session = opened(sine(lr=1e-6))
    session.apply(parse("inject:+0.002"))
    session.advance(4000)
    error = session.summary()["answer_error"]
    assert error < 1e-5
    assert session.snapshot().verdict.code == "solved"


def test_the_sources_own_step_is_expelled_from_the_basin() -> None:
    session = opened(sine())
    session.apply(parse("inject:+0.001"))
    session.advance(2000)
    summary = session.summary()
    assert summary["answer_error"] > 0.0045
    assert summary["verdict"]["code"] == "step-too-large"
    assert summary["verdict"]["figures"]["ratio"] == pytest.approx(1e-4 / (2 / (1000**2 / 3)), rel=0.02)


def test_a_reset_run_was_not_thrown_out_of_the_basin() -> None:
    session = opened(sine())
    session.apply(Inject())
    session.apply(Reinitialize())
    session.advance(100)
    assert session.snapshot().verdict.code == "stuck-outside-basin"


def test_the_log_network_dies_in_two_steps() -> None:
    session = opened(ln(replicas=8), "ln-collapse")
    session.advance(1)
    first = [layer.units - len(layer.dead) for layer in session.snapshot().layers]
    session.advance(1)
    assert first[0] == 0
    assert session.summary()["outcomes"] == {"dead-network": 8}
    assert [len(layer["dead"]) for layer in session.summary()["layers"]] == [50, 10]


def test_where_there_is_no_answer_the_refusal_says_why() -> None:
    tables = {"target": "sine", "model": {"kind": "mlp", "hidden": [4]}}
    with pytest.raises(Refused, match="relu units only approximates a sine"):
        opened(experiment(**tables)).apply(Inject())


def test_setting_in_mid_run_takes_effect_or_is_refused() -> None:
    session = opened(sine())
    session.apply(Set("optimizer.lr", "1e-6"))
    assert session.current.trainer.step_inputs["lr"].unique().tolist() == [pytest.approx(1e-6)]
    for key, value, reason in [
        ("model.kind", "mlp", "needs a new run"),
        ("optimizer.lr", "-1", "expected at least 0"),
        ("optimizer.momentum", "high", "expected a number"),
    ]:
        with pytest.raises(Refused, match=reason):
            session.apply(Set(key, value))
    assert session.current.journal[-1].command == "set:optimizer.lr=1e-6"


def test_a_new_learning_rate_keeps_the_optimizer_state() -> None:
    session = opened(magnitude(), "magnitude")
    session.advance(5)
    moments = session.current.trainer.state["mean"].clone()
    session.apply(Set("optimizer.lr", "0.01"))
    assert session.current.trainer.state["mean"].equal(moments)
    session.apply(Set("optimizer.kind", "sgd"))
    assert "mean" not in session.current.trainer.state
    session.advance(5)


def test_loading_begins_a_new_run_and_a_bad_name_leaves_the_old_one() -> None:
    session = opened(sine())
    session.advance(3)
    with pytest.raises(Refused, match="unknown preset 'nothing'"):
        session.apply(Load("nothing"))
    assert session.step == 3
    before = session.snapshot().run
    session.apply(Load("magnitude"))
    after = session.snapshot()
    assert (after.preset, after.step) == ("magnitude", 0)
    assert after.run > before


def test_a_snapshot_is_whole_and_looks_where_the_view_says() -> None:
    session = opened(sine(replicas=3))
    session.advance(20)
    session.look(View(window=(5.0, 6.0), points=100, focus=2))
    picture = session.snapshot()
    assert picture.fit.x[[0, -1]].tolist() == [5.0, 6.0]
    assert picture.fit.prediction.shape == (100, 1)
    assert (picture.focus, picture.seed) == (2, 2)
    assert picture.outcomes == {"stuck-outside-basin": 3}
    assert isinstance(picture, Snapshot)


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_pace_is_kept_by_the_clock_and_ends_after_its_steps() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.begin(pace=10.0, until=25)
    done = 0
    for _ in range(5000):
        steps = pacer.due(done)
        if steps and pacer.pace:
            done += steps
            pacer.took(steps, 0.0001 * steps)
        elif not pacer.pace:
            break
        clock.now += 0.001
    assert pacer.pace == 0
    assert clock.now == pytest.approx(2.5, abs=0.05)


def test_a_pause_owes_no_steps_afterwards() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.begin(pace=10.0)
    clock.now = 100.0
    pacer.restart()
    assert pacer.due(0) == 0
    clock.now += 0.1
    assert pacer.due(0) == 1


class Ticking(Clock):
    """Moves a little at each look."""

    def __call__(self) -> float:
        self.now += 1e-4
        return self.now


@pytest.mark.parametrize("fps", [10, 50, 100])
def test_every_picture_wakes_the_screen_as_often_as_it_wants_frames(fps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    paced = sine(pace=100.0)
    session = Session(load, "sine-31", paced, device="cpu", engine="eager", fps=fps, clock=clock)
    monkeypatch.setattr(session._work, "wait", lambda seconds: None)
    seen: list[Snapshot] = []
    session.on_wake = lambda: seen.append(session.latest())
    session.open()
    while clock.now < 1.0:
        session._turn()
    assert len(seen) == len(set(map(id, seen)))
    assert len(seen) == pytest.approx(fps, rel=0.2)


def waited(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    tick = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return True
        tick.wait(0.01)
    return False


def test_the_loop_trains_applies_commands_and_stops() -> None:
    session = Session(load, "sine-31", sine(), device="cpu")
    woken = threading.Event()
    session.on_wake = woken.set
    worker = threading.Thread(target=session.run, daemon=True)
    worker.start()
    assert waited(lambda: session.latest().step > 0)
    session.send(Inject())
    assert waited(lambda: session.latest().state == "solved")
    assert woken.is_set()
    session.send(Pause())
    assert waited(lambda: session.latest().state == "paused" and session.latest().step == session.step)
    paused_at = session.latest().step
    session.send(SingleStep())
    assert waited(lambda: session.latest().step == paused_at + 1)
    session.send(Load("nothing"))
    assert waited(lambda: "unknown preset" in session.latest().events[-1].text)
    session.send(Resume())
    assert waited(lambda: session.latest().step > paused_at + 1)
    session.stop()
    worker.join(5)
    assert not worker.is_alive()
    assert session.failure is None


def test_a_bug_in_the_thread_is_kept_and_shown() -> None:
    session = Session(load, "sine-31", sine(), device="cpu")

    class Bug(Inject):
        def apply(self, target: Loop) -> str:
            raise ZeroDivisionError("planted")

    session.send(Bug())
    session.run()
    assert isinstance(session.failure, ZeroDivisionError)
    assert session.latest().error == "ZeroDivisionError: planted"


def stepped(session: Session, monkeypatch: pytest.MonkeyPatch, turns: int = 5) -> int:
    """Steps that are done after some turns of the loop, none of which waits."""
    monkeypatch.setattr(session._work, "wait", lambda seconds: None)
    for _ in range(turns):
        session._turn()
    return session.step


def test_the_first_step_waits_until_the_start_is_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", watched=True, clock=clock)
    session.open()
    session._publish()
    assert session.latest().step == stepped(session, monkeypatch) == 0
    session.drawn(session.latest())
    assert stepped(session, monkeypatch) > 0
    done = session.step
    session.send(Reinitialize())
    assert stepped(session, monkeypatch) == session.latest().step == session.latest().life == done
    session.drawn(session.latest())
    assert stepped(session, monkeypatch) > done


def test_a_screen_that_says_nothing_is_waited_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", watched=True, clock=clock)
    session.open()
    session._publish()
    clock.now += 0.9
    assert stepped(session, monkeypatch) == 0
    clock.now += 0.2
    assert stepped(session, monkeypatch) > 0


def test_paced_steps_are_counted_from_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    session = Session(load, "ln", ln(pace=0.5), device="cpu", engine="eager", watched=True, clock=clock)
    session.open()
    session._publish()
    clock.now += 0.9
    stepped(session, monkeypatch)
    session.drawn(session.latest())
    stepped(session, monkeypatch)
    clock.now += 1.9
    assert stepped(session, monkeypatch) == 0
    clock.now += 0.2
    assert stepped(session, monkeypatch) == 1


def test_a_pause_shows_at_once_beside_the_latest_figures_and_then_all_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", clock=Ticking())
    session.open()
    session.look(View(panes=("landscape",)))
    stepped(session, monkeypatch, turns=1)
    before = session.latest()
    stepped(session, monkeypatch)
    pictures: list[Snapshot] = []
    session.on_wake = lambda: pictures.append(session.latest())
    session.send(Pause())
    stepped(session, monkeypatch, turns=1)
    echo, afresh = pictures
    assert (echo.state, echo.rate, echo.step, echo.picture) == ("paused", 0.0, before.step, before.picture)
    assert echo.verdict is before.verdict
    assert (afresh.state, afresh.step) == ("paused", session.step)
    assert {afresh.verdict.step, afresh.landscape.step, afresh.gradient_stats.step} == {session.step}
    stepped(session, monkeypatch)
    assert len(pictures) == 2


def test_no_step_is_taken_before_a_picture_that_a_key_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", watched=True, clock=Ticking())
    session.open()
    session._publish()
    session.drawn(session.latest())
    done = stepped(session, monkeypatch)
    session.send(Reinitialize())
    snapshot, calls = session.snapshot, iter([True])

    def put_off(**options: bool) -> Snapshot:
        if next(calls, False):
            session._work.set()
            raise Preempted
        return snapshot(**options)

    monkeypatch.setattr(session, "snapshot", put_off)
    assert stepped(session, monkeypatch) == session.latest().step == done
    session.drawn(session.latest())
    assert stepped(session, monkeypatch) > done


def test_a_second_life_at_the_same_step_is_waited_for_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", watched=True, clock=Ticking())
    session.open()
    session._publish()
    session.drawn(session.latest())
    session.send(Reinitialize(7))
    assert stepped(session, monkeypatch) == 0
    session.drawn(session.latest())
    assert stepped(session, monkeypatch) > 0


@pytest.mark.parametrize("before", ["pause", "pace:0"])
def test_slower_is_one_rung_below_flat_out_also_right_after_a_pause(before: str) -> None:
    clock = Clock()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", clock=clock)
    session.open()
    for _ in range(2_000):
        clock.now += 0.001
        session.pacer.took(20, 0.001)
    session.apply(parse(before))
    clock.now += 1_000.0
    if before == "pause":
        session.apply(parse("resume"))
    session.apply(parse("slower"))
    assert session.pacer.pace == 10_000.0


def test_a_picture_of_the_life_before_is_not_the_one_that_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", watched=True, clock=Ticking())
    session.open()
    session._publish()
    session.drawn(session.latest())
    done, before = stepped(session, monkeypatch), session.latest()
    session.send(Reinitialize())
    stepped(session, monkeypatch)
    session.drawn(before)
    assert stepped(session, monkeypatch) == done


@pytest.mark.parametrize(("aside", "share"), [(0.0, 0.02), (1e-4, 0.02), (0.5, 0.01)])
def test_a_picture_pays_for_its_readings_and_in_parts_for_what_has_a_budget_of_its_own(
    monkeypatch: pytest.MonkeyPatch, aside: float, share: float
) -> None:
    clock = Clock()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", clock=clock, working=clock)
    session.open()
    session._pictures = 2

    def snapshot(**options: bool) -> Snapshot:
        clock.now += 0.01
        for budget in (session.current.measured.judge.budgets["gain"], session.current.measured.deaths.budget):
            budget.worked += aside
            clock.now += aside
        return session.latest()

    monkeypatch.setattr(session, "snapshot", snapshot)
    session._publish()
    assert session._frames.next == pytest.approx(clock.now + 0.01 / share)


def test_the_first_picture_is_not_saved_on_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", clock=clock, working=clock)
    session.open()
    as_picture = session._as_picture

    def slowly(found: Diagnosis) -> Snapshot:
        clock.now += 0.5
        return as_picture(found)

    monkeypatch.setattr(session, "_as_picture", slowly)
    session._publish()
    assert session._frames.next == pytest.approx(clock.now + 0.1, abs=0.01)
    session._publish()
    assert session._frames.next == pytest.approx(clock.now - 0.5 + 1.9, abs=0.01)


def test_what_else_runs_on_the_machine_makes_no_picture_dearer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, working = Clock(), Clock()
    session = Session(load, "sine-31", sine(), device="cpu", engine="eager", clock=clock, working=working)
    session.open()
    session._pictures = 2

    def snapshot(**options: bool) -> Snapshot:
        clock.now, working.now = clock.now + 0.05, working.now + 0.005
        return session.latest()

    monkeypatch.setattr(session, "snapshot", snapshot)
    session._publish()
    assert session._frames.next == pytest.approx(clock.now + 0.005 / 0.02)


def test_the_end_of_a_paced_start_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Ticking()
    session = Session(load, "ln", ln(pace=100.0, pace_steps=3), device="cpu", engine="eager", clock=clock)
    session.open()
    session._publish()
    stepped(session, monkeypatch, turns=1)
    clock.now += 1.0
    stepped(session, monkeypatch, turns=20)
    assert session.step > 3
    told = [(event.step, event.text) for event in session.current.events if "paced start" in event.text]
    assert told == [(3, "the paced start is over: trained flat out from here")]


def test_matrix_products_are_taken_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    monkeypatch.setattr("torch.set_float32_matmul_precision", wanted.append)
    opened(sine())
    assert wanted == ["highest"]


def test_steps_on_a_gpu_are_launched_some_at_once_flat_out(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(sine())
    session.pacer.took(1, 10.0)
    assert session._due() == 1
    monkeypatch.setattr(session.current.trainer, "device", torch.device("cuda"))
    assert session._due() == session.chunk // 10 > 1
    session.pacer.set(0.001)
    assert session._due() == 0
