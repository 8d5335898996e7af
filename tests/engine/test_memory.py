"""Memory is stated before it is taken, and too much is refused while the old run goes on."""

import pytest

from periodic_tui.engine import memory
from periodic_tui.engine.commands import Load, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.memory import available_bytes, check_memory, needed_bytes
from periodic_tui.engine.session import Session
from tests.engine.experiments import experiment, ln, sine


def wide(replicas: int) -> Experiment:
    return experiment(target="log", model={"kind": "mlp", "hidden": [4096, 4096]}, training={"replicas": replicas})


def test_it_grows_with_replicas_and_doubles_in_float64() -> None:
    assert needed_bytes(ln(replicas=100)) == 100 * needed_bytes(ln())
    assert needed_bytes(ln(dtype="float64")) == 2 * needed_bytes(ln())
    assert needed_bytes(wide(1)) > 4096 * 4096 * 4 * 4, "parameters, gradient and two moments at least"


def test_small_runs_are_silent_and_large_ones_state_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_memory(sine()) is None
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e12)
    assert "4 replicas need about 2." in str(check_memory(wide(4)))


def test_too_much_is_refused_and_the_old_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_bytes() > 1e8
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e9)
    session = Session(lambda name: (name, wide(4)), "sine", sine(), device="cpu", engine="eager")
    session.open()
    session.advance(3)
    with pytest.raises(Refused, match="4 replicas need about"):
        session.apply(Load("wide"))
    assert session.advance(2) == 2
    assert session.step == 5
