"""Nouns after numbers."""


def counted(number: int, noun: str) -> str:
    """`1 dead unit`, `1,204 dead units`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
