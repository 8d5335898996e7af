"""What is remembered of a training, and what follows from that."""
