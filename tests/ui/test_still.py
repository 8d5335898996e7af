"""A picture without a terminal is what the dashboard shows."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from periodic_tui.ui.still import svg_of
from tests.ui.scripted import SINE, show

SIZE = (90, 30)


def words(svg: str) -> str:
    """All text of a picture, in reading order."""
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    drawn = [text for text in texts if "clip-path" in text.attrib]
    ordered = sorted(drawn, key=lambda text: (float(text.attrib["y"]), float(text.attrib["x"])))
    return "".join("".join(text.itertext()) for text in ordered).replace("\xa0", "").replace(" ", "").replace("\n", "")


def test_it_shows_what_the_dashboard_shows() -> None:
    assert words(svg_of(SINE, SIZE)) == "".join(show(SINE, size=SIZE)).replace(" ", "")


def test_a_picture_that_cannot_be_drawn_raises() -> None:
    with pytest.raises(ValueError, match="shape"):
        svg_of(replace(SINE, fit=replace(SINE.fit, x=np.zeros(3))), SIZE)
