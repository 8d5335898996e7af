"""Remedies at work on a run: what hands them samples and a trainer's verbs, and takes back what failed."""

from periodic_tui.engine.treatment.offers import complaints, offers, renewal, setting_of
from periodic_tui.engine.treatment.treatment import Treatment, prescribe

__all__ = ["Treatment", "complaints", "offers", "prescribe", "renewal", "setting_of"]
