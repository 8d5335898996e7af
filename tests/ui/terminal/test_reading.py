"""Bytes from a terminal, whatever they are, become keys and clicks, and never an error."""

import random

import pytest
from textual import events
from textual.message import Message

from periodic_tui.ui.terminal.reading import Input


def read(data: bytes, size: int = 1 << 14, answered: list[str] | None = None) -> list[Message]:
    """The messages of bytes that come so many at a time."""
    source = Input((answered if answered is not None else []).append)
    return [message for at in range(0, len(data), size) for message in source.messages(data[at : at + size])]


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 14])
@pytest.mark.parametrize(("column", "row"), [(0, 0), (94, 39), (95, 39), (96, 5), (163, 137), (222, 222)])
def test_a_mouse_report_of_the_oldest_form_is_a_click_in_every_column(size: int, column: int, row: int) -> None:
    """Bytes from 128 on are no UTF-8, or two of them are one letter of it (textual #6668)."""
    report = b"\x1b[M" + bytes((32, column + 33, row + 33))
    down, up, key = read(report + b"\x1b[M" + bytes((35, column + 33, row + 33)) + b"x", size)
    assert isinstance(down, events.MouseDown)
    assert isinstance(up, events.MouseUp | events.MouseMove)
    assert (down.x, down.y, down.button, up.x, up.y) == (column, row, 1, column, row)
    assert keys([key]) == ["x"]


def test_its_wheel_and_its_moves_are_told_from_clicks() -> None:
    [wheel, move] = read(b"\x1b[M\x60\x80\x21" + b"\x1b[M\x43\x80\x21")
    assert isinstance(wheel, events.MouseScrollUp)
    assert isinstance(move, events.MouseMove)


@pytest.mark.parametrize("size", [1, 1 << 14])
@pytest.mark.parametrize("odd", [b"\xe9", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x80", b"\xf0\x9f"])
def test_a_byte_that_is_no_utf_8_costs_no_other(odd: bytes, size: int) -> None:
    """Textual #6456."""
    assert keys(read(odd + b"qx", size))[-2:] == ["q", "x"]
    assert [event.character for event in read("é⣿".encode(), size) if isinstance(event, events.Key)] == ["é", "⣿"]


@pytest.mark.parametrize("odd", [b"\x1b[99999999999u", b"\x1b[97:65;2u", b"\x1b[1;9999999999999u"])
def test_a_sequence_that_cannot_be_understood_costs_no_other(odd: bytes) -> None:
    assert keys(read(odd + b"\x1b[A" + b"x"))[-2:] == ["up", "x"]


@pytest.mark.parametrize("size", [1, 1 << 14])
def test_answers_to_queries_press_no_keys(size: int) -> None:
    answered: list[str] = []
    assert not keys(read(b"\x1b[?62;22c\x1b[>1;10;0c\x1b[?1u\x1b[0n\x1b[?2026;2$y", size, answered))
    assert len(answered) == 5


def test_answers_to_queries_of_other_programs_press_no_keys() -> None:
    assert keys(read(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07\x1bP>|xterm(370)\x1b\\x")) == ["x"]


def test_of_many_moves_one_is_enough_and_has_gone_the_whole_way() -> None:
    moves = b"".join(b"\x1b[<35;%d;1M" % column for column in range(1, 50))
    first, key, last = read(moves + b"x\x1b[<35;60;1M")
    assert isinstance(first, events.MouseMove)
    assert (first.x, first.delta_x) == (48, 48)
    assert keys([key]) == ["x"]
    assert isinstance(last, events.MouseMove)


def test_random_bytes_are_never_an_error_and_the_next_key_comes() -> None:
    draws = random.Random(31)
    for _ in range(500):
        source = Input(lambda sequence: None)
        source.messages(draws.randbytes(200))
        assert keys(source.messages(b"\x1b[201~" + b"\x1b[A" * 3 + b"x"))[-2:] == ["up", "x"]
