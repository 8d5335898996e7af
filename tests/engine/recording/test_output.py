"""What a script prints stays bounded, and nobody who appends to it notices."""

import os
import stat
from pathlib import Path

import pytest

from periodic_tui.engine.recording import output
from periodic_tui.engine.recording.layout import OUTPUT


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "MOST_OUTPUT", 1_000)
    monkeypatch.setattr(output, "_KEPT", 500)


def test_it_is_the_users_alone_and_new(tmp_path: Path) -> None:
    os.close(output.opened(tmp_path))
    assert stat.S_IMODE((tmp_path / OUTPUT).stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        output.opened(tmp_path)


def test_only_the_last_whole_lines_are_kept_and_appending_goes_on(tmp_path: Path) -> None:
    descriptor = output.opened(tmp_path)
    lines = [b"line %03d\n" % number for number in range(111)]
    os.write(descriptor, b"".join(lines[:110]))
    output.cut(tmp_path / OUTPUT)
    assert (tmp_path / OUTPUT).read_bytes() == b"".join(lines[:110])
    os.write(descriptor, lines[110] + b"x" * 20)
    output.cut(tmp_path / OUTPUT)
    os.write(descriptor, b"y\n")
    kept = (tmp_path / OUTPUT).read_bytes()
    assert len(kept) <= 502
    assert kept.splitlines() == [*(line.strip() for line in lines[58:]), b"x" * 20 + b"y"]
    os.close(descriptor)


def test_a_line_without_an_end_is_cut_as_well(tmp_path: Path) -> None:
    descriptor = output.opened(tmp_path)
    os.write(descriptor, b"x" * 2_000)
    os.close(descriptor)
    output.cut(tmp_path / OUTPUT)
    assert (tmp_path / OUTPUT).read_bytes() == b"x" * 500


def test_where_there_is_none_nothing_is_cut(tmp_path: Path) -> None:
    output.cut(tmp_path / OUTPUT)
    assert list(tmp_path.iterdir()) == []
