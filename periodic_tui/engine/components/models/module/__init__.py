"""A program of the user's in the place of a preset's model."""

from periodic_tui.engine.components.models.module.spec import Module

__all__ = ["Module"]
