"""`watch` in real processes: a script runs as it does alone, and its exit code and what it prints are passed on."""

import json
import os
import shlex
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.recording import Recording
from tests.pty.terminal import PATIENCE, ROOT

TRAINS = """
    import time
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
Script = Callable[..., Path]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recordings are, of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    return tmp_path / "state" / "periodic-tui" / "runs"


@pytest.fixture
def script(tmp_path: Path) -> Script:
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
    "arguments": "import sys; print(sys.argv, sys.orig_argv[-5:], sys.path[0], __name__, __file__, __spec__)",
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
    "excepthook": "import sys\nsys.excepthook = lambda k, v, t: print(k, v, t.tb_lineno, t.tb_next)\nraise KeyError(1)",
    "atexit": "import atexit, sys\natexit.register(lambda: print(sys.modules['__main__'].late))\nlate = 5",
    "thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()",
    "pickle": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
    "closed stdout": "import sys\nprint('one', flush=True)\nsys.stdout.close()",
    "fork": "import os, sys\nif os.fork(): print(os.wait()[1])\nelse: print('child'); sys.exit(1)",
    "warning": "import warnings; warnings.warn('look')",
    "interrupted": "raise KeyboardInterrupt",
    "output": "print('x' * 99, end='')",
}


def same(words: Sequence[str], cwd: Path, flags: Sequence[str] = ()) -> None:
    """A program does the same whether it is watched or not."""
    alone = run(*words, cwd=cwd, flags=flags)
    seen = run("-m", "periodic_tui", "watch", "--headless", *words, cwd=cwd, flags=flags)
    assert seen.returncode == (alone.returncode if alone.returncode >= 0 else 128 - alone.returncode)
    assert seen.stdout == alone.stdout
    before, said, _ = seen.stderr.partition(f"{shlex.join(words)}: ")
    assert (before, bool(said)) == (alone.stderr, True)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_runs_as_it_does_alone(state: Path, script: Script, tmp_path: Path, text: str) -> None:
    script("", "own/beside.py")
    script("").write_text(text, encoding="latin-1")
    same(["own/train.py", "--seed", "-h", "--", "a b"], tmp_path)


@pytest.mark.parametrize("way", ["./own/train.py", "own/../own/train.py", "link.py", "no suffix"])
def test_a_script_is_found_as_the_interpreter_finds_it(state: Path, script: Script, tmp_path: Path, way: str) -> None:
    path = script("import sys; print(sys.argv, sys.path[0], __file__); 1 / 0")
    (tmp_path / "link.py").symlink_to(path)
    (tmp_path / "no suffix").write_bytes(path.read_bytes())
    same([way], tmp_path)


MODULES = {
    "module": ["-m", "package.part", "--headless", "-m"],
    "package": ["-m", "package", "a"],
    "folder": ["package", "b"],
    "zip": ["zipped", "c"],
}


@pytest.mark.parametrize("words", MODULES.values(), ids=MODULES)
def test_modules_and_folders_run_as_they_do_alone(
    state: Path, script: Script, tmp_path: Path, words: Sequence[str]
) -> None:
    text = """
        import sys
        print(sys.argv, sys.orig_argv[-3:], sys.path[0], __name__, __package__, __file__, __spec__ and __spec__.name)
        sys.exit(4)
    """
    for name in ("__init__", "part", "__main__"):
        path = script(text if name != "__init__" else "", f"package/{name}.py")
    with zipfile.ZipFile(tmp_path / "zipped", "w") as file:
        file.write(path, "__main__.py")
    same(words, tmp_path)


FLAGS = [
    ["-W", "error"],
    ["-X", "dev", "-X", "mine=1"],
    ["-O", "-u", "-B"],
    ["-P"],
]


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_flags_of_the_interpreter_are_passed_on(
    state: Path, script: Script, tmp_path: Path, flags: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    script(
        """
        import sys, warnings
        print(sys.flags, sys._xoptions, sys.warnoptions, sys.stdout.write_through, sys.path)
        warnings.warn("look")
        """
    )
    same(["own/train.py"], tmp_path, flags)


WATCHED = {
    "trains": "train(40)",
    "raises": "train(10); 1 / 0",
    "exits": "import sys; train(10); sys.exit(3)",
    "goes back twice": "loss = net(torch.ones(1, 1)).square().sum(); loss.backward(); loss.backward()",
    "prints much": "train(3)\nfor _ in range(100_000): print('0123456789' * 10)",
    "two models": "train(5); net = torch.nn.Linear(1, 1); opt = torch.optim.Adam(net.parameters()); train(5)",
    "no folder": "import os, shutil; train(5); shutil.rmtree(os.getcwd()); train(5)",
    "forks": "import os, sys; train(5); sys.exit(7) if os.fork() == 0 else os.wait(); train(5)",
    "trains in a fork": "import os\nif os.fork(): os.wait()\ntrain(5)",
}
"""Scripts that train, and what else they do."""


@pytest.mark.parametrize("text", WATCHED.values(), ids=WATCHED)
def test_a_script_that_trains_does_as_it_does_alone(state: Path, script: Script, tmp_path: Path, text: str) -> None:
    path, here = script(text, begin=TRAINS), tmp_path / "here"
    results = []
    for program in ([], ["-m", "periodic_tui", "watch", "--headless"]):
        here.mkdir(exist_ok=True)
        results.append(run(*program, str(path), cwd=here))
    alone, seen = results
    assert (seen.returncode, seen.stdout) == (alone.returncode, alone.stdout)
    assert seen.stderr.startswith(f"{alone.stderr}{path}: ")


def test_a_summary_tells_what_was_seen(state: Path, script: Script, tmp_path: Path) -> None:
    path = script("train(40); import sys; sys.exit(3)", begin=TRAINS)
    result, summary = watched(path, "--lr", "a b", cwd=tmp_path)
    assert result.returncode == 3
    assert summary["script"] == f"{path} --lr 'a b'"
    assert (summary["steps"], summary["exit_code"], summary["status"]) == (40, 3, "failed")
    assert summary["loss"] == float.fromhex(result.stdout.split()[-1])
    assert summary["seconds"] > 0
    assert summary["causes"][0] == summary["verdict"]
    assert set(summary["verdict"]) == {"code", "text", "figures"}
    assert [layer["kind"] for layer in summary["layers"]] == ["Linear", "ReLU", "Linear"]
    assert [layer["units"] for layer in summary["layers"]] == [None, 8, None]
    recording = Recording(Path(summary["recording"]))
    assert (recording.about.name, recording.about.script) == ("train.py", summary["script"])
    assert recording.status.ended == "failed"
    assert recording.preset == ""
    assert not (recording.folder / layout.OUTPUT).exists()
    last = recording.picture(recording.pictures()[-1])
    assert last.script is not None
    assert (last.script.code, last.script.captured, last.state) == (3, False, "finished")


DIES = {
    "by SIGKILL": ("import os; train(20); time.sleep(1); os.kill(os.getpid(), 9)", 137, "killed"),
    "by a fault": ("import ctypes; train(20); time.sleep(1); ctypes.string_at(0)", 139, "killed"),
    "by os._exit": ("import os; train(20); time.sleep(1); os._exit(7)", 7, "failed"),
    "by abort": ("import os; train(20); time.sleep(1); os.abort()", 134, "killed"),
}


@pytest.mark.parametrize(("text", "code", "how"), DIES.values(), ids=DIES)
def test_a_script_that_dies_leaves_what_was_seen(
    state: Path, script: Script, tmp_path: Path, text: str, code: int, how: str
) -> None:
    result, summary = watched(script(text, begin=TRAINS), cwd=tmp_path)
    assert (result.returncode, summary["exit_code"], summary["status"]) == (code, code, how)
    assert summary["steps"] > 0
    recording = Recording(Path(summary["recording"]))
    assert not recording.being_written
    assert recording.status.ended == ""


NOT_TRAINED = {
    "no torch": ("print(1)", "never imported torch"),
    "no step": ("import torch; print(1)", "no optimizer stepped"),
    "at once": ("import torch, os; print(1, flush=True); os.kill(os.getpid(), 9)", "ended before a step was seen"),
    "bad import": ("print(1)\nimport torch.nothing", "no optimizer stepped"),
}


@pytest.mark.parametrize(("text", "said"), NOT_TRAINED.values(), ids=NOT_TRAINED)
def test_a_script_that_never_trains_is_said(state: Path, script: Script, tmp_path: Path, text: str, said: str) -> None:
    result, summary = watched(script(text), cwd=tmp_path)
    assert result.stdout == "1\n"
    assert summary["steps"] == 0
    assert summary["loss"] is None
    assert summary["verdict"]["code"] == "not-trained"
    assert said in summary["verdict"]["text"]
    assert len(Recording(Path(summary["recording"])).pictures()) == 1


WORKERS = """
    import sys
    import torch
    class Squares(torch.utils.data.Dataset):
        def __len__(self): return 64
        def __getitem__(self, i): return torch.tensor([i / 64.0])
    if __name__ == "__main__":
        torch.manual_seed(0)
        net = torch.nn.Linear(1, 1)
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        data = torch.utils.data.DataLoader(
            Squares(), 16, shuffle=True, num_workers=2, multiprocessing_context=sys.argv[1]
        )
        for x in data:
            loss = (net(x) - x * x).square().mean()
            opt.zero_grad(); loss.backward(); opt.step()
            print(loss.item().hex())
