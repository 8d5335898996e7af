import os
from pathlib import Path

import pytest

from periodic_tui.ui.printed import MOST_BYTES, MOST_LINES, Printed, lines_of


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"", ()),
        (b"one\ntwo\n", ("one", "two")),
        (b"one\r\ntwo", ("one", "two")),
        (b"\x1b[1;31mred\x1b[0m and \x1b]0;a title\x07plain\n", ("red and plain",)),
        (b"  0%|    | 0/3\r 33%|#   | 1/3\r100%|####| 3/3\n", ("100%|####| 3/3",)),
        (b"a long line\rshort\n", ("shortg line",)),
        (b"a long line\r\x1b[Kshort\n", ("short",)),
        (b"outer 0\n inner 0\x1b[A\router 1\n inner 1\x1b[A\r", ("outer 1", " inner 1")),
        (b"12\b\b34", ("34",)),
        (b"a\tb", ("a       b",)),
        (b"\x1b[2J\x1b[Hcleared\x1b", ("cleared",)),
        (b"bell\x07 null\x00", ("bell\\u0007 null\\u0000",)),
        (b"\xff\xe2\x88\x99 bytes", ("\ufffd∙ bytes",)),
        (b"x\x1b[999999999A\x1b[999999999Gy\x1b[2Gz", ("xz",)),
    ],
)
def test_it_shows_what_a_terminal_would(printed: bytes, lines: tuple[str, ...]) -> None:
    assert lines_of(printed) == lines


def test_no_line_of_it_commands_the_terminal() -> None:
    every = bytes(range(256)) * 3 + b"\x1b[5;5H\x1b[?1049l\x9b31m\x1bP1$r\x1b\\"
    assert all(line.isprintable() for line in lines_of(every))


def test_of_much_only_the_last_whole_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    path.write_bytes(b"".join(b"line %d\n" % n for n in range(100_000)))
    printed = Printed(path)
    assert printed.look()
    assert printed.lines[-1] == "line 99999"
    assert len(printed.lines) == MOST_LINES
    path.write_bytes(b"x" * MOST_BYTES + b" tail\nwhole\n")
    assert printed.look()
    assert printed.lines == ("whole",)


def test_it_is_read_anew_only_where_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    printed = Printed(path)
    assert not printed.look()
    path.write_text("one\n")
    assert printed.look()
    assert not printed.look()
    with path.open("a") as file:
        file.write("two\n")
    assert printed.look()
    assert printed.lines == ("one", "two")


def test_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    link = Printed(tmp_path / "link")
    assert not link.look()
    assert link.lines == ()
    os.mkfifo(tmp_path / "pipe")
    pipe = Printed(tmp_path / "pipe")
    assert not pipe.look()
    assert pipe.lines == ()
