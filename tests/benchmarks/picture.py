"""The README's pictures, from runs that train here and now: a film in which a network dies and is rescued, and the
dashboard on a sine, each on a dark and on a light ground.

python -m tests.benchmarks.picture [FOLDER]
"""

import sys
from pathlib import Path

from periodic_tui.ui import themes
from tests.pictures import film, stories
from tests.pictures.camera import trained

FOLDER = Path(__file__).resolve().parents[2] / "docs"
LOOKS = {"dark": (themes.DARK.name, film.DARK), "light": (themes.LIGHT.name, film.LIGHT)}
"""Theme of the screen, and colors around it."""
PICTURES = (
    (
        "collapse",
        stories.COLLAPSE,
        stories.collapse,
        (110, 34),
        "A network dies in two steps, and one key rescues it",
    ),
    ("dashboard", stories.SINE, stories.injection, (120, 40), "The dashboard: a network learns one frequency"),
)
"""Name of the file, preset, story, columns and rows, and title of each."""


def main(folder: str = str(FOLDER)) -> int:
    for name, preset, story, size, title in PICTURES:
        for ground, (theme, look) in LOOKS.items():
            frames = trained(preset, story, theme, size, "eager")
            path = Path(folder) / f"{name}-{ground}.svg"
            path.write_text(film.film(frames, look, title), encoding="utf-8")
            print(f"{path.name}: {len(frames)} pictures, {path.stat().st_size / 1e3:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
