"""Pictures without what would make them large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Layer, Snapshot

HEAVY = 1 << 19
"""Bytes from which films of deaths are left out, and a quarter of which is much for one array of a layer."""


def lighter(snapshot: Snapshot, films: bool) -> Snapshot:
    """The picture without large thumbnails, and with large weights in single precision; and without films where those
    are large, but with that of the last death where `films` are wanted."""
    if any(_is_heavy(layer) for layer in snapshot.layers):
        snapshot = replace(snapshot, layers=tuple(map(_light, snapshot.layers)))
    return _with_few_films(snapshot, films)


def _is_heavy(layer: Layer) -> bool:
    return max(each.nbytes for each in (layer.thumbnails, layer.incoming, layer.outgoing)) > HEAVY // 4


def _light(layer: Layer) -> Layer:
    thumbnails = layer.thumbnails if layer.thumbnails.nbytes <= HEAVY // 4 else np.empty(0)
    incoming, outgoing = _single(layer.incoming), _single(layer.outgoing)
    return replace(layer, thumbnails=thumbnails, incoming=incoming, outgoing=outgoing)


def _single(weights: Floats) -> Floats:
    return weights if weights.nbytes <= HEAVY // 4 else weights.astype(np.float32)


def _with_few_films(snapshot: Snapshot, films: bool) -> Snapshot:
    if sum(moment.preactivation.nbytes for death in snapshot.deaths for moment in death.film) < HEAVY:
        return snapshot
    deaths = snapshot.deaths[-1:] if films else ()
    playable = {death.number for death in deaths}
    events = tuple(each if each.death in playable else replace(each, death=None) for each in snapshot.events)
    return replace(snapshot, deaths=deaths, events=events)
