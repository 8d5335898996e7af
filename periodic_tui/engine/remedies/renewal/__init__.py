"""Remedies that begin a new run, as what a network is made of cannot change in mid-run."""
