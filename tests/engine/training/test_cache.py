"""The cache holds native code: it is the user's alone, and what was not built here is not loaded but built anew."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from subprocess import PIPE

import pytest
import torch

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.aot import cache, worker
from periodic_tui.engine.training.aot.cache import alone, building, cache_folder, compiler_folder, find, store, usage
from periodic_tui.engine.training.aot.cache_key import key_of
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.files import load


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


@pytest.mark.parametrize("path", [None, "~/.cache/periodic-tui"])
def test_without_a_home_there_is_no_folder(path: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def homeless(name: str) -> Path:
        if path is None:
            raise RuntimeError("could not determine the home directory")
        return Path(path)

    monkeypatch.setattr("platformdirs.user_cache_path", homeless)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unavailable, match="there is no home directory"):
        cache_folder()
    assert list(tmp_path.iterdir()) == []


def test_what_was_stored_is_found(built: list[Path]) -> None:
    assert find("key") is None
    store("key", built, 12.0)
    found = find("key")
    assert found is not None
    assert [path.read_bytes() for path in found.glob("*.so")] == [b"machine code"] * 2
    assert cache.build_seconds() == 12.0
    assert usage() == (1, sum(path.stat().st_size for path in found.iterdir()))


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o007, 0o027, 0o177])
def test_what_was_stored_is_found_whatever_the_umask(umask: int, built: list[Path], tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        store("key", built, 1.0)
    finally:
        os.umask(before)
    assert find("key")
    assert (tmp_path / "periodic-tui").stat().st_mode & 0o022 == 0
    assert cache_folder().stat().st_mode & 0o777 == 0o700


def test_of_two_builders_the_first_wins_and_nothing_is_left_over(built: list[Path], tmp_path: Path) -> None:
    store("key", built, 1.0)
    store("key", libraries(tmp_path, b"the same step, built again"), 2.0)
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


def test_a_system_without_users_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "getuid")
    for ask in (cache_folder, compiler_folder, usage, lambda: find("key")):
        with pytest.raises(Unavailable, match="no compiled steps are stored on"):
            ask()
    assert cache.build_seconds() is None


@pytest.mark.parametrize("place", ["periodic-tui", "periodic-tui/engine", "periodic-tui/engine/inductor"])
def test_a_file_in_the_place_of_a_folder_is_told(place: str, tmp_path: Path) -> None:
    (tmp_path / place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (tmp_path / place).touch(mode=0o600)
    with pytest.raises(Unavailable, match="cannot be used"):
        compiler_folder()


def refused(*_: object, **__: object) -> None:
    raise OSError(30, "Read-only file system", "/cache")


@pytest.mark.parametrize("ask", [cache_folder, compiler_folder, usage, lambda: find("key")])
def test_what_the_file_system_refuses_is_told(ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(Unavailable, match="Read-only file system"):
        ask()


def test_a_read_that_fails_removes_nothing(built: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    store("key", built, 1.0)
    with monkeypatch.context() as planted:
        planted.setattr(cache, "read_regular", refused)
        with pytest.raises(Unavailable, match="Read-only file system"):
            find("key")
    assert find("key")


def emptied(path: Path) -> Path:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return path


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": emptied,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "changed": lambda path: path.write_bytes(b"something else"),
    "random bytes": lambda path: path.write_bytes(bytes(range(256))),
    "a list": lambda path: path.write_text("[]"),
    "null": lambda path: path.write_text("null"),
    "an empty table": lambda path: path.write_text("{}"),
    "no libraries": lambda path: path.write_text('{"sha256": {}, "seconds": 1.0}'),
    "deep": lambda path: path.write_text("[" * 4000),
    "endless": lambda path: path.write_text(" " * 5000 + "{}"),
    "a folder": lambda path: emptied(path).mkdir(),
    "a pipe": lambda path: os.mkfifo(emptied(path)),
    "a link to nothing": lambda path: emptied(path).symlink_to("nowhere"),
    "open to others": lambda path: path.chmod(0o722),
}
CASES = [("step.json", name) for name in DAMAGE] + [
    (library, name)
    for library in ("step.so", "loop.so")
    for name in ("gone", "empty", "cut short", "changed", "a folder", "a pipe", "a link to nothing", "open to others")
]


@pytest.mark.parametrize(("name", "damage"), CASES)
def test_what_was_damaged_is_removed_told_once_and_can_be_built_again(
    name: str, damage: str, built: list[Path]
) -> None:
    store("key", built, 1.0)
    DAMAGE[damage](cache_folder() / "key" / name)
    cache.build_seconds()
    usage()
    with pytest.raises(Unavailable, match=r"a compiled step was removed: .*key"):
        find("key")
    assert find("key") is None
    store("key", built, 1.0)
    assert find("key")


def test_a_library_that_was_added_is_not_loaded(built: list[Path]) -> None:
    store("key", built, 1.0)
    (cache_folder() / "key" / "another.so").write_bytes(b"something else")
    with pytest.raises(Unavailable, match="is not what was built"):
        find("key")


@pytest.mark.parametrize("damage", ["a pipe", "a link to nothing", "a file"])
def test_something_else_in_the_place_of_an_entry_is_removed(damage: str, built: list[Path]) -> None:
    entry = cache_folder() / "key"
    entry.touch() if damage == "a file" else DAMAGE[damage](entry)
    with pytest.raises(Unavailable, match="a compiled step was removed"):
        find("key")
    store("key", built, 1.0)
    assert find("key")


def test_the_oldest_go_first(built: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_ENTRIES", 2)
    for number in range(4):
        store(f"key-{number}", built, 1.0)
        os.utime(cache_folder() / f"key-{number}", (number, number))
    assert sorted(path.name for path in cache_folder().iterdir()) == ["key-2", "key-3"]


def test_a_build_removes_its_leftovers_but_not_while_another_reads_them() -> None:
    wrapper, other = compiler_folder() / "step.wrapper.cpp", compiler_folder() / "processor.so"
    killed = cache_folder() / "building-killed"
    killed.mkdir()
    with building() as first:
        wrapper.touch()
        other.touch()
        with building() as second:
            assert first != second
        assert wrapper.exists()
        assert killed.exists()
        assert first.exists()
    assert not wrapper.exists()
    assert [path.name for path in cache_folder().iterdir()] == ["inductor"]
    assert other.exists()


HOLDS = """
import sys
from periodic_tui.engine.training.aot.cache import alone
with alone(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_processes_do_not_build_one_step_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    key, other = "a" * 32, "b" * 32
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, key], stdin=PIPE, stdout=PIPE, text=True)
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with alone(other):
        pass
    had = threading.Event()

    def wait() -> None:
        with alone(key):
            had.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not had.wait(0.3)
    holder.stdin.close()
    waiting.join()
    assert had.is_set()
    holder.stdout.close()
    assert holder.wait() == 0


def test_what_another_has_built_meanwhile_is_not_built_again(
    built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, experiment = load("sine-31")
    trainer = Trainer(experiment, torch.device("cpu"))
    signature = Groups.of(experiment, trainer.state, trainer.step_inputs).one
    store(key_of(experiment, signature), built, 1.0)
    monkeypatch.setattr("os.nice", lambda more: 0)
    monkeypatch.setattr("periodic_tui.engine.training.aot.compiled.compile_step", pytest.fail)
    table = experiment.model_dump(mode="json", exclude={"init"})
    assert worker._build(json.dumps({"experiment": table, "signature": asdict(signature)})) == {}
