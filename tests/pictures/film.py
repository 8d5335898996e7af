"""Screens as one SVG that plays by itself: no script, nothing from outside, and the last screen where nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.pictures.cells import Row, Screen
from tests.pictures.shapes import FONT, HEIGHT, SIZE, WIDTH, row_svg

EDGE, BAR, FOOT = 12, 26, 34
"""Around the screen, above it, and below it, where the key and what happens are told."""


@dataclass(frozen=True)
class Frame:
    """A moment of the film."""

    screen: Screen
    seconds: float
    told: str
    """What happens, in a few words."""
    key: str = ""
    """What was pressed."""


@dataclass(frozen=True)
class Look:
    """Colors around the screen."""

    ground: str
    edge: str
    text: str
    key: str
    on_key: str


DARK = Look("#10151c", "#2b3644", "#dce3ea", "#f2b632", "#10151c")
LIGHT = Look("#fbfaf7", "#d3cfc4", "#1d2733", "#a05a00", "#ffffff")


def film(frames: Sequence[Frame], look: Look, title: str) -> str:
    """The frames one after another, for ever. Rows that frames have in common are written once."""
    rows: dict[Row, int] = {}
    shown = "".join(_frame(number, frame, rows, look) for number, frame in enumerate(frames))
    drawn = "".join(f'<g id="r{number}">{row_svg(row, look.ground)}</g>' for row, number in rows.items())
    first = frames[0].screen
    width, height = len(first[0]) * WIDTH + 2 * EDGE, len(first) * HEIGHT + BAR + (FOOT if _speaks(frames) else EDGE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(title)}</title><style>{_style(frames, look)}</style><defs>{drawn}</defs>"
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9"'
        f' fill="{look.ground}" stroke="{look.edge}"/>'
        + "".join(f'<circle cx="{18 + 16 * dot}" cy="14" r="4.5" fill="{look.edge}"/>' for dot in range(3))
        + f'<g transform="translate({EDGE} {BAR})">{shown}</g></svg>\n'
    )


def _speaks(frames: Sequence[Frame]) -> bool:
    return any(frame.told or frame.key for frame in frames)


def _frame(number: int, frame: Frame, rows: dict[Row, int], look: Look) -> str:
    uses = (
        f'<use href="#r{rows.setdefault(row, len(rows))}"{f" y={chr(34)}{line * HEIGHT}{chr(34)}" if line else ""}/>'
        for line, row in enumerate(frame.screen)
        if any(cell.char != " " or cell.back != look.ground for cell in row)
    )
    return f'<g class="f f{number}">{"".join(uses)}{_foot(frame, look)}</g>'


def _foot(frame: Frame, look: Look) -> str:
    """The key as a cap, and beside it what happens."""
    y, start = len(frame.screen) * HEIGHT + 6, 0
    cap = ""
    if frame.key:
        start = len(frame.key) * WIDTH + 30
        cap = (
            f'<rect x="6" y="{y}" width="{start - 16}" height="20" rx="4" fill="{look.key}"/>'
            f'<text class="b" x="13" y="{y + 15}" textLength="{len(frame.key) * WIDTH}" fill="{look.on_key}">'
            f"{escape(frame.key)}</text>"
        )
    told = f'<text x="{start + 6}" y="{y + 15}" fill="{look.text}">{escape(frame.told)}</text>' if frame.told else ""
    return cap + told


def _style(frames: Sequence[Frame], look: Look) -> str:
    whole = sum(frame.seconds for frame in frames)
    told = [
        f"text{{font:{SIZE}px {FONT};white-space:pre}}.b{{font-weight:700}}",
        ".l{fill:none;stroke-width:1}.d{stroke-width:2.6;stroke-linecap:round}",
    ]
    if len(frames) > 1:
        told.append(f".f{{visibility:hidden;animation:{whole:g}s step-end infinite}}")
        told.append(f".f{len(frames) - 1}{{visibility:visible}}")
    begun = 0.0
    for number, frame in enumerate(frames if len(frames) > 1 else ()):
        first, last = (100 * moment / whole for moment in (begun, begun + frame.seconds))
        hidden = "0%{visibility:hidden}" if number else ""
        after = f"{last:.3f}%,to{{visibility:hidden}}" if number < len(frames) - 1 else ""
        told.append(f"@keyframes k{number}{{{hidden}{first:.3f}%{{visibility:visible}}{after}}}")
        told.append(f".f{number}{{animation-name:k{number}}}")
        begun += frame.seconds
    return "".join(told) + "@media(prefers-reduced-motion:reduce){.f{animation:none}}"
