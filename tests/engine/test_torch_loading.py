import subprocess
import sys

SCRIPT = """
from periodic_tui.engine.torch_loading import load_torch
load_torch()
import torch
x = torch.ones(3, requires_grad=True)
(x * 2).sum().backward()
print(x.grad.tolist())
"""


def test_torch_works_after_its_libraries_were_loaded_first() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[2.0, 2.0, 2.0]"


def test_the_search_for_garbage_passes_over_torch_and_finds_what_comes_later() -> None:
    script = """
import gc, weakref
from periodic_tui.engine.torch_loading import load_torch
load_torch()
class Knot: pass
knot = Knot()
knot.itself, gone = knot, weakref.ref(knot)
del knot
searched = len(gc.get_objects())
gc.collect()
print(gc.isenabled(), searched < 1_000 < 50_000 < gc.get_freeze_count(), gone())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True True None"
