"""What importing a part of the package drags in, seen in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

IMPORT_ALL_OF = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*sys.modules)
"""


def loaded_after(script: str, *arguments: str) -> set[str]:
    """The names in `sys.modules` that a script prints on its last line."""
    command = [sys.executable, "-c", script, *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("periodic_tui.engine", {"textual", "rich", "plotext", "click"}),
        ("periodic_tui.plotting", {"torch", "textual"}),
        ("periodic_tui.ui", {"torch"}),
    ],
)
def test_a_part_leaves_out_what_it_must_not_need(package: str, forbidden: set[str]) -> None:
    loaded = loaded_after(IMPORT_ALL_OF, package)
    assert package in loaded
    assert loaded & forbidden == set()


RUN_COMMAND = """
import runpy, sys
sys.argv[0] = "periodic-tui"
try:
    runpy.run_module("periodic_tui", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print()
print(*sys.modules)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["train", "--help"],
        ["sweep", "--help"],
        ["export", "--help"],
        ["watch", "--help"],
        ["presets"],
        ["presets", "--json"],
        ["show", "sine-31"],
        ["check", "presets/sine-31.toml"],
        ["runs"],
        ["runs", "--json"],
    ],
    ids=" ".join,
)
def test_quick_commands_import_neither_torch_nor_textual(arguments: list[str]) -> None:
    loaded = loaded_after(RUN_COMMAND, *arguments)
    assert "periodic_tui.cli" in loaded
    assert loaded & {"torch", "textual"} == set()


IMPORT_ALL_AS_ON_WINDOWS = (
    IMPORT_ALL_OF.replace("print(*sys.modules)", "")
    + """
import os, signal
for name in [name for name in sys.modules if name.startswith("periodic_tui")]:
    del sys.modules[name]
for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in ("fork", "getpgid", "getuid", "killpg", "mkfifo", "nice", "setsid", "sysconf"):
    delattr(os, name)
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGTSTP", "SIGWINCH"):
    delattr(signal, name)
"""
    + IMPORT_ALL_OF
)


def test_nothing_that_windows_lacks_is_needed_to_import() -> None:
    assert "periodic_tui.engine.training.aot.build_process" in loaded_after(IMPORT_ALL_AS_ON_WINDOWS, "periodic_tui")


def test_the_first_frame_needs_neither_the_validator_nor_numbers() -> None:
    script = "import sys, periodic_tui.cli.dashboard, periodic_tui.ui.launch; print(*sys.modules)"
    loaded = loaded_after(script)
    assert "periodic_tui.ui.screens.opening" in loaded
    assert loaded & {"numpy", "pydantic", "plotext", "torch"} == set()


UP_TO_THE_SCREEN = """
import os, runpy, sys, periodic_tui.ui.launch
os.environ["TEXTUAL_DRIVER"] = "none is opened"
def shown(*arguments, **options):
    print()
    print(*sys.modules)
    sys.exit()
periodic_tui.ui.launch.run_dashboard = shown
runpy.run_module("periodic_tui", run_name="__main__")
"""


@pytest.mark.parametrize(
    "arguments", [[], ["ln-collapse", "--device", "cpu", "--fps", "5"], ["sine-31", "--no-record"]]
)
def test_nor_does_what_the_command_line_asks_for(arguments: list[str]) -> None:
    loaded = loaded_after(UP_TO_THE_SCREEN, *arguments)
    assert "periodic_tui.cli.dashboard" in loaded
    assert loaded & {"numpy", "pydantic", "plotext", "torch"} == set()


@pytest.mark.parametrize("preset", ["sine-31", "ln-learns", "snake-interpolation", "clock-oscillators"])
def test_training_imports_no_compiler(preset: str) -> None:
    loaded = loaded_after(RUN_COMMAND, "train", preset, "--steps", "3", "--engine", "eager", "--no-record")
    assert "torch" in loaded
    assert loaded & {"sympy", "torch._dynamo", "torch._inductor"} == set()
