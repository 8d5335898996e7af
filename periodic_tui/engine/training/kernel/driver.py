"""A compiled kernel on its card, through CUDA's driver, which torch has loaded and whose context it uses."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import torch

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel import nvrtc

_USUAL_MEMORY = 48 << 10
"""Bytes of shared memory that a block gets without asking."""
_MOST_MEMORY_OF_A_BLOCK = 8
"""The driver's number of what is asked for beyond."""


class Kernel:
    """A kernel on one card. It is never unloaded: the code is small, and the driver would wait for the card."""

    def __init__(self, source: str, device: torch.device, lanes: int, memory: int) -> None:
        """`lanes` work on each replica, which needs `memory` bytes beside its processor. Raises Unavailable."""
        self._device, self._lanes, self._memory = device, lanes, memory
        most = getattr(torch.cuda.get_device_properties(device), "shared_memory_per_block_optin", _USUAL_MEMORY)
        if memory > most:
            raise Unavailable(f"a network takes {memory:,} bytes beside its processor, which has {most:,}")
        code = nvrtc.compiled(source, torch.cuda.get_device_capability(device))
        self._function = ctypes.c_void_p()
        with torch.cuda.device(device):
            torch.zeros(1, device=device)  # torch's context is the current one then
            module = ctypes.c_void_p()
            _call("cuModuleLoadData", ctypes.byref(module), code)
            _call("cuModuleGetFunction", ctypes.byref(self._function), module, b"steps")
            if memory > _USUAL_MEMORY:
                _call("cuFuncSetAttribute", self._function, _MOST_MEMORY_OF_A_BLOCK, memory)

    def __call__(self, given: bytes, replicas: int) -> None:
        """Let the kernel run on torch's present stream, with that structure as its argument. Raises Unavailable."""
        argument = ctypes.create_string_buffer(given, len(given))
        arguments = (ctypes.c_void_p * 1)(ctypes.addressof(argument))
        shape = (replicas, 1, 1, self._lanes, 1, 1)
        with torch.cuda.device(self._device):
            stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
            _call("cuLaunchKernel", self._function, *shape, self._memory, stream, arguments, None)


def _call(name: str, *arguments: object) -> None:
    driver = _driver()
    if code := getattr(driver, name)(*arguments):
        text = ctypes.c_char_p()
        driver.cuGetErrorString(code, ctypes.byref(text))
        raise Unavailable(f"the kernel cannot be used: {(text.value or b'unknown error').decode()} ({name})")


@cache
def _driver() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise Unavailable("kernels are launched on Linux only")
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError as failure:
        raise Unavailable(f"CUDA's driver cannot be loaded: {failure}") from None
