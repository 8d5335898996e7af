"""Positions against the places that torch finds."""

from itertools import product
from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.training.kernel.positions import Position, contiguous, coordinates, place

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def value(position: Position, **variables: int) -> int:
    """What the C++ of a position comes to."""
    return int(eval(str(position).replace("/", "//"), {}, dict(variables)))


@given(shapes, st.data())
def test_a_view_of_a_view_finds_torch_s_element(shape: list[int], data: st.DataObject) -> None:
    whole = torch.arange(int(torch.tensor(shape).prod())).view(shape)
    turned = whole.permute(data.draw(st.permutations(range(len(shape)))))
    other = data.draw(st.permutations(shape))
    count, own = turned.numel(), Position.of("i", turned.numel())
    # Element i of a turned copy that is taken for another shape, in the memory of the first.
    first = place(coordinates(own, other, contiguous(other)), contiguous(other))
    where = place(coordinates(first, turned.shape, contiguous(turned.shape)), turned.stride())
    assert [value(where, i=i) for i in range(count)] == turned.flatten().tolist()


@given(shapes, st.integers(0, 9))
def test_coordinates_and_back_are_the_same_position(shape: list[int], constant: int) -> None:
    size = int(torch.tensor(shape).prod())
    own = Position.of("i", size) + Position(constant=constant)
    back = place(coordinates(own, [9, *shape], contiguous([9, *shape])), contiguous([9, *shape]))
    assert [value(back, i=i) for i in range(size)] == [i + constant for i in range(size)]
    assert back == own


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 6)), max_size=3), st.integers(0, 9), st.integers(1, 9))
def test_quotient_and_remainder_are_whole_numbers(atoms: list[Any], constant: int, divisor: int) -> None:
    position = Position(constant=constant)
    for index, (size, factor) in enumerate(atoms):
        position = position + Position.of("ijk"[index], size) * factor
    quotient, remainder = divmod(position, divisor)
    for values in product(*(range(size) for size, _ in atoms)):
        variables = dict(zip("ijk", values, strict=False))
        found = value(quotient, **variables), value(remainder, **variables)
        assert found == divmod(value(position, **variables), divisor)


def test_what_is_sure_costs_no_division() -> None:
    rows, columns = coordinates(Position.of("i", 5) * 4 + Position.of("k", 4), (5, 4), (4, 1))
    assert (str(rows), str(columns)) == ("i", "k")
