"""Options that the dashboard and `train` share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.overrides import Override, parse_value
from periodic_tui.plotting.glyphs import GLYPH_SETS

if TYPE_CHECKING:
    from periodic_tui.presets.program import Program

ENGINES = ("auto", "eager", "compiled")
"""How steps can be run; `auto` chooses."""
MOST_FRAMES = 120
"""Frames a second."""


def device_name(name: str) -> str:
    """The name of a device; whether it is there is found out by torch. Raises BadParameter."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", name, re.ASCII):
        raise click.BadParameter(f"expected auto, cpu, cuda, cuda:N or mps, got {name!r}")
    return name


def _setting(text: str) -> Override:
    key, equals, value = text.partition("=")
    if not equals or not all(key.split(".")):
        raise click.BadParameter(f"expected KEY=VALUE, got {text!r}")
    return key.strip(), parse_value(value.strip())


THREADS = click.option(
    "--threads",
    type=click.IntRange(1, 9_999),
    metavar="N",
    help="Threads of the processor that train; by default as many as pay.",
)
"""Of all that trains."""

SETTINGS = click.option(
    "--set", "settings", type=_setting, multiple=True, metavar="KEY=VALUE", help="Change a value of the preset."
)
"""Of all that trains."""

OPTIONS = (
    click.option(
        "--device",
        type=device_name,
        default="auto",
        metavar="auto|cpu|cuda|cuda:N|mps",
        help="Where to train; auto: where it is faster.",
    ),
    click.option("--engine", type=click.Choice(ENGINES), default="auto", help="How steps are run."),
    THREADS,
    click.option("--seed", type=int, metavar="N", help="Seed of the run; of the first replica if there are several."),
    click.option("--replicas", type=int, metavar="R", help="Train R replicas; replica k is the run of seed N + k."),
    SETTINGS,
)


def program(text: str) -> Program:
    """A file and a name in it, which may be run from now on."""
    file, colon, name = text.rpartition(":")
    if not (colon and file and name.isidentifier()):
        raise click.BadParameter(f"expected FILE.py:NAME, got {text!r}")
    path = Path(file).absolute()
    if not path.exists():
        raise Refused(f"--model {file}: no such file")
    from periodic_tui.engine.components.models.module.program import allow  # brings the validator

    allow(str(path))
    return str(path), name


MODEL = click.option(
    "--model",
    "module",
    type=program,
    metavar="FILE.py:NAME",
    help="Your own torch.nn.Module (its class, or a function that returns it) in the place of [model]; FILE.py is run.",
)
"""Of all that trains; no preset and no recording can name a file that is run."""

GLYPH_CHOICES = ("auto", *GLYPH_SETS)
"""Sets of characters; `auto` goes by the terminal."""
GLYPHS = click.option("--glyphs", type=click.Choice(GLYPH_CHOICES), default="auto", help="Characters of the plots.")
"""Of all that opens a screen."""


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: the options of everything that trains."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def overrides(settings: Sequence[Override], **flags: Any) -> list[Override]:
    """What changes the preset, in order of precedence: settings first, then the flags that were given."""
    return [*settings, *((f"training.{key}", value) for key, value in flags.items() if value is not None)]
