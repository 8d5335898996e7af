"""What is the matter with a network, in one code, one sentence and the figures that it rests on."""
