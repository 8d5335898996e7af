"""Training: everything that runs without a terminal."""
