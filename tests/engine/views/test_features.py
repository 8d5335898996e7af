"""Learned features in two dimensions: PCA against an eigendecomposition, t-SNE by scikit-learn while paused."""

import threading

import numpy as np
import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.views.features import principal_axes
from tests.engine.experiments import experiment

SPEC = experiment(
    target="sine",
    domain={"train": [[-1.0, 1.0]]},
    model={"kind": "mlp", "hidden": [8]},
    optimizer={"kind": "adam", "lr": 1e-3},
)
TSNE = View(panes=("features",), tsne=True)


def opened() -> Session:
    session = Session(lambda name: (name, SPEC), "test", SPEC, device="cpu", engine="eager")
    session.open()
    return session


def test_the_axes_are_those_of_the_covariance() -> None:
    rows = np.random.default_rng(1).standard_normal((200, 6)) * [5, 3, 1, 1, 1, 1]
    centered = rows - rows.mean(0)
    axes = principal_axes(centered, None)
    _, expected = np.linalg.eigh(centered.T @ centered)
    for number in (0, 1):
        assert abs(axes[:, number] @ expected[:, -1 - number]) == pytest.approx(1.0, abs=1e-3)


def test_an_embedding_appears_while_paused_and_names_its_step() -> None:
    pytest.importorskip("sklearn")
    session = opened()
    session.advance(7)
    session.paused = True
    session.look(TSNE)
    shown = threading.Event()

    def woken() -> None:
        if session.latest().features.method == "t-SNE":
            shown.set()
            session.stop()

    session.on_wake = woken
    while not session._stopped.is_set():
        session._turn()
    features = session.latest().features
    assert shown.is_set()
    assert (features.step, session.step) == (7, 7)
    assert features.points.shape == (len(features.target), 2)
    assert np.isfinite(features.points).all()


def test_until_then_the_remark_names_the_step_that_is_embedded() -> None:
    pytest.importorskip("sklearn")
    session = opened()
    session.advance(7)
    session.look(TSNE)
    first = session.snapshot()
    thread = session.current.measured._features._thread
    assert thread is not None
    session.advance(5)
    assert first.features.remark == "t-SNE of step 7 is being computed"
    thread.join(60)
    assert session.snapshot().features.step == 7
    session.apply(parse("reinitialize"))
    assert session.step == 12


def test_a_command_makes_an_older_embedding_go() -> None:
    pytest.importorskip("sklearn")
    session = opened()
    session.advance(7)
    session.look(TSNE)
    session.snapshot()
    thread = session.current.measured._features._thread
    assert thread is not None
    thread.join(60)
    assert session.snapshot().features.method == "t-SNE"
    session.apply(parse("reinitialize"))
    after = session.snapshot().features
    assert (after.method, after.remark) == ("PCA", "t-SNE of step 7 is being computed")
