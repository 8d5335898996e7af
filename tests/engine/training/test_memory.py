"""Memory is stated before it is taken, and too much is refused while the old run goes on."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.commands.on_loop import Load
from periodic_tui.engine.errors import OutOfMemory, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.headless import Headless, Plan
from periodic_tui.engine.session import Session
from periodic_tui.engine.training import memory
from periodic_tui.engine.training.history import History
from periodic_tui.engine.training.memory import (
    available_bytes,
    check_memory,
    enough_memory,
    kept_bytes,
    needed_bytes,
)
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, ln, magnitude, sine
from tests.engine.second_device import pretend

CPU = torch.device("cpu")


def wide(replicas: int) -> Experiment:
    return experiment(target="log", model={"kind": "mlp", "hidden": [4096, 4096]}, training={"replicas": replicas})


def test_it_grows_with_replicas_and_doubles_in_float64() -> None:
    assert needed_bytes(ln(replicas=100)) == 100 * needed_bytes(ln())
    assert needed_bytes(ln(dtype="float64")) == 2 * needed_bytes(ln())
    assert needed_bytes(wide(1)) > 4096 * 4096 * 4 * 4, "parameters, gradient and two moments at least"


def test_small_runs_are_silent_and_large_ones_state_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_memory(sine(), CPU) is None
    monkeypatch.setattr(memory, "available_bytes", lambda device: 1e12)
    state = 4 * 3 * 4096 * 4096 * 4
    """Bytes of parameters and two moments of four replicas: eight of these can be gone back to."""
    assert needed_bytes(wide(4)) > 8 * state
    needed = needed_bytes(wide(4)) + kept_bytes(wide(4))
    assert f"4 replicas need about {needed / 1e9:.1f} GB" in str(check_memory(wide(4), CPU))


def test_what_is_kept_of_many_replicas_counts_on_the_cpu_wherever_they_are_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = magnitude(replicas=65_536)
    full = sum(array.nbytes for array in filled(65_536, together=True) + filled(65_536, together=False))
    assert full < kept_bytes(many) < 3 * full
    monkeypatch.setattr(memory, "available_bytes", lambda device: 1e12 if device.type == "cuda" else 1e8)
    with pytest.raises(Refused, match="what is kept of 65,536 replicas needs about"):
        check_memory(many, torch.device("cuda", 0))


def filled(replicas: int, together: bool) -> list[np.ndarray]:
    """The arrays of a history that has no bin left."""
    history = History(replicas, geometric=True, together=together)
    history._reserve(history.capacity)
    return [array for array, _ in history._columns()]


def test_too_much_is_refused_and_the_old_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_bytes(CPU) > 1e8
    monkeypatch.setattr(memory, "available_bytes", lambda device: 1e9)
    session = Session(lambda name: (name, wide(4)), "sine", sine(), device="cpu", engine="eager")
    session.open()
    session.advance(3)
    with pytest.raises(Refused, match="4 replicas need about"):
        session.apply(Load("wide"))
    assert session.advance(2) == 2
    assert session.step == 5


def test_on_cuda_the_devices_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, free=9e9)
    device = torch.device("cuda", 0)
    assert available_bytes(device) == 10e9, "what torch has in reserve, too"
    assert "on cuda:0, 10.0 GB are free" in str(check_memory(wide(4), device))
    with pytest.raises(Refused, match=r"on cuda:0, 10\.0 GB are free"):
        check_memory(wide(40), device)


HUGE = 1 << 58
REAL: dict[str, Callable[[], object]] = {
    "torch": lambda: torch.empty(HUGE),
    "numpy": lambda: np.empty(HUGE),
    "python": lambda: bytearray(HUGE),
}


@pytest.mark.parametrize("ask", REAL.values(), ids=REAL)
def test_whoever_runs_out_of_memory_is_understood(ask: Callable[[], object]) -> None:
    with pytest.raises(OutOfMemory, match="out of memory here; expected fewer"), enough_memory("here"):
        ask()


def test_another_failure_is_none_of_its_business() -> None:
    with pytest.raises(RuntimeError, match="shapes"), enough_memory("here"):
        raise RuntimeError("shapes differ")


def full(*_: object) -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def session() -> Session:
    session = Session(lambda name: (name, ln()), "magnitude", magnitude(), device="cpu", engine="eager")
    session.open()
    session.advance(3)
    return session


def events(session: Session) -> str:
    return "\n".join(event.text for event in session.current.events)


def test_a_run_that_cannot_begin_leaves_the_old_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(Trainer, "initial", full)
        with pytest.raises(Refused, match="out of memory when ln began"):
            session.apply(Load("ln"))
    assert session.current.name == "magnitude"
    assert session.advance(2) == 2


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("set:optimizer.kind=sgd", "periodic_tui.engine.training.trainer.Trainer.start"),
        ("inject", "periodic_tui.engine.training.trainer.Trainer.place"),
        ("remedy:reinitialize-better", "periodic_tui.engine.training.trainer.Trainer.place"),
    ],
)
def test_a_command_without_memory_is_undone(
    session: Session, monkeypatch: pytest.MonkeyPatch, words: str, place: str
) -> None:
    before, spec = session.current.trainer.parameters.clone(), session.current.experiment
    with monkeypatch.context() as planted:

        def full_once(*_: object) -> None:
            planted.undo()
            full()

        planted.setattr(place, full_once)
        with pytest.raises(Refused, match="out of memory when it was applied"):
            session.apply(parse(words))
    assert session.current.experiment == spec
    assert session.current.trainer.parameters.equal(before)
    assert session.current.journal == []
    assert session.advance(2) == 2


@pytest.mark.parametrize(
    "place",
    ["periodic_tui.engine.run.Run.undo_point", "periodic_tui.engine.measurements.Measurements.note"],
)
def test_where_a_command_finds_no_memory_what_others_can_be_undone_to_gives_way(
    session: Session, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    session.apply(parse("inject"))
    session.apply(parse("reinitialize"))
    before = session.current.trainer.parameters.clone()
    with monkeypatch.context() as planted:
        planted.setattr(place, full)
        with pytest.raises(Refused, match=r"expected fewer .*; 2 commands can no longer be undone"):
            session.apply(parse("inject"))
    assert session.current.trainer.parameters.equal(before)
    with pytest.raises(Refused, match="nothing to undo"):
        session.apply(parse("undo"))
    session.apply(parse("inject"))
    session.apply(parse("undo"))


@pytest.mark.parametrize("remedy", [None, "repel-units"])
def test_in_mid_run_it_pauses_and_can_go_on(
    session: Session, monkeypatch: pytest.MonkeyPatch, remedy: str | None
) -> None:
    if remedy:
        session.apply(parse(f"remedy:{remedy}"))
        session.apply(parse("pace:0"))
    session._publish()
    with monkeypatch.context() as planted:
        planted.setattr(Trainer, "advance", full)
        session._turn()
    assert session.paused
    assert session.step == 3
    assert "paused: out of memory after step 3" in events(session)
    session.apply(parse("resume"))
    session._turn()
    assert session.step > 3


def test_headless_it_is_refused_with_the_step(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "advance", full)
    with pytest.raises(Refused, match="out of memory after step 3; expected fewer replicas"):
        Headless(session, Plan(10, 5), lambda report, rate: None).run()


def test_a_measurement_without_memory_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("periodic_tui.engine.diagnostics.Observer.read", full)
    for measure in (session.snapshot, session.summary):
        with pytest.raises(Refused, match="out of memory in measuring after step 3"):
            measure()
