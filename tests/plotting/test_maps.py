import numpy as np

from periodic_tui.plotting.cells import Ink
from periodic_tui.plotting.heat import heat_map
from periodic_tui.plotting.maps import Map, banded, lined, map_size, side_by_side, zero_lines


def test_maps_are_as_high_as_wide_and_as_large_as_fits() -> None:
    assert map_size((118, 11), 3, (48, 48)) == (20, 10)
    assert map_size((38, 30), 3, (48, 48)) == (18, 9)
    assert map_size((118, 21), 3, (25, 32)) == (38, 15)


def test_maps_stand_in_a_row_below_their_titles() -> None:
    values = np.arange(4.0).reshape(2, 2)
    maps = [Map("left", values, 0, 3, None, Ink.TARGET), Map("right", values[:, ::-1], 0, 3, None)]
    title, first, second = side_by_side((22, 3), maps).text()
    assert title.split() == ["left", "right"]
    assert title.index("left") == second.index("▓▓██")
    assert title.index("right") == second.index("██▓▓")
    assert first.split() == ["░░", "░░"]
    assert second.split() == ["▓▓██", "██▓▓"]


def test_the_first_row_of_values_is_on_top() -> None:
    values = np.array([[1.0, 1.0], [0.0, 0.0]])
    rows = side_by_side((4, 3), [Map("", values, 0, 1, None)]).text()
    assert rows[1].strip() == "████"
    assert rows[2].strip() == ""


def test_bands_keep_the_order_and_are_few() -> None:
    values = np.linspace(0, 1, 500, endpoint=False)
    bands = banded(values, 0, 1)
    assert len(np.unique(bands)) == 12
    assert np.all(np.diff(bands) >= 0)
    assert np.abs(bands - values).max() <= 0.5 / 12 + 1e-12


def test_a_zero_line_lies_where_the_plane_crosses_zero() -> None:
    lines = zero_lines([[1.0, 0.0], [0.0, 1.0]], [-0.5, 0.5], -1, 1, columns=20, rows=10)
    across, down = np.linspace(-1, 1, 40), np.linspace(1, -1, 40)
    upright = np.flatnonzero(lines.all(axis=0))
    level = np.flatnonzero(lines.all(axis=1))
    assert np.abs(across[upright] - 0.5).max() < 0.06
    assert np.abs(down[level] + 0.5).max() < 0.06
    assert lines.sum() == 40 * (len(upright) + len(level)) - len(upright) * len(level)


def test_where_there_is_no_room_for_a_map_there_is_none_for_its_lines() -> None:
    for size in ((0, 0), (1, 1), (40, 0), (0, 40), (2, 2)):
        columns, rows = map_size(size, 3, (64, 64))
        assert zero_lines([[1.0, 0.5]], [0.1], -1.0, 1.0, columns, rows).shape == (4 * rows, 2 * columns)


def test_a_unit_without_weights_has_no_line() -> None:
    assert not zero_lines([[0.0, 0.0]], [], -1, 1, 8, 4).any()


def test_lines_are_drawn_in_white_over_the_colors() -> None:
    dots = np.zeros((8, 4), bool)
    dots[0, 0] = True
    cells = heat_map(np.ones((4, 4)), 2, 2, 0, 1)
    picture = lined(cells, dots)
    assert chr(picture.glyphs[0, 0]) == "⠁"
    assert picture.colors is not None
    assert cells.colors is not None
    assert picture.colors[0, 0].tolist() == [[255, 255, 255], cells.colors[0, 0, 1].tolist()]
    assert picture.glyphs[1:].tolist() == cells.glyphs[1:].tolist()
