"""Presets: where the built-in ones are, and TOML files as experiments."""
