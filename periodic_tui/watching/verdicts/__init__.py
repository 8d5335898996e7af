"""What is said of a training."""
