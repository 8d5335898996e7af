"""Where the tiles of maps are, and how many maps there is room for."""

import pytest

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.grid_map import GridMap, Tile, grid_maps, layout


def charts_of(rows: int, columns: int, number: int = 1, title: str = "") -> list[GridMap]:
    """Maps in which every tile bears another share."""
    names = [f"{row}" for row in range(rows)], [f"[{column}]" for column in range(columns)]
    tiles = [[Tile("solved", (row * columns + column) / 100) for column in range(columns)] for row in range(rows)]
    return [
        GridMap(("rows", names[0]), ("columns", names[1]), tiles, None, title and f"{title} {n}") for n in range(number)
    ]


@pytest.mark.parametrize("width", [120, 60, 24])
@pytest.mark.parametrize("height", [0, 40])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_tile_is_found_where_it_was_drawn(width: int, number: int, height: int) -> None:
    charts = charts_of(4, 6, number, "map" if number > 1 else "")
    placed, seen = layout(charts, width, height), grid_maps(charts, layout(charts, width, height))
    assert seen.columns <= width
    assert seen.rows == placed.rows
    places = set()
    for chart in range(number):
        for row in range(4):
            for column in range(6):
                x, y = placed.place(chart, row, column)
                assert chr(seen.glyphs[y, x]) == "■"
                assert placed.tile_at(x, y) == placed.tile_at(x + placed.each - 1, y) == (chart, row, column)
                places.add((x, y))
    assert len(places) == 24 * number
    found = {placed.tile_at(x, y) for x in range(seen.columns) for y in range(seen.rows)}
    assert len(found - {None}) == 24 * number


def test_tiles_are_as_large_as_there_is_room() -> None:
    charts = charts_of(4, 6)
    assert [(layout(charts, 100, rows).high, layout(charts, 100, rows).each) for rows in (9, 10, 13, 14)] == [
        (1, 8), (2, 12), (2, 12), (3, 15)
    ]  # fmt: skip


def test_maps_stand_beside_each_other_as_many_as_fit() -> None:
    charts = charts_of(2, 3, 5, "map")
    assert [layout(charts, width).across for width in (40, 80, 120, 200)] == [1, 2, 3, 5]


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_shade_and_figure_are_the_share(glyphs: Glyphs) -> None:
    tiles = [[Tile("solved", share) for share in (0.0, 0.1, 0.5, 0.51, 1.0)] + [Tile()]]
    chart = GridMap(("", ("",)), ("", tuple("abcdef")), tiles)
    row = grid_maps([chart], layout([chart], 80), glyphs).text()[1]
    expected = {
        "braille": " ■     0 ■░░░ 10 ■▒▒▒ 50 ■▓▓▓ 51 ■███100 ·",
        "ascii": " #     0 #... 10 #::: 50 #*** 51 ####100 ?",
    }
    assert row.rstrip() == expected[glyphs]
