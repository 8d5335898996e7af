"""Watching the training of a network that somebody else's code trains, without changing it."""
