"""Maps of populations: what stands where, in either set of characters, however narrow."""

import numpy as np
import pytest

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.outcomes import OUTCOMES, shape_of
from periodic_tui.sweeping.figure import figure
from periodic_tui.sweeping.grid import Axis, Grid
from periodic_tui.sweeping.result import CellResult
from periodic_tui.ui.formatting import plain

GRID = Grid((Axis("optimizer.lr", (1e-4, 1e-2)), Axis("model.hidden", ([3], [4], [12, 2]))))


def result(solved: int, code: str = "dead-units", foretold: float | None = None) -> CellResult:
    outcomes = {each: count for each, count in {"solved": solved, code: 32 - solved}.items() if count}
    return CellResult("finished", 9, "eager", outcomes, (0.1, 0.2, 0.3), None, foretold=foretold)


RESULTS: dict[tuple[int, ...], CellResult] = {
    (0, 0): result(0), (0, 1): result(8), (0, 2): result(16, "diverged"),
    (1, 0): result(17), (1, 1): result(32), (1, 2): result(1, "duplicate-units"),
}  # fmt: skip


def lines(results: dict[tuple[int, ...], CellResult], grid: Grid, width: int, glyphs: Glyphs) -> list[str]:
    return [line.rstrip() for line in figure(grid, results, width, glyphs).text()]


def test_shape_shade_and_share_of_each() -> None:
    assert lines(RESULTS, GRID, 80, "braille") == [
        "    lr hidden",
        "0.0001 ×     0 ×░░░ 25 ■▒▒▒ 50",
        "  0.01 ■▓▓▓ 53 ■███100 ◆░░░  3",
        "       [3]     [4]     [12, 2]",
        "",
        "■ solved   × dead-units   ◆ duplicate-units",
        "  0, ░ to 25, ▒ to 50, ▓ to 75, █ to 100 % solved",
    ]


def test_the_same_in_ascii_where_there_is_no_room_for_figures() -> None:
    assert lines(RESULTS, GRID, 16, "ascii")[:4] == [
        "   lr hidden",
        "0.000 x  x. #:",
        " 0.01 #* ## *.",
        "      [3]",
    ]


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
@pytest.mark.parametrize("width", [80, 120])
def test_it_is_no_wider_than_asked_for(width: int, glyphs: Glyphs) -> None:
    many = Grid((Axis("a.b", tuple(range(5))), Axis("c.d", tuple(np.logspace(-5, 5, 70).round(7).tolist()))))
    found = lines({cell: result(cell[1] % 33) for cell in many.cells()}, many, width, glyphs)
    assert max(map(len, found)) <= width
    shapes = "".join(line[2:] for line in found if line[:1].isdigit())
    if glyphs == "braille":
        assert shapes.count("■") + shapes.count("×") == len(many)


def test_a_cell_without_a_result_is_told_from_one_that_failed_to_learn() -> None:
    assert lines({(0, 0): result(0)}, GRID, 80, "braille")[1:3] == [
        "0.0001 ×     0 ·       ·",
        "  0.01 ·       ·       ·",
    ]


def test_one_axis_is_a_column_and_a_third_makes_small_multiples() -> None:
    one = Grid(GRID.axes[:1])
    assert lines({(0,): result(8), (1,): result(32)}, one, 80, "braille")[:3] == [
        "    lr",
        "0.0001 ×░░░ 25",
        "  0.01 ■███100",
    ]
    three = Grid((*GRID.axes, Axis("training.seed", (7, 8))))
    found = lines({(*cell, k): result(k) for cell in GRID.cells() for k in (0, 1)}, three, 80, "braille")
    assert sum(line.count("seed=7") for line in found) == sum(line.count("seed=8") for line in found) == 1


def test_a_line_parts_the_cells_in_which_half_of_the_seeds_should_arrive() -> None:
    told = {cell: result(8, foretold=share) for cell, share in zip(GRID.cells(), (1, 0.5, 0.4, 1, 0, 0), strict=True)}
    assert lines(told, GRID, 80, "braille")[:5] == [
        "    lr hidden",
        "0.0001 ×░░░ 25 ×░░░ 25│×░░░ 25",
        "              ┌───────┘",
        "  0.01 ×░░░ 25│×░░░ 25 ×░░░ 25",
        "",
    ]
    ascii_lines = lines(told, GRID, 80, "ascii")
    assert ascii_lines[2] == "              +-------+"
    assert ascii_lines[-1].startswith("-| where half of the seeds begin within 4.4934/R of the answer, and lr < 2/L''")


def test_shapes_in_ascii_are_those_of_the_population_pane() -> None:
    for code, (shape, _) in OUTCOMES.items():
        assert (shape_of(code, "ascii"), shape_of(code)) == (plain(shape, "ascii"), plain(shape))
