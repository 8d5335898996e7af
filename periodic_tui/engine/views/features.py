"""What the last hidden layer makes of the probe, in two dimensions."""

from __future__ import annotations

import threading
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


class FeatureMap:
    """PCA at once; t-SNE (van der Maaten and Hinton, 2008) in a thread of its own, through scikit-learn."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer, self.observer = trainer, observer
        self._axes: Floats | None = None
        self._thread: threading.Thread | None = None
        self._embedded = Features()
        self._asked = -1

    def __call__(self, focus: int, tsne: bool) -> Features:
        """The features of one replica."""
        hidden, target = self._hidden(focus)
        if not hidden.size:
            return Features()
        flat = self._pca(hidden, target)
        if not tsne:
            self._asked = -1
            return flat
        return self._tsne(hidden, target, flat, focus)

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

    def _tsne(self, hidden: Floats, target: Floats, flat: Features, focus: int) -> Features:
        if find_spec("sklearn") is None:
            return replace(flat, remark="t-SNE needs scikit-learn: install periodic-tui[tsne]")
        if self._asked != focus:
            self._asked, self._embedded = focus, Features()
            self._thread = threading.Thread(target=self._embed, args=(hidden, target), daemon=True)
            self._thread.start()
        if self._embedded.method:
            return self._embedded
        return replace(flat, remark=f"t-SNE of step {self.trainer.done:,} is being computed")

    def _embed(self, hidden: Floats, target: Floats) -> None:
        from sklearn.manifold import TSNE

        points = TSNE(2, init="pca", random_state=0, perplexity=min(30.0, (len(hidden) - 1) / 3)).fit_transform(hidden)
        self._embedded = Features("t-SNE", np.asarray(points, dtype=np.float64), target)


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
