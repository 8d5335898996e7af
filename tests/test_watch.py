"""`watch` in real processes: a script runs as it does alone, and its exit code and what it prints are passed on."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.recording import Recording
from tests.pty.terminal import PATIENCE, ROOT, Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui"]
TRAINS = """
    import torch
    torch.manual_seed(0)
    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    def train(steps):
        for step in range(steps):
            x = torch.rand(16, 1)
            loss = torch.nn.functional.mse_loss(net(x), 2 * x)
            opt.zero_grad(); loss.backward(); opt.step()
            print(step, loss.item().hex(), flush=True)
"""
"""The beginning of a script that trains when it wants to."""
Result = subprocess.CompletedProcess[str]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recordings are, of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    return tmp_path / "state" / "periodic-tui" / "runs"


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Writes a script into the folder in which it is started."""

    def written(text: str, name: str = "own/train.py", begin: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(textwrap.dedent(begin) + textwrap.dedent(text))
        return path

    return written


def run(*words: str | Path, cwd: Path, flags: Sequence[str] = (), **options: Any) -> Result:
    """Words for the interpreter."""
    command = [sys.executable, *flags, *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, **options
    )


def watched(*words: str | Path, cwd: Path, **options: Any) -> tuple[Result, dict[str, Any]]:
    """What a script does that is watched without a screen, and the summary, which its stdout no longer holds."""
    result = run("-m", "periodic_tui", "watch", "--headless", "--json", *words, cwd=cwd, **options)
    *lines, last = result.stdout.splitlines(keepends=True)
    result.stdout = "".join(lines)
    summary = json.loads(last)
    assert summary["event"] == "summary"
    return result, summary


SCRIPTS = {
    "arguments": "import sys; print(sys.argv, sys.orig_argv[-3:], sys.path[0], __name__, __file__, __package__, __spec__)",
    "folder": "import os, beside; print(os.getcwd(), beside.__file__)",
    "main": "import sys; print(sys.modules['__main__'].__dict__ is globals(), __builtins__, __loader__.path)",
    "nothing imported": "import sys; print('numpy' in sys.modules, 'torch' in sys.modules, 'json' in sys.modules)",
    "input": "print(repr(input()))",
    "raises": "def deep(n):\n    return deep(n - 1) if n else 1 / 0\ndeep(3)",
    "raises from": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('no') from e",
    "bad syntax": "print('never')\nif",
    "no unicode": "# coding: latin-1\nprint('\u00e9')",
    "exit 3": "import sys; sys.exit(3)",
    "exit 300": "import sys; sys.exit(300)",
    "exit none": "import sys; sys.exit()",
    "exit text": "import sys; sys.exit('cannot go on')",
    "os exit": "import os; os._exit(7)",
    "excepthook": "import sys\nsys.excepthook = lambda k, v, t: print('mine', k, v, t.tb_lineno, t.tb_next)\nraise KeyError(1)",
    "atexit": "import atexit, sys\natexit.register(lambda: print(sys.modules['__main__'].late))\nlate = 5",
    "thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()",
    "pickle": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
    "closed stdout": "import sys\nprint('one', flush=True)\nsys.stdout.close()",
    "fork": "import os, sys\nif os.fork():\n    print(os.wait()[1], flush=True)\nelse:\n    print('child', flush=True); sys.exit(1)",
    "warning": "import warnings; warnings.warn('look')",
    "interrupted": "raise KeyboardInterrupt",
    "output": "print('x' * 99, end='')",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_runs_as_it_does_alone(state: Path, script: Callable[..., Path], tmp_path: Path, text: str) -> None:
    script("", "own/beside.py")
    path = script("")
    path.write_text(text, encoding="latin-1")
    for name in ("own/train.py", "./own/train.py", str(path)):
        alone = run(name, "--seed", "-h", cwd=tmp_path)
        seen = run("-m", "periodic_tui", "watch", "--headless", name, "--seed", "-h", cwd=tmp_path)
        assert seen.returncode == (alone.returncode if alone.returncode >= 0 else 128 - alone.returncode)
        assert seen.stdout == alone.stdout
        said = seen.stderr.removeprefix(alone.stderr)
        assert said.startswith(f"{name} --seed -h: "), seen.stderr
