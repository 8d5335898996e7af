"""Loading torch without freezing the screen, then or later.

An import holds the interpreter lock while its shared libraries are loaded: the longest freeze of the screen is one
dlopen of 0.15 s. Called as a foreign function dlopen releases the lock, and the import then finds them loaded.

What it leaves, hundreds of thousands of objects, stays: Python's search for garbage, which holds the lock, too, looks
neither at them while they come nor ever after.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import sys
from pathlib import Path

_LIBRARIES = ("libc10", "libtorch_cpu", "libtorch_cuda", "libtorch", "libtorch_python")
_RTLD_LAZY = 1


def load_torch() -> None:
    """Import torch; other threads go on meanwhile, where the platform has dlopen.

    Its own threads are to sleep while they wait for one another: where other programs train on the same cores, waiting
    by turning would make steps twice as slow as with one thread.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    found = importlib.util.find_spec("torch") if "torch" not in sys.modules else None
    if found is not None and found.origin is not None and sys.platform in ("linux", "darwin"):
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
        suffix = ".dylib" if sys.platform == "darwin" else ".so"
        for library in _LIBRARIES:
            # One that is missing or fails is left to the import, which knows why.
            dlopen(str((Path(found.origin).parent / "lib" / library).with_suffix(suffix)).encode(), _RTLD_LAZY)
    searches = gc.isenabled()
    gc.disable()
    try:
        import torch  # noqa: F401  # the point of the call
    finally:
        gc.freeze()
        if searches:
            gc.enable()
