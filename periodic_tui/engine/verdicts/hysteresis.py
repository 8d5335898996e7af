"""Hysteresis for the screen: a verdict must be found several times in a row before it replaces another.

What is held keeps the step at which it was found.
"""

from __future__ import annotations

from periodic_tui.engine.recording.attributes import kept, part, put_back
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.values import tree_of, value_of
from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.rules import says_nothing_yet

AT_ONCE = ("diverged", "solved", "dead-network")
"""Verdicts that are facts: they need no second look."""
_LOOKS = 3
_MEMORY = ("_focus", "_candidate", "_looks")


class Hysteresis:
    """Keeps the verdict that is shown until another was found in three readings running."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A command was applied: show what is found next."""
        self._shown: Verdict | None = None
        self._focus = 0
        self._candidate, self._looks = "", 0

    def __call__(self, found: Verdict, focus: int) -> Verdict:
        """The verdict to show now that this one was found of the replica in focus."""
        self._looks = self._looks + 1 if found.code == self._candidate else 1
        self._candidate = found.code
        shown = self._shown
        settled = self._looks >= _LOOKS or found.code in AT_ONCE
        if shown and focus == self._focus and found.code != shown.code and not (settled or says_nothing_yet(shown)):
            return shown
        return self.settle(found, focus)

    def settle(self, found: Verdict, focus: int) -> Verdict:
        """Show this one whatever was shown: at a pause nothing is found again soon."""
        self._shown, self._focus = found, focus
        self._candidate, self._looks = found.code, 1
        return found

    def remembered(self) -> Tree:
        """What is shown, and what was found since."""
        return kept(self, _MEMORY) | {"shown": tree_of(self._shown)}

    def recall(self, tree: Tree) -> None:
        """Go on where another one was. Raises NotReadable."""
        put_back(self, _MEMORY, tree)
        shown = part(tree, "shown")
        self._shown = None if shown is None else value_of(Verdict, shown, "the verdict")
