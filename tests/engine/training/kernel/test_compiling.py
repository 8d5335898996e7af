"""NVIDIA's compiler and driver as they are called, on ones that write down what they are asked."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel import cache, driver, nvrtc, stepper
from periodic_tui.engine.training.kernel.driver import Kernel


class Scripted:
    """In place of a library: each function notes its call, and returns 0 or what it is told to."""

    def __init__(self, **answers: Callable[..., int | bytes]) -> None:
        self.calls: list[str] = []
        self.answers = answers

    def __getattr__(self, name: str) -> Callable[..., int | bytes]:
        def called(*arguments: Any) -> int | bytes:
            self.calls.append(name)
            return self.answers[name](*arguments) if name in self.answers else 0

        return called


def size_of(content: bytes) -> Callable[..., int]:
    def answer(program: Any, size: Any) -> int:
        size._obj.value = len(content)
        return 0

    return answer


def filled(content: bytes) -> Callable[..., int]:
    def answer(program: Any, buffer: Any) -> int:
        ctypes.memmove(buffer, content, len(content))
        return 0

    return answer


def compiler(code: bytes = b"code", log: bytes = b"", failed: int = 0) -> Scripted:
    return Scripted(
        nvrtcCompileProgram=lambda *arguments: failed,
        nvrtcGetCUBINSize=size_of(code),
        nvrtcGetCUBIN=filled(code),
        nvrtcGetProgramLogSize=size_of(log),
        nvrtcGetProgramLog=filled(log),
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    return tmp_path


def use(library: Scripted, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    monkeypatch.setattr(nvrtc, "library", lambda: library)
    return library


def test_a_source_is_compiled_once_for_each_kind_of_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = use(compiler(), monkeypatch)
    assert [nvrtc.compiled("source", (9, 0)) for _ in range(2)] == [b"code", b"code"]
    assert library.calls.count("nvrtcCompileProgram") == 1
    assert library.calls.count("nvrtcDestroyProgram") == 1
    nvrtc.compiled("source", (8, 0))
    nvrtc.compiled("another", (9, 0))
    assert library.calls.count("nvrtcCompileProgram") == 3
    assert len(list((folder / "kernels").iterdir())) == 3


def test_what_is_damaged_on_disk_is_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = use(compiler(), monkeypatch)
    nvrtc.compiled("source", (9, 0))
    (entry,) = (folder / "kernels").iterdir()
    entry.write_bytes(entry.read_bytes()[:-1])
    assert nvrtc.compiled("source", (9, 0)) == b"code"
    assert library.calls.count("nvrtcCompileProgram") == 2


def test_a_disk_that_takes_nothing_is_no_obstacle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "kernels").write_text("no folder")
    use(compiler(), monkeypatch)
    assert nvrtc.compiled("source", (9, 0)) == b"code"


def test_old_kernels_make_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_ENTRIES", 2)
    for key in "abc":
        cache.cached_code(key, lambda: b"code")
    assert len(list((folder / "kernels").iterdir())) == 2


@pytest.mark.usefixtures("folder")
def test_the_compiler_s_first_error_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    library = use(
        compiler(log=b"steps.cu(3): warning\nsteps.cu(9): error: no such thing\nmore\0", failed=6), monkeypatch
    )
    with pytest.raises(Unavailable, match=r"cannot be compiled: steps.cu\(9\): error: no such thing$"):
        nvrtc.compiled("source", (9, 0))
    assert library.calls[-1] == "nvrtcDestroyProgram"


def test_without_torch_s_cuda_there_is_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    nvrtc.library.cache_clear()
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(Unavailable, match="where torch is built for CUDA"):
        stepper.on(torch.device("cuda", 0))
    monkeypatch.setattr(torch.version, "cuda", "99.0")
    with pytest.raises(Unavailable, match=r"no libnvrtc.so.99 is found"):
        stepper.on(torch.device("cuda", 0))


class Card:
    """In place of torch's view of a card."""

    shared_memory_per_block_optin = 100_000

    def __enter__(self) -> None: ...
    def __exit__(self, *reasons: object) -> None: ...


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """CUDA's driver; what is launched lies in `launched`."""
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Card())
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    monkeypatch.setattr(torch.cuda, "device", lambda device: Card())
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: type("Stream", (), {"cuda_stream": 7}))
    monkeypatch.setattr(torch, "zeros", lambda *sizes, device: None)
    monkeypatch.setattr(nvrtc, "compiled", lambda source, capability: b"code")
    library = Scripted()
    monkeypatch.setattr(driver, "_driver", lambda: library)
    return library


def test_each_replica_is_a_block_of_its_lanes_on_torch_s_stream(library: Scripted) -> None:
    launched: list[Any] = []

    def launch(*arguments: Any) -> int:
        launched.extend(arguments)
        return 0

    library.answers["cuLaunchKernel"] = launch
    Kernel("source", torch.device("cuda", 0), 64, 3_000)(b"argument", 1_000)
    _, *shape, memory, stream, arguments, extra = launched
    assert shape == [1_000, 1, 1, 64, 1, 1]
    assert (memory, stream.value, extra) == (3_000, 7, None)
    assert ctypes.string_at(arguments[0], 8) == b"argument"
    assert "cuFuncSetAttribute" not in library.calls


def test_much_memory_is_asked_for_and_too_much_refused(library: Scripted) -> None:
    Kernel("source", torch.device("cuda", 0), 64, 90_000)
    assert "cuFuncSetAttribute" in library.calls
    with pytest.raises(Unavailable, match=r"110,000 bytes beside its processor, which has 100,000"):
        Kernel("source", torch.device("cuda", 0), 64, 110_000)


def test_what_the_driver_refuses_is_told_in_one_line(library: Scripted) -> None:
    def text(code: int, into: Any) -> int:
        into._obj.value = b"no kernel image is available"
        return 0

    library.answers |= {"cuModuleLoadData": lambda *arguments: 209, "cuGetErrorString": text}
    with pytest.raises(Unavailable, match=r"cannot be used: no kernel image is available \(cuModuleLoadData\)"):
        Kernel("source", torch.device("cuda", 0), 64, 3_000)
