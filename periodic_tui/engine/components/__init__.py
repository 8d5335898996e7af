"""The parts that a preset names: targets, domains, models, activations, losses, schedules, initializers, optimizers."""
