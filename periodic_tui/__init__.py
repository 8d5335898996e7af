"""A terminal laboratory for small networks that fail to train, and for what rescues them."""

__version__ = "0.1.0"
