"""Measurements give way to commands, and nothing that is trained depends on it."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from periodic_tui.engine.commands.on_loop import Pace
from periodic_tui.engine.errors import Preempted
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.scheduling.preemption import Preemption, Waiting
from periodic_tui.engine.session import Session
from tests.engine.experiments import ln, magnitude, sine


class Clock:
    """Time as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def session_on(clock: Clock) -> Session:
    session = Session(lambda name: (name, magnitude(replicas=3)), "magnitude", magnitude(replicas=3), clock=clock)
    session.open()
    session._publish()
    session.advance(5)
    return session


def before(method: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    """The method, with something that happens first."""

    def acting(*arguments: Any, **options: Any) -> Any:
        act()
        return method(*arguments, **options)

    return acting


def test_only_what_may_be_given_up_is() -> None:
    waiting = Preemption(lambda: True)
    waiting.check()
    with waiting.preemptible():
        with pytest.raises(Preempted):
            waiting.check()
        with waiting.preemptible(False):
            waiting.check()
    with Preemption(lambda: False).preemptible():
        waiting.check()


def test_a_command_that_comes_during_a_reading_is_applied_before_the_picture_is_complete() -> None:
    session = session_on(Clock())
    observer = session.current.observer
    vars(observer)["read"] = before(observer.read, lambda: session.send(Pace(7.0)))
    session._publish()
    assert session.latest().step == 0
    del observer.read
    session._turn()
    assert (session.latest().step, session.pacer.pace) == (5, 7.0)


def test_commands_without_end_do_not_keep_the_screen_from_its_picture() -> None:
    clock = Clock()
    session = session_on(clock)
    observer = session.current.observer
    vars(observer)["read"] = before(observer.read, lambda: session.send(Pace(7.0)))
    clock.now = 1.0
    session._publish()
    assert session.latest().step == 0
    clock.now = 2.0
    session._publish()
    assert session.latest().step == 5


def test_the_untreated_run_gives_way_to_commands() -> None:
    session = session_on(Clock())
    session.advance(400)
    session._work.set()
    session.current.follow(1e9)
    followed = session.current.control.curve(0).last
    assert followed[-1] < 404
    session._work.clear()
    session.current.follow(1e9)
    assert session.current.control.curve(0).last[-1] == 404


def test_compiled_code_sees_what_waits() -> None:
    waiting = Waiting()
    assert not waiting.flag.value
    waiting.set()
    assert waiting.flag.value
    waiting.clear()
    assert not waiting.flag.value


def test_an_interrupted_run_trains_the_same() -> None:
    undisturbed, disturbed = session_on(Clock()), session_on(Clock())
    undisturbed.advance(40)
    observer = disturbed.current.observer
    vars(observer)["loss"] = before(observer.loss, lambda: disturbed.send(Pace(0.0)))
    calls = 0
    while disturbed.step < 45:
        calls += 1
        disturbed.advance(45 - disturbed.step, preemptible=True)
    assert calls > 1
    assert disturbed.current.trainer.parameters.equal(undisturbed.current.trainer.parameters)
    curves = [session.current.measured.train_losses.curve(0) for session in (disturbed, undisturbed)]
    assert curves[0].high.tolist() == curves[1].high.tolist()


@pytest.mark.parametrize(
    ("remedy", "spec"),
    [
        ("frequency-bank", sine(replicas=2)),
        ("spectral-start", sine(replicas=2)),
        ("reseed-units", magnitude(replicas=3)),
        ("larger-step", magnitude(replicas=3)),
        ("smaller-step", ln(replicas=2)),
        ("solve-output", magnitude(replicas=3)),
        ("standardize", ln(replicas=2)),
    ],
)
def test_an_act_of_a_remedy_that_is_cut_short_goes_on_as_it_would_have(remedy: str, spec: Experiment) -> None:
    cpu = torch.device("cpu")
    runs = [Run(1, "test", spec, cpu, preemption) for preemption in (Preemption(), Preemption(lambda: True))]
    calls, outcomes = [0, 0], []
    for number, run in enumerate(runs):
        run.advance(1)
        told = run.treat(remedy)
        while run.step < 30:
            calls[number] += 1
            run.advance(30 - run.step, preemptible=True)
        texts = told, *(event.text for event in run.events)
        outcomes.append([text for text in texts if text.startswith(remedy)])
    assert calls[0] == 1 < calls[1]
    assert runs[1].trainer.parameters.equal(runs[0].trainer.parameters)
    assert outcomes[1] == outcomes[0]
