"""Pure drawing: arrays and a size in, cells out."""
