"""The cache holds native code: it is the user's alone, and what was not built here is not loaded."""

import os
from pathlib import Path

import pytest

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.aot import cache
from periodic_tui.engine.training.aot.cache import building, cache_folder, compiler_folder, entries, find, keep


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    return tmp_path


@pytest.fixture
def built(tmp_path: Path) -> list[Path]:
    return libraries(tmp_path, b"machine code")


def libraries(folder: Path, content: bytes) -> list[Path]:
    paths = [folder / "step.so", folder / "loop.so"]
    for path in paths:
        path.write_bytes(content)
    return paths


def test_the_folder_is_the_users_alone() -> None:
    assert cache_folder().stat().st_mode & 0o777 == 0o700


def test_what_was_kept_is_found(built: list[Path]) -> None:
    assert find("key") is None
    keep("key", built, 12.0)
    found = find("key")
    assert found is not None
    assert [path.read_bytes() for path in found.glob("*.so")] == [b"machine code"] * 2
    assert cache.build_seconds() == 12.0


def test_of_two_builders_the_first_wins_and_nothing_is_left_over(built: list[Path], tmp_path: Path) -> None:
    keep("key", built, 1.0)
    keep("key", libraries(tmp_path, b"the same step, built again"), 2.0)
    found = find("key")
    assert found is not None
    assert [path.read_bytes() for path in found.glob("*.so")] == [b"machine code"] * 2
    assert [path.name for path in cache_folder().iterdir()] == ["key"]


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o702])
def test_a_folder_open_to_others_is_refused(mode: int) -> None:
    cache_folder().chmod(mode)
    with pytest.raises(Unavailable, match="open to others"):
        find("key")


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    cache_folder().rmdir()
    (tmp_path / "periodic-tui" / "engine").symlink_to(elsewhere)
    with pytest.raises(Unavailable, match="does not belong to this user"):
        find("key")


def test_a_folder_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cache_folder()
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    with pytest.raises(Unavailable, match="does not belong to this user"):
        find("key")


@pytest.mark.parametrize("library", ["step.so", "loop.so", "another.so"])
def test_a_changed_library_is_refused(library: str, built: list[Path]) -> None:
    keep("key", built, 1.0)
    (cache_folder() / "key" / library).write_bytes(b"something else")
    with pytest.raises(Unavailable, match="is not what was built"):
        find("key")


def test_a_library_that_others_can_write_is_refused(built: list[Path]) -> None:
    keep("key", built, 1.0)
    (cache_folder() / "key" / "loop.so").chmod(0o722)
    with pytest.raises(Unavailable, match="can be written by others"):
        find("key")


def test_a_manifest_that_is_missing_or_broken_is_refused(built: list[Path]) -> None:
    keep("key", built, 1.0)
    manifest = cache_folder() / "key" / "step.json"
    manifest.write_text("{}")
    with pytest.raises(Unavailable, match="is not what was built"):
        find("key")
    manifest.unlink()
    with pytest.raises(Unavailable, match="is missing"):
        find("key")


def test_the_oldest_go_first(built: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_KEPT", 2)
    for number in range(4):
        keep(f"key-{number}", built, 1.0)
        os.utime(cache_folder() / f"key-{number}", (number, number))
    assert [path.name for path in entries()] == ["key-2", "key-3"]


def test_a_build_removes_its_leftovers_but_not_while_another_reads_them() -> None:
    wrapper, kept = compiler_folder() / "step.wrapper.cpp", compiler_folder() / "processor.so"
    with building():
        wrapper.touch()
        kept.touch()
        with building():
            pass
        assert wrapper.exists()
    assert not wrapper.exists()
    assert kept.exists()
