"""What the network takes the time to be, for the seconds that come."""

from __future__ import annotations

import time

import torch
from torch import Tensor

from periodic_tui.engine.components.targets.clock import Clock
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.snapshot import ClockFace
from periodic_tui.engine.training.sampling import torch_dtype

SECONDS = 30
"""So many instants, until the next picture comes."""


def clock_face(observer: Observer, parameters: Tensor, now: float | None = None) -> ClockFace:
    """True and predicted digits of one replica's `parameters` `[1, parameters]` from the second of `now` on.

    `now` is in seconds since 1970, by default the present. A clock shows local time, moved by whole lengths of
    the domain where that ends before.
    """
    target = observer.step.experiment.target
    if not isinstance(target, Clock):
        return ClockFace()
    low, high = observer.step.experiment.domain.train[0]
    second = int(time.time() if now is None else now)
    local = second + time.localtime(second).tm_gmtoff + torch.arange(SECONDS, dtype=torch.float64).unsqueeze(-1)
    instants = local if local.max() <= high and local.min() >= low else low + (local - low).remainder(high - low)
    instants = instants.to(torch_dtype(observer.step.experiment))
    phases = observer.predict(parameters, instants.to(parameters.device))[0].cpu()
    return ClockFace(
        second=second,
        true=target.digits(instants).double().numpy(),
        predicted=target.decoded(phases).double().numpy(),
    )
