"""The hidden units: a cell each, and one of them in full."""

from periodic_tui.ui.panes.units.pane import UnitsPane

__all__ = ["UnitsPane"]
