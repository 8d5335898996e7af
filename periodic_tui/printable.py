"""Text that is safe on a terminal."""


def printable(text: str, keep: str = "") -> str:
    r"""`text` with every control character but those in `keep` written as `\uXXXX`, as TOML does."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escape(ord(char)) for char in text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
