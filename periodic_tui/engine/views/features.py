"""What the last hidden layer makes of the probe, in two dimensions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.snapshot import Features
from periodic_tui.engine.training.trainer import Trainer

POINTS = 512
"""Of the probe."""
_TURNS = 8
_PERIOD = 10.0
"""Seconds between two embeddings while training goes on."""


class FeatureMap:
    """PCA at once; t-SNE (van der Maaten and Hinton, 2008) in a thread of its own, through scikit-learn."""

    def __init__(self, trainer: Trainer, observer: Observer, wake: Callable[[], None] = lambda: None) -> None:
        self.trainer, self.observer = trainer, observer
        self._wake = wake
        """Called from the thread when an embedding is ready, so that a paused screen shows it."""
        self._axes: Floats | None = None
        self._thread: threading.Thread | None = None
        self._embedded = -1, Features()
        """The latest embedding, and the replica that it is of."""
        self._asked = -1, -1
        """Replica and step of the latest embedding that was asked for."""
        self._due = 0.0

    def __call__(self, focus: int, tsne: bool) -> Features:
        """The features of one replica."""
        hidden, target = self._hidden(focus)
        if not hidden.size:
            return Features()
        flat = self._pca(hidden, target)
        if not tsne:
            self._asked = -1, -1
            return flat
        self._ask(hidden, target, focus)
        replica, embedded = self._embedded
        return embedded if replica == focus and embedded.method else replace(flat, remark=self._remark())

    def forget(self) -> None:
        """Embed anew at the next call, and show no older embedding: a command has changed the run."""
        self._embedded, self._asked, self._due = (-1, Features()), (-1, -1), 0.0

    def _hidden(self, focus: int) -> tuple[Floats, Floats]:
        some = self.observer.probe.part(POINTS)
        layers = self.observer.hidden(self.trainer.parameters_of(slice(focus, focus + 1)), some.x)
        if not layers or layers[-1].activations.shape[-1] < 2:
            return np.empty(0), np.empty(0)
        return layers[-1].activations[0].cpu().double().numpy(), some.y[:, 0].cpu().double().numpy()

    def _pca(self, hidden: Floats, target: Floats) -> Features:
        centered = hidden - hidden.mean(0)
        self._axes = principal_axes(centered, self._axes)
        points = centered @ self._axes
        total = float((centered**2).sum())
        return Features("PCA", points, target, float((points**2).sum()) / total if total else 1.0)

    def _ask(self, hidden: Floats, target: Floats, focus: int) -> None:
        """Begin an embedding of this step, unless one is under way or as new as it need be."""
        new = self._asked[0] != focus or (self._asked[1] != self.trainer.done and time.perf_counter() >= self._due)
        if new and find_spec("sklearn") is not None and not (self._thread and self._thread.is_alive()):
            self._asked = focus, self.trainer.done
            self._thread = threading.Thread(target=self._embed, args=(hidden, target, *self._asked), daemon=True)
            self._thread.start()

    def _remark(self) -> str:
        if find_spec("sklearn") is None:
            return "t-SNE needs scikit-learn: install periodic-tui[tsne]"
        return f"t-SNE of step {self._asked[1]:,} is being computed"

    def _embed(self, hidden: Floats, target: Floats, focus: int, step: int) -> None:
        from sklearn.manifold import TSNE

        points = TSNE(2, init="pca", random_state=0, perplexity=min(30.0, (len(hidden) - 1) / 3)).fit_transform(hidden)
        self._embedded = focus, Features("t-SNE", np.asarray(points, dtype=np.float64), target, step=step)
        self._due = time.perf_counter() + _PERIOD
        self._wake()


def principal_axes(centered: Floats, start: Floats | None) -> Floats:
    """The two principal axes `[units, 2]` of centered rows `[points, units]`, by subspace iteration.

    From the axes of the picture before it takes few turns, and the new ones keep their order and sign.
    """
    units = centered.shape[1]
    if start is None or start.shape[0] != units:
        start = np.random.default_rng(0).standard_normal((units, 2))
    axes = start
    for _ in range(_TURNS):
        axes, triangle = np.linalg.qr(centered.T @ (centered @ axes))
        axes = axes * np.where(np.diag(triangle) < 0, -1.0, 1.0)
    # Within the plane: the directions of most and least spread.
    _, turn = np.linalg.eigh((centered @ axes).T @ (centered @ axes))
    axes = axes @ turn[:, ::-1]
    axes *= np.where((axes * start).sum(0) < 0, -1.0, 1.0)
    return axes