"""


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_workers_load_what_the_script_defines(state: Path, script: Script, tmp_path: Path, context: str) -> None:
    path = script(WORKERS)
    alone = run(path, context, cwd=tmp_path)
    seen, summary = watched(path, context, cwd=tmp_path)
    assert (seen.returncode, seen.stdout, seen.stderr) == (0, alone.stdout, "")
    assert summary["steps"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--headless missing.py", "missing.py: no such file"),
        ("--headless empty", "empty: holds no __main__.py"),
        ("--headless notes.ipynb", "notes.ipynb: expected a Python script, or -m and the name of a module"),
        ("--headless -m nothing.at.all", "-m nothing.at.all: there is no such module"),
        ("--headless -m json.nothing", "-m json.nothing: there is no such module"),
        ("--headless", "Missing argument 'SCRIPT'"),
        ("--json train.py", "--json goes with --headless"),
        ("train.py", "the dashboard needs a terminal; --headless watches without one"),
        ("--headless --record full train.py", "--record full: holds something already"),
        ("--headless --record new --no-record train.py", "--record and --no-record exclude each other"),
        ("--headless --hedless train.py", "No such option"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    state: Path, script: Script, tmp_path: Path, words: str, said: str
) -> None:
    for name in ("train.py", "notes.ipynb", "full/file", "empty/other"):
        script("print('ran')", name)
    result = run("-m", "periodic_tui", "watch", *words.split(), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    first, *more = result.stderr.splitlines()
    assert first.startswith(f"periodic-tui watch: {said}")
    assert more in ([], ["periodic-tui watch --help shows what there is"]) or "-m json" in words
    assert not state.exists() or "-m json" in words


def test_where_it_is_recorded(state: Path, script: Script, tmp_path: Path) -> None:
    path = script("print(1)")
    _, summary = watched("--record", "mine", "--name", "first try", path, cwd=tmp_path)
    assert summary["recording"] == str(tmp_path / "mine")
    assert Recording(tmp_path / "mine").about.name == "first try"
    assert not state.exists()
    folder = script("", "tmp/x").parent
    result, summary = watched("--no-record", path, cwd=tmp_path, env=os.environ | {"TMPDIR": str(folder)})
    assert (result.stdout, summary["recording"]) == ("1\n", None)
    assert summary["verdict"]["code"] == "not-trained"
    assert [each.name for each in folder.iterdir()] == ["x"]
    assert not state.exists()


def test_a_recording_that_the_script_deletes_is_missing_in_the_summary_alone(
    state: Path, script: Script, tmp_path: Path
) -> None:
    path = script("import shutil, sys; train(3); shutil.rmtree('mine'); sys.exit(4)", begin=TRAINS)
    result, summary = watched("--record", "mine", path, cwd=tmp_path)
    assert result.returncode == 4
    assert (summary["verdict"], summary["causes"], summary["exit_code"]) == (None, [], 4)
    assert "no recording" in summary["unseen"][0]


def test_a_script_whose_reader_has_gone_ends_as_alone(state: Path, script: Script, tmp_path: Path) -> None:
    path = script("for _ in range(100_000): print('0123456789')")
    codes = []
    for program in ("", "-m periodic_tui watch --headless --json"):
        line = f"{sys.executable} {program} {path} | head -1; echo ${{PIPESTATUS[0]}}"
        codes.append(subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True).stdout)
    assert codes[0] == codes[1]


def test_recordings_of_scripts_are_told_apart(state: Path, script: Script, tmp_path: Path) -> None:
    path = script("train(40)", begin=TRAINS)
    _, summary = watched("--name", "mine", path, "--lr", "1", cwd=tmp_path)
    name = Path(summary["recording"]).name
    assert "mine (script)" in run("-m", "periodic_tui", "runs", cwd=tmp_path).stdout
    (entry,) = json.loads(run("-m", "periodic_tui", "runs", "--json", cwd=tmp_path).stdout)
    assert (entry["preset"], entry["script"], entry["steps"]) == (None, f"{path} --lr 1", 40)
    refused = f"{name}: code of your own trained this, and alone knows its network: start that again ({path} --lr 1)"
    for words in (
        "resume NAME",
        "train --from-journal NAME",
        "export NAME --to python",
        "export NAME --to safetensors",
    ):
        result = run("-m", "periodic_tui", *words.replace("NAME", name).split(), cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"periodic-tui {words.split()[0]}: {refused}\n"
    result = run("-m", "periodic_tui", "resume", cwd=tmp_path)
    assert "there is no recording to go on with" in result.stderr
    for form in ("csv", "svg"):
        assert run("-m", "periodic_tui", "export", name, "--to", form, cwd=tmp_path).returncode == 0
    losses = [line.split(",") for line in (tmp_path / f"{name}.csv").read_text().splitlines() if "batch loss" in line]
    assert (int(losses[0][2]), int(losses[-1][3])) == (1, 40)


def test_a_recording_whose_pictures_are_damaged_tells_what_it_can(state: Path, script: Script, tmp_path: Path) -> None:
    text = """
        import os, pathlib
        train(20)
        time.sleep(2)
        for each in pathlib.Path("mine/pictures").iterdir(): each.write_bytes(b"half")
        os._exit(6)
    """
    result, summary = watched("--record", "mine", script(text, begin=TRAINS), cwd=tmp_path)
    assert result.returncode == summary["exit_code"] == 6
    assert summary["verdict"] is None
    assert summary["steps"] > 0
    assert summary["script"].endswith("train.py")
    assert "no picture that can be read" in summary["unseen"][0]
