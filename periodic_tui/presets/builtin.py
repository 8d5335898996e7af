"""Where the built-in presets are, and what they say of themselves."""

import tomllib
from pathlib import Path
from typing import NamedTuple

BUILT_IN = (
    "sine-31", "sine-landscape",
    "clock-siren", "clock-gelu", "clock-snake", "clock-oscillators",
    "ln-collapse", "ln-learns",
    "magnitude", "magnitude-population",
    "single-relu", "abs-two-relus",
    "fir-filter", "dft", "amplitude-spectrum",
    "snake-extrapolation", "snake-interpolation", "snake-decay",
    "snake-coefficients", "snake-cycles", "snake-features",
    "rhythms",
    "ln-advice", "magnitude-tanh", "snake-learned",
)  # fmt: skip
"""Names of the built-in presets in the order of every list and of the number keys."""


class Listed(NamedTuple):
    """A preset as a list shows it."""

    name: str
    title: str
    source: str
    outcome: str


def preset_folder() -> Path:
    """The folder of the built-in presets: inside the package when installed, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    return here if (here / f"{BUILT_IN[0]}.toml").exists() else here.parents[1] / "presets"


def title_and_story(name: str) -> tuple[str, str]:
    """Title and story of a built-in preset, without the validator, which takes longer than the first frame."""
    table = tomllib.loads((preset_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    return str(table.get("title", "")), str(table.get("story", ""))
