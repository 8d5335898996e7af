"""Pictures without what would make them large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.engine.snapshot import Snapshot

HEAVY = 1 << 19
"""Bytes from which the units' thumbnails, or the films of deaths, are left out."""


def lighter(snapshot: Snapshot, films: bool) -> Snapshot:
    """The picture without thumbnails where those are large; and without films where those are, but with that of the
    last death where `films` are wanted."""
    return _with_few_films(_without_thumbnails(snapshot), films)


def _without_thumbnails(snapshot: Snapshot) -> Snapshot:
    if sum(layer.thumbnails.nbytes for layer in snapshot.layers) < HEAVY:
        return snapshot
    return replace(snapshot, layers=tuple(replace(layer, thumbnails=np.empty(0)) for layer in snapshot.layers))


def _with_few_films(snapshot: Snapshot, films: bool) -> Snapshot:
    if sum(moment.preactivation.nbytes for death in snapshot.deaths for moment in death.film) < HEAVY:
        return snapshot
    deaths = snapshot.deaths[-1:] if films else ()
    playable = {death.number for death in deaths}
    events = tuple(each if each.death in playable else replace(each, death=None) for each in snapshot.events)
    return replace(snapshot, deaths=deaths, events=events)
