"""The parts that a preset names: targets, domains, models, activations, initializers, optimizers."""
