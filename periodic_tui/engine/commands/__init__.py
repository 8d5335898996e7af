"""What a user can do to a run: the same words on the keys, in `--at` and in the journal.

A new command is one dataclass in one of these files: its words, parsing, help and journal entry come from it.
"""

from periodic_tui.engine.commands import on_loop, on_run, relative

__all__ = ["on_loop", "on_run", "relative"]
