"""The matrix products of compiled steps, against numpy in double precision and in memory that ends where they do."""

import ctypes
import mmap
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.training.aot import compiler
from periodic_tui.engine.training.aot.build_process import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason="no step can be compiled here")

SIZES = [(1, 1, 1), (16, 16, 17), (17, 1, 50), (500, 50, 10), (7, 64, 49), (10, 500, 50), (50, 10, 96), (33, 129, 113)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    path = tmp_path_factory.mktemp("product") / "loop.so"
    compiler._compile_loop(path)
    return ctypes.CDLL(str(path))


def multiplied(library: ctypes.CDLL, left: Floats, right: Floats, out: Floats, together: bool = False) -> None:
    """out = left · right, for matrices of any strides."""
    strides = [stride // each.itemsize for each in (left, right, out) for stride in each.strides]
    sizes = (ctypes.c_int64 * 9)(len(left), *right.shape, *strides)
    places = (ctypes.c_void_p(each.ctypes.data) for each in (left, right, out))
    getattr(library, f"multiply_{left.dtype.name}")(sizes, *places, ctypes.c_bool(together))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("transposed", [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])
def test_products_of_any_strides(library: ctypes.CDLL, dtype: str, transposed: tuple[int, int, int]) -> None:
    draw = np.random.default_rng(0)
    for rows, depth, columns in SIZES:
        shapes = (rows, depth), (depth, columns), (rows, columns)
        left, right, out = (
            draw.normal(size=shape[::-1]).astype(dtype).T if flip else draw.normal(size=shape).astype(dtype)
            for shape, flip in zip(shapes, transposed, strict=True)
        )
        multiplied(library, left, right, out)
        exact = left.astype(np.longdouble) @ right.astype(np.longdouble)
        bound = depth * np.finfo(dtype).eps * (np.abs(left) @ np.abs(right))  # of any order of sums
        assert (np.abs(out - exact) <= bound).all(), (rows, depth, columns)


def test_a_row_that_stands_for_all(library: ctypes.CDLL) -> None:
    draw = np.random.default_rng(1)
    left, right = draw.normal(size=(40, 30)), np.broadcast_to(draw.normal(size=(1, 70)), (30, 70))
    out = np.empty((40, 70))
    multiplied(library, left, right, out)
    np.testing.assert_allclose(out, left @ right, rtol=1e-13)


def test_what_is_not_finite_stays_where_it_belongs(library: ctypes.CDLL) -> None:
    left, right, out = np.ones((20, 30)), np.ones((30, 50)), np.empty((20, 50))
    left[3], right[:, 49] = np.nan, np.inf
    multiplied(library, left, right, out)
    np.testing.assert_array_equal(out, left @ right)


@pytest.mark.parametrize("sizes", [(33, 129, 513), (1000, 64, 64), (2, 300, 20)])
def test_threads_do_not_change_a_bit(library: ctypes.CDLL, sizes: tuple[int, int, int]) -> None:
    rows, depth, columns = sizes
    draw = np.random.default_rng(2)
    left, right = draw.normal(size=(rows, depth)), draw.normal(size=(depth, columns))
    alone = np.empty((rows, columns))
    multiplied(library, left, right, alone)
    before = torch.get_num_threads()
    try:
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            out = np.full((rows, columns), np.nan)
            multiplied(library, left, right, out, together=True)
            np.testing.assert_array_equal(out, alone)
    finally:
        torch.set_num_threads(before)


def test_nothing_is_touched_beyond_the_matrices(library: ctypes.CDLL) -> None:
    program = (
        f"import sys; sys.path[:] = {sys.path}; from {__name__} import at_the_edge; at_the_edge({library._name!r})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{len(SIZES)} products\n"), done.stderr


def at_the_edge(library: str) -> None:
    """Products of matrices after which comes a page that nobody may touch: to do so ends the process."""
    loaded, draw = ctypes.CDLL(library), np.random.default_rng(3)
    for rows, depth, columns in SIZES:
        left, right, out = (before_a_wall(*shape) for shape in ((rows, depth), (depth, columns), (rows, columns)))
        left[:], right[:] = draw.normal(size=left.shape), draw.normal(size=right.shape)
        multiplied(loaded, left, right, out)
        np.testing.assert_allclose(out, left @ right, rtol=1e-4, atol=1e-4)
    print(len(SIZES), "products")


def before_a_wall(rows: int, columns: int) -> Any:
    """A matrix of float32 whose last number is the last one before a page that may not be touched."""
    size = rows * columns * 4
    pages = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = mmap.mmap(-1, pages + mmap.PAGESIZE)
    place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(place + pages), ctypes.c_size_t(mmap.PAGESIZE), 0) == 0
    return np.frombuffer(memory, np.float32, rows * columns, pages - size).reshape(rows, columns)
