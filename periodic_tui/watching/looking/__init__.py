"""What one step of somebody's training is taken apart into, while it runs: layers, losses, parameters, optimizers."""
