"""Remedies for any network."""
