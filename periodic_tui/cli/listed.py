"""All the names that there are, for the help of the commands that take them."""

import textwrap
from collections.abc import Iterator
from typing import get_args

import click

Rows = Iterator[tuple[str, str]]
"""What has names, and the names."""


class Listing(click.Command):
    """A command whose help ends with names."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The names, as the registries have them."""
        heading, rows = LISTED[self.name or ""]
        with formatter.section(heading):
            for what, names in rows():
                first, others = f"  {what:15}", " " * 17
                told = textwrap.TextWrapper(formatter.width, first, others, break_on_hyphens=False)
                formatter.write(f"{told.fill(names)}\n")


def kinds() -> Rows:
    """What a preset chooses from."""
    from periodic_tui.engine.components.activations import activations
    from periodic_tui.engine.components.initializers import initializers
    from periodic_tui.engine.components.losses import LossName
    from periodic_tui.engine.components.models import models
    from periodic_tui.engine.components.optimizers import optimizers
    from periodic_tui.engine.components.schedules import schedules
    from periodic_tui.engine.components.screen_options import PaneName
    from periodic_tui.engine.components.targets import targets

    for registry in (targets, models, activations, initializers, optimizers, schedules):
        yield registry.noun, ", ".join(registry)
    yield "training.loss", ", ".join(get_args(LossName))
    yield "screen.panes", ", ".join(get_args(PaneName))


def commands() -> Rows:
    """What `--at` takes."""
    from periodic_tui.engine.commands.base import COMMANDS
    from periodic_tui.engine.remedies import remedies

    taken = (f"{word}{command.takes}" for word, command in COMMANDS.items() if not command.waits)
    yield "COMMAND", ", ".join(taken)
    yield "remedy:NAME", ", ".join(remedies)


LISTED = {"check": ("Names in presets", kinds), "train": ("Commands of --at", commands)}
"""Heading and names, by the command whose help tells them."""
