"""NVIDIA's compiler as a library, which comes with torch's builds for CUDA: no toolkit is needed."""

from __future__ import annotations

import ctypes
import hashlib
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import torch

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.cache import cached_code

_OPTIONS = ("--std=c++17", "--fmad=false")
"""A product is rounded before something is added to it, as by torch's own kernels: in sin(31 x), x up to 1,000, the
fourth digit is another otherwise."""


def compiled(source: str, capability: tuple[int, int]) -> bytes:
    """The machine code of a kernel's source for cards of that capability. Raises Unavailable."""
    options = (f"--gpu-architecture=sm_{capability[0]}{capability[1]}", *_OPTIONS)
    compiler = library()
    version = ctypes.c_int(), ctypes.c_int()
    _check(compiler, compiler.nvrtcVersion(ctypes.byref(version[0]), ctypes.byref(version[1])))
    parts = source, *options, str([number.value for number in version])
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    return cached_code(key, lambda: _compiled(compiler, source, options))


def _compiled(compiler: ctypes.CDLL, source: str, options: tuple[str, ...]) -> bytes:
    program, text = ctypes.c_void_p(), ctypes.c_char_p(source.encode())
    _check(compiler, compiler.nvrtcCreateProgram(ctypes.byref(program), text, b"steps.cu", 0, None, None))
    try:
        flags = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        if compiler.nvrtcCompileProgram(program, len(options), flags):
            reason = _first_error(_result(compiler, program, "ProgramLog"))
            raise Unavailable(f"the kernel cannot be compiled: {reason}")
        return _result(compiler, program, "CUBIN")
    finally:
        compiler.nvrtcDestroyProgram(ctypes.byref(program))


def _result(compiler: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> bytes:
    size = ctypes.c_size_t()
    _check(compiler, getattr(compiler, f"nvrtcGet{what}Size")(program, ctypes.byref(size)))
    buffer = ctypes.create_string_buffer(size.value)
    _check(compiler, getattr(compiler, f"nvrtcGet{what}")(program, buffer))
    return buffer.raw


def _first_error(log: bytes) -> str:
    lines = log.rstrip(b"\0").decode(errors="replace").splitlines()
    return next((line for line in lines if "error" in line), "the compiler does not say why")


def _check(compiler: ctypes.CDLL, code: int) -> None:
    if code:
        compiler.nvrtcGetErrorString.restype = ctypes.c_char_p
        raise Unavailable(f"the kernel's compiler fails: {compiler.nvrtcGetErrorString(code).decode()}")


@cache
def library() -> ctypes.CDLL:
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
