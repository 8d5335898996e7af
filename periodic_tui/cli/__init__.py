"""The command line: the only reader of arguments and environment."""

import sys

from periodic_tui.cli.command import run
from periodic_tui.cli.dashboard import dashboard
from periodic_tui.cli.presets import check, presets, show
from periodic_tui.cli.train import train

COMMANDS = {command.name: command for command in (train, presets, show, check)}

dashboard.epilog = "\b\nCommands:\n" + "\n".join(
    f"  {name:9}{command.get_short_help_str(80)}" for name, command in COMMANDS.items()
)


def main() -> None:
    """Run the program and exit: 0 done, 2 bad input or no terminal, 130 interrupted, 1 a bug.

    A first word that is no subcommand belongs to the dashboard.
    """
    words = sys.argv[1:]
    subcommand = COMMANDS.get(words[0]) if words else None
    sys.exit(run(subcommand, words[1:]) if subcommand else run(dashboard, words))
