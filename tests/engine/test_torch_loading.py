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
