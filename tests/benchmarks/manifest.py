"""A folder of cases: its manifest, and the codes that name an expected cause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

NAMES: dict[str, str] = {
    "cannot part": "underfit",
    "bottleneck": "out-of-reach unscaled",
    "capacity": "underfit",
    "centre": "unscaled no-bias",
    "closed form": "linear-network",
    "collapsed": "collapsed-to-constant plateau",
    "contradictory": "unpredictable",
    "dead": "dead-network dead-units collapsed-to-constant",
    "diverged": "diverged step-too-large",
    "duplicate": "duplicate-units",
    "for the distance": "unscaled",
    "frequency": "underfit",
    "huge values": "unscaled",
    "ill-conditioned": "ill-conditioned",
    "linear": "linear-network",
    "no bias": "no-bias",
    "no-extrapolation": "no-extrapolation",
    "noise floor": "unpredictable noise-floor",
    "not collapsed": "stuck-outside-basin",
    "output range": "out-of-reach",
    "outside the range": "out-of-reach",
    "plateau": "plateau collapsed-to-constant",
    "satura": "unscaled saturated",
    "scale": "unscaled",
    "some seeds": "solved",
    "slow": "learning step-too-small ill-conditioned",
    "step too large": "step-too-large diverged",
    "step too small": "step-too-small",
    "stuck-outside-basin": "stuck-outside-basin",
    "too few": "underfit step-too-small",
    "wrong sign": "wrong-sign",
}
"""Words of an expected cause to the codes that name it."""


@dataclass(frozen=True)
class Case:
    """One preset of a manifest."""

    name: str
    role: str
    replicas: int
    steps: int
    expect: str

    @property
    def codes(self) -> set[str]:
        """Codes that name the expected cause."""
        return {code for words, codes in NAMES.items() if words in self.expect for code in codes.split()}


def cases_of(folder: Path) -> list[Case]:
    """The presets of a folder's manifest."""
    fields = Case.__dataclass_fields__
    entries = json.loads((folder / "manifest.json").read_text())
    return [Case(**{name: entry[name] for name in fields}) for entry in entries]
