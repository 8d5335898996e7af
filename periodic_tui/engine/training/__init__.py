"""Steps: what one is, who owns the tensors, and which stepper runs it on which device."""
