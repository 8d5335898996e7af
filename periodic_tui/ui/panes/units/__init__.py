"""The hidden units: a cell each, and one of them in full."""
