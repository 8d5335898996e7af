"""How verdicts look wherever many of them are shown at once."""

from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

OUTCOMES: dict[str, tuple[str, Ink]] = {
    "solved": ("■", Ink.TARGET),
    "learning": ("+", Ink.NETWORK),
    "noise-floor": ("~", Ink.NETWORK),
    "overfit": ("w", Ink.NETWORK),
    "underfit": ("?", Ink.NETWORK),
    "dead-network": ("╳", Ink.TROUBLE),
    "dead-units": ("×", Ink.TROUBLE),
    "duplicate-units": ("◆", Ink.TEXT),
    "mute-units": ("▫", Ink.QUIET),
    "wrong-sign": ("-", Ink.TEXT),
    "collapsed-to-constant": ("_", Ink.TEXT),
    "step-too-large": ("^", Ink.TEXT),
    "stuck-outside-basin": ("(", Ink.TEXT),
    "no-extrapolation": (">", Ink.TEXT),
    "diverged": ("!", Ink.TROUBLE),
    "unscaled": ("%", Ink.TEXT),
    "out-of-reach": ("]", Ink.TEXT),
    "unpredictable": ("@", Ink.NETWORK),
    "linear-network": ("/", Ink.TEXT),
    "step-too-small": (",", Ink.TEXT),
    "plateau": ("=", Ink.TEXT),
    "saturated": ("z", Ink.TEXT),
    "no-bias": ("0", Ink.TEXT),
    "ill-conditioned": (":", Ink.TEXT),
}
"""Shape and ink of each verdict; the shapes alone tell them apart. Red is for what is dead or diverged."""


def shape_of(code: str, glyphs: Glyphs = "braille") -> str:
    """The shape of a verdict; a blank for none."""
    return GLYPH_SETS[glyphs].written(OUTCOMES[code][0]) if code else " "
