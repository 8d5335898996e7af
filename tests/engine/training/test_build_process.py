"""Whatever goes wrong with a build or with what it has left behind, training goes on eagerly and says why once."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.session import Session
from periodic_tui.engine.training.aot import build_process
from periodic_tui.engine.training.aot.build_process import Build
from periodic_tui.engine.training.aot.cache import cache_folder, store
from periodic_tui.engine.training.aot.cache_key import Signature, key_of
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import sine


@pytest.fixture(autouse=True)
def own_cache_and_all_that_a_build_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(build_process, "missing", lambda: None)


def opened(engine: str, steps: int = 10**9) -> Session:
    """A session before its first step, which has waited for a build where one pays."""
    session = Session(lambda name: (name, sine()), "sine-31", sine(), device="cpu", engine=engine)
    session.open()
    session.settle(steps, None)
    return session


def events(session: Session) -> list[str]:
    """All but the first, which names the run."""
    return [event.text for event in session.current.events[1:]]


def signature() -> Signature:
    trainer = Trainer(sine(), torch.device("cpu"))
    return Signature.of(trainer.state, trainer.step_inputs)


def interpreter(tmp_path: Path, script: str) -> str:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


INTERPRETERS = {
    "none": ("", "no build can be started"),
    "fails": ("exit 1", "the build ended without an answer"),
    "talks": ("echo hello", "the build ended without an answer"),
    "stops in its answer": ("printf '{\"rea'", "the build ended without an answer"),
    "is killed": ("kill -9 $$", "the build ended without an answer"),
    "builds nothing": ("echo '{}'", "the build left nothing behind"),
}


@pytest.mark.parametrize("name", INTERPRETERS)
def test_a_build_process_that_fails(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, reason = INTERPRETERS[name]
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path, script) if script else "/no/such/python")
    session = opened("auto")
    assert session.advance(3) == 3
    (told,) = events(session)
    assert told.startswith(f"engine: eager; {reason}")
    with pytest.raises(Refused, match=f"engine compiled: {reason}"):
        opened("compiled")


@pytest.mark.parametrize("number", [12, 24, 11, 13, 28])
def test_a_system_that_starts_no_process(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("subprocess.Popen", fails)
    session = opened("auto")
    assert session.advance(3) == 3
    assert events(session) == [f"engine: eager; no build can be started: {os.strerror(number)}"]


def test_a_build_process_that_never_reads_is_ended_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path, "exec sleep 1000"))
    monkeypatch.setattr("json.dumps", lambda request: " " * 1_000_000)
    started = Build(sine(), signature(), limit=0.3)
    with pytest.raises(Unavailable, match=r"longer than 0\.3 s"):
        started.finish()
    assert started.done


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cache_folder()
    make = Path.mkdir

    def fails(path: Path, *args: Any, **options: Any) -> None:
        if path.parent == folder:
            raise OSError(28, "No space left on device", str(path))
        make(path, *args, **options)

    monkeypatch.setattr(Path, "mkdir", fails)
    session = opened("auto")
    assert session.advance(3) == 3
    (told,) = events(session)
    assert told.startswith("engine: eager; the cache cannot be used: ")
    assert "No space left" in told


def stored(tmp_path: Path, content: bytes = b"\x7fELF") -> Path:
    """An entry whose libraries are whole and no libraries at all."""
    libraries = [tmp_path / "step.so", tmp_path / "loop.so"]
    for library in libraries:
        library.write_bytes(content)
    key = key_of(sine(), signature())
    store(key, libraries, 1.0)
    return cache_folder() / key


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"machine code of another system" * 1000])
def test_libraries_that_the_system_does_not_load(content: bytes, tmp_path: Path) -> None:
    stored(tmp_path, content)
    session = opened("auto")
    assert session.advance(3) == 3
    (told,) = events(session)
    assert told.startswith("engine: eager; the compiled step cannot be loaded: ")
    with pytest.raises(Refused, match="engine compiled: the compiled step cannot be loaded"):
        opened("compiled")


def test_a_damaged_entry_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stored(tmp_path) / "step.json").write_text("[]")
    session = opened("auto", 10)
    assert session.advance(3) == 3
    removed, eager = events(session)
    assert removed.startswith("a compiled step was removed: ")
    assert eager.startswith("engine: eager; training eagerly takes")
    (stored(tmp_path) / "step.json").write_text("null")
    monkeypatch.setattr(StepperChoice, "_built", lambda _, trainer: trainer.eager())
    (told,) = events(opened("compiled"))
    assert told.startswith("engine: compiled; a compiled step was removed: ")
