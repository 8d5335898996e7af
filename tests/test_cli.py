"""The command line as scripts see it: real processes, output and exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from click import Option
from click.testing import CliRunner

from periodic_tui import __version__
from periodic_tui.cli import COMMANDS, subcommand
from periodic_tui.engine.commands import base as commands
from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.losses import LossName
from periodic_tui.engine.components.models import models
from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.components.screen_options import PaneName
from periodic_tui.engine.components.targets import targets
from periodic_tui.engine.remedies import remedies
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import dump, load
from tests.pty.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent


def run(*words: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the program without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "periodic_tui", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | (env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )


def test_presets_are_listed() -> None:
    result = run("presets")
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(BUILT_IN)


def test_presets_as_json() -> None:
    listed = json.loads(run("presets", "--json").stdout)
    assert [set(row) for row in listed] == [{"name", "title", "source", "outcome"}] * len(BUILT_IN)
    first = {"name": "sine-31", "title": "One learnable frequency", "source": "1-sine-and-clock"}
    assert listed[0] == first | {"outcome": "fails; three remedies"}


def test_show_prints_the_resolved_preset() -> None:
    result = run("show", "ln-collapse")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == dump(load("ln-collapse")[1])


def test_a_character_that_the_terminal_lacks_is_escaped() -> None:
    result = run("presets", env={"PYTHONIOENCODING": "iso8859-15"})
    assert result.returncode == 0
    assert r"\u221a(x" in result.stdout


def test_check_is_silent_where_all_is_well() -> None:
    result = run("check", *(f"presets/{name}.toml" for name in BUILT_IN))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_check_names_each_problem_of_each_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('target.kind = "sine"\nmodel.kind = "mlpp"\ntraining.seed = -1\n')
    (tmp_path / "b.toml").write_text("target = [\n")
    result = run("check", "a.toml", "missing.toml", "sine-31", "b.toml", cwd=tmp_path)
    assert result.returncode == 2
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["a.toml", "a.toml", "missing.toml", "b.toml"]
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-preset"], "no-such-preset: no such file and no such preset"),
        (["show", "sine-30"], "sine-30: no such file and no such preset; did you mean sine-31?"),
        (["trian", "sine-31"], "periodic-tui: trian: no such command; did you mean train?"),
        (["help"], "periodic-tui: help: no such command; did you mean --help?"),
        (["presets/sine-31.tml"], "no such file and no such preset; did you mean presets/sine-31.toml?"),
        (["tests/cases/04-square-man.csv"], "no such file; did you mean tests/cases/04-square-nan.csv?"),
        (["train", "sine-31", "--at", "0:undoo"], "'undoo', expected one of 24; did you mean undo?"),
        (["train", "sine-31", "--at", "0:remedy:widen"], f"expected one of {len(remedies)}; did you mean widen-range"),
        (["--set", "optimizer.kind=adm"], "expected one of 15; did you mean adam"),
        (["replya", "--seed"], "periodic-tui: replya: no such command; did you mean replay?"),
        (["show"], "Missing argument 'PRESET'"),
        (["check"], "Missing argument 'FILE...'"),
        (["presets", "extra"], "unexpected extra argument"),
        (["presets", "--js"], "No such option"),
        (["--seed", "3", "show"], "show: no such file"),
        (["--set", "optimizer.lrr=1"], "sine-31: optimizer.lrr: unknown key"),
        (["--set", "optimizer.lr"], "expected KEY=VALUE"),
        (["--device", "gpu"], "expected auto, cpu, cuda, cuda:N or mps"),
        (["--engine", "warp"], "'warp' is not one of 'auto', 'eager'"),
        (["--replicas", "0"], "sine-31: training.replicas: expected at least 1, got 0"),
        (["--\x1b[31m"], "No such option"),
        (["\x1b[31m"], "\\u001b[31m: no such file"),
        (["--record", "presets"], "--record presets: holds something already, expected a new or an empty folder"),
        (["--record", "README.md"], "--record README.md: Not a directory"),
        (["train", "sine-31", "--record", "presets"], "periodic-tui train: --record presets: holds something already"),
        (["sine-31"], "the dashboard needs a terminal"),
        (["train", "sine-31", "--no-record", "--record", "x"], "--record and --no-record exclude each other"),
        (["--no-record", "--record", "x"], "--record and --no-record exclude each other"),
        (["--paused"], "`periodic-tui train sine-31` trains without one"),
    ],
)
def test_bad_input_is_said_in_a_line_and_exits_2(words: list[str], said: str) -> None:
    result = run(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["presets", "-h"], ["show", "--help"], ["check", "--help"]])
def test_help(words: list[str]) -> None:
    result = run(*words)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: {' '.join(['periodic-tui', *words[:-1]])} ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_tells_the_defaults_of_its_options(name: str) -> None:
    told = CliRunner().invoke(subcommand(name), ["--help"]).stdout
    options = [each for each in subcommand(name).params if isinstance(each, Option) and not each.is_flag]
    defaults = [each.default for each in options if isinstance(each.default, (str, int, float))]
    assert [default for default in defaults if f"[default: {default}" not in told] == []


def test_the_help_lists_every_name_that_a_preset_or_a_command_takes() -> None:
    told = CliRunner().invoke(subcommand("check"), ["--help"]).stdout
    kinds = [*targets, *models, *activations, *optimizers, *get_args(LossName), *get_args(PaneName)]
    assert [kind for kind in kinds if not re.search(rf"(?<![\w-]){kind}(?![\w-])", told)] == []
    told = CliRunner().invoke(subcommand("train"), ["--help"]).stdout
    words = [*remedies, *(word for word, command in commands.COMMANDS.items() if not command.waits)]
    assert [word for word in words if word not in told] == []


def test_the_help_lists_the_commands() -> None:
    shown = run("--help").stdout
    assert all(f"\n    {name}" in shown for name in ("presets", "show", "check"))


@pytest.mark.parametrize("words", [["--version"], ["show", "--version"]])
def test_version(words: list[str]) -> None:
    assert run(*words).stdout.strip().endswith(__version__)


def test_a_closed_pipe_ends_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "periodic_tui", "show", "sine-31"]
    result = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_one_line() -> None:
    command = [sys.executable, "-m", "periodic_tui", "show", "sine-31"]
    with open("/dev/full", "w") as full:
        result = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 2
    assert result.stderr.startswith(b"periodic-tui: cannot write: ")
    assert result.stderr.count(b"\n") == 1


SHORT = "train sine-31 --engine eager --steps 5"
"""A run of a moment."""


def shell(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command of the program's, written as `periodic-tui …`, with the shell's redirections and limits."""
    command = command.replace("periodic-tui", f"{sys.executable} -m periodic_tui")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("words", "code"), [(SHORT, 0), (f"{SHORT} --json --plot", 0), ("show sine-31", 0), ("check nonesuch", 2)]
)
def test_a_stream_that_is_closed_is_none_that_is_missed(stream: str, words: str, code: int) -> None:
    result = shell(f"periodic-tui {words} {stream}")
    assert (result.returncode, "Traceback" in result.stderr) == (code, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_nothing_can_be_said_where_the_disk_of_the_messages_is_full() -> None:
    assert shell("periodic-tui check nonesuch 2>/dev/full").returncode == 2
    assert shell("periodic-tui train nonesuch 2>/dev/full").returncode == 2


def test_a_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    result = shell(f"rmdir {gone}; periodic-tui {SHORT}", gone)
    assert (result.returncode, result.stderr) == (2, "periodic-tui: the working directory is gone\n")


def test_a_file_that_may_not_grow_is_one_line(tmp_path: Path) -> None:
    result = shell(f"ulimit -f 0; periodic-tui {SHORT} --no-record > {tmp_path / 'out'}")
    assert result.returncode == 2
    assert result.stderr.startswith("periodic-tui: cannot write: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's addresses")
@pytest.mark.parametrize("kilobytes", [300_000, 450_000])
def test_too_little_memory_for_torch_is_one_line(kilobytes: int) -> None:
    result = shell(f"ulimit -v {kilobytes}; periodic-tui {SHORT}")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "torch cannot be loaded" in result.stderr or "out of memory" in result.stderr


def test_the_dashboard_says_what_device_is_missing_and_exits_2() -> None:
    with Terminal([sys.executable, "-m", "periodic_tui", "--device", "cuda:99"], 80, 24) as terminal:
        terminal.wait_for("cuda:99")
        terminal.send("q")
        assert terminal.wait_exit() == 2
        assert any("periodic-tui: --device cuda:99: " in row for row in terminal.screen())
        assert terminal.unrestored() == []


@pytest.mark.parametrize("words", [["--help"], ["presets"], ["show", "sine-31"], ["check", "sine-31"]])
def test_asking_imports_neither_torch_nor_the_screen(words: list[str]) -> None:
    script = (
        "import sys\n"
        "from periodic_tui.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'torch', 'textual', 'numpy'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == "set()"


def test_a_warning_leaves_the_exit_code_at_0(tmp_path: Path) -> None:
    path = tmp_path / "clock.toml"
    path.write_text('target.kind = "clock"\nmodel.kind = "oscillators"\ntraining.loss = "circular"\n')
    checked = run("check", str(path))
    assert checked.returncode == 0
    assert checked.stdout.startswith(f"{path}: training.dtype: warning: at 1.89346e+09 float32 counts in steps of 128")
    trained = run("train", str(path), "--steps", "0", "--json")
    assert trained.returncode == 0
    assert "training.dtype: warning" in trained.stderr


INTERRUPTED_WHILE = """
import importlib.abc, os, signal, sys
from periodic_tui.cli import main

class Interrupt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            class Made:
                made = type("Named", (), {{"__set_name__": lambda *_: os.kill(os.getpid(), signal.SIGINT)}})()

sys.meta_path.insert(0, Interrupt())
main()
"""


@pytest.mark.parametrize(
    ("name", "code"),
    [("periodic_tui.cli.command", -signal.SIGINT), ("torch", 130)],
)
def test_an_interruption_of_an_import_leaves_no_traceback(name: str, code: int) -> None:
    script = INTERRUPTED_WHILE.format(name=name)
    words = ["train", "sine-31", "--steps", "1", "--no-record"]
    result = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (code, "", "")
