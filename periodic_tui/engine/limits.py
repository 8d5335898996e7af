"""How large and how small a number can be, wherever it is given."""

LARGEST, SMALLEST = 1e18, 1e-30
"""Between these (or 0) lies the size of every number, so that float32 holds it, its square, and a product of two."""
