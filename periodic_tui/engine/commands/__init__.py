"""What a user can do to a run: the same words on the keys, in `--at` and in the journal.

A new command is one dataclass in one of these files: its words, parsing, help and journal entry come from it.
"""

from periodic_tui.engine.commands.at_work import Engine, Load, Pace, Pause, Resume, SingleStep
from periodic_tui.engine.commands.base import COMMANDS, Command, Loop, parse
from periodic_tui.engine.commands.placing import ApplyRemedy, Inject, Reinitialize, Set, Undo
from periodic_tui.engine.commands.relative import Faster, InjectBeside, Next, Previous, ScaleRate, Slower, TogglePause

__all__ = [
    "COMMANDS",
    "ApplyRemedy",
    "Command",
    "Engine",
    "Faster",
    "Inject",
    "InjectBeside",
    "Load",
    "Loop",
    "Next",
    "Pace",
    "Pause",
    "Previous",
    "Reinitialize",
    "Resume",
    "ScaleRate",
    "Set",
    "SingleStep",
    "Slower",
    "TogglePause",
    "Undo",
    "parse",
]
