"""Remedies that find a frequency."""
