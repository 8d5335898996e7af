"""What single panes draw, as arrays: the fit, one unit, a clock, the landscape, learned features."""
