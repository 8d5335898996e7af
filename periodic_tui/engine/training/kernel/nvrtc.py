"""NVIDIA's compiler as a library, which comes with torch's builds for CUDA: no toolkit is needed."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import torch

from periodic_tui.engine.errors import Unavailable


_OPTIONS = ("--std=c++17",)
"""None that lets numbers be rounded otherwise than torch's own kernels round them."""


@cache
def compiled(source: str, capability: tuple[int, int]) -> bytes:
    """The machine code of a kernel's source for cards of that capability. Raises Unavailable."""
    options = [f"--gpu-architecture=sm_{capability[0]}{capability[1]}", *_OPTIONS]
    library, program = _library(), ctypes.c_void_p()
    text = ctypes.c_char_p(source.encode())
    _check(library, library.nvrtcCreateProgram(ctypes.byref(program), text, b"steps.cu", 0, None, None))
    try:
        flags = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        if library.nvrtcCompileProgram(program, len(options), flags):
            raise Unavailable(f"the kernel cannot be compiled: {_first_error(_result(library, program, 'ProgramLog'))}")
        return _result(library, program, "CUBIN")
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


def _result(library: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> bytes:
    size = ctypes.c_size_t()
    _check(library, getattr(library, f"nvrtcGet{what}Size")(program, ctypes.byref(size)))
    buffer = ctypes.create_string_buffer(size.value)
    _check(library, getattr(library, f"nvrtcGet{what}")(program, buffer))
    return buffer.raw


def _first_error(log: bytes) -> str:
    lines = log.rstrip(b"\0").decode(errors="replace").splitlines()
    return next((line for line in lines if "error" in line), "the compiler does not say why")


def _check(library: ctypes.CDLL, code: int) -> None:
    if code:
        library.nvrtcGetErrorString.restype = ctypes.c_char_p
        raise Unavailable(f"the kernel's compiler fails: {library.nvrtcGetErrorString(code).decode()}")


@cache
def _library() -> ctypes.CDLL:
    """The library of the version that torch was built with. Raises Unavailable where it is not there."""
    version = (torch.version.cuda or "").partition(".")[0]
    if not version or sys.platform != "linux":
        raise Unavailable("kernels are compiled where torch is built for CUDA, on Linux")
    return _loaded(f"libnvrtc.so.{version}")


def _loaded(name: str) -> ctypes.CDLL:
    """The library of that name from where pip has put it, beside torch, or else from where the system looks."""
    for path in sorted(Path(torch.__file__).parents[1].glob(f"nvidia/*/lib/{name}")):
        with suppress(OSError):
            for builtins in path.parent.glob("libnvrtc-builtins.so*"):  # it looks for them by their name
                ctypes.CDLL(str(builtins))
            return ctypes.CDLL(str(path))
    try:
        return ctypes.CDLL(name)
    except OSError:
        raise Unavailable(f"no {name} is found, which torch's packages for CUDA bring along") from None
