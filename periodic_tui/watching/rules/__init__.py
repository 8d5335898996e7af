"""All rules about somebody's training, in order of precedence: a bug in the script before a property of the run."""

from periodic_tui.watching.rules.base import Rule

RULES: tuple[Rule, ...] = ()
