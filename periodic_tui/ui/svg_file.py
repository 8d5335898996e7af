"""The picture on the screen as a file."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    from textual.app import App

MOST = 1_000
"""Files of one name."""


def write_svg(svg: str, name: str, folder: Path) -> Path:
    """Write a picture into a folder, beside those that are there; returns its path. `name` may hold anything. Raises
    Refused with one line."""
    stem = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip(".-")[:100] or "picture"
    for number in range(1, MOST + 1):
        path = folder / (f"{stem}.svg" if number == 1 else f"{stem}-{number}.svg")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(svg)
        except FileExistsError:
            continue
        except OSError as failure:
            raise Refused(f"{path}: cannot be written: {failure.strerror}") from None
        return path.absolute()
    raise Refused(f"{folder}: holds {MOST:,} pictures of that name")


def hand_over(app: App[Any], name: str) -> None:
    """Write what is on the screen into the working folder, or hand it to the browser where that shows the screen; the
    user is told. Raises Refused with one line."""
    picture = app.export_screenshot(title=name)
    if app.is_web:
        app.deliver_text(StringIO(picture), save_filename=f"{name}.svg")
    else:
        app.notify(f"wrote {write_svg(picture, name, Path())}", markup=False)
