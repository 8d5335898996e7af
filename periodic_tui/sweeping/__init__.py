"""Sweeps: a grid of settings, a population trained for each of its cells, and what became of them."""
