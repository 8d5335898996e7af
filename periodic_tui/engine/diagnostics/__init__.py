"""What can be read off a network on its probe: pure functions from parameters to numbers."""

from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.diagnostics.reading import Reading

__all__ = ["Observer", "Reading"]
