"""`export` as scripts see it: what it writes, what it never overwrites, what it refuses."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from periodic_tui.cli.command import run as run_command
from periodic_tui.cli.export import FORMATS, export
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.presets.files import load
from tests.export.recorded import put_checkpoint, put_picture, recorded, trained

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = {
    "csv": {"run.csv"},
    "tensorboard": {"run-tensorboard/events.out.tfevents.periodic-tui"},
    "svg": {"run.svg"},
    "safetensors": {"run.safetensors", "run.toml"},
    "python": {"run.py", "run.npz"},
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "run"
    recorded(folder, trained("ln-learns"))
    return folder


@pytest.fixture
def run(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recorded run of one's own, beside the working directory."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Path(shutil.copytree(original, tmp_path / "run"))


@pytest.fixture(params=FORMATS)
def form(request: pytest.FixtureRequest) -> str:
    if request.param == "tensorboard":
        pytest.importorskip("tensorboard")
    return str(request.param)


def files() -> dict[str, bytes]:
    here = Path.cwd()
    return {path.relative_to(here).as_posix(): path.read_bytes() for path in here.rglob("*") if path.is_file()}


def said_by(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that is said of bad input."""
    capsys.readouterr()
    assert run_command(export, words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.isprintable()
    return line


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The same, after whose it is."""
    line = said_by(capsys, *words)
    assert line.startswith("periodic-tui export: ")
    return line


def test_it_writes_beside_nobody_and_says_what(form: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(export, [str(run), "--to", form]) == 0
    assert set(capsys.readouterr().out.splitlines()) == set(files()) == WRITTEN[form]


def test_the_same_recording_s_export_may_be_written_again(form: str, run: Path) -> None:
    for _ in range(2):
        assert run_command(export, [str(run), "--to", form]) == 0
    assert set(files()) == WRITTEN[form]


def test_nothing_of_anybody_else_is_overwritten(form: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(export, [str(run), "--to", form]) == 0
    about = json.loads((run / layout.ABOUT).read_text())
    (run / layout.ABOUT).write_text(json.dumps(about | {"created": 1.0}))
    before = files()
    assert "is there already, and no export of this recording" in refused(capsys, str(run), "--to", form)
    assert files() == before
    other = "other" + FORMATS[form][0]
    assert run_command(export, [str(run), "--to", form, "--out", other]) == 0
    assert before.items() < files().items()


def test_a_link_is_not_written_through(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("run.csv").symlink_to(tmp_path / "elsewhere")
    assert "is there already" in refused(capsys, str(run), "--to", "csv")


def test_where_nothing_can_be_written_one_line_says_so(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").touch()
    assert "cannot be written" in refused(capsys, str(run), "--to", "csv", "--out", "file/run.csv")
    assert run_command(export, [str(run), "--to", "csv", "--out", "no/such/folder.csv"]) == 0
    assert "expected a name that ends in .py" in refused(capsys, str(run), "--to", "python", "--out", "run.npz")


def damaged(run: Path) -> None:
    for folder in (layout.PICTURES, layout.CHECKPOINTS):
        for path in (run / folder).iterdir():
            path.write_bytes(path.read_bytes()[:-100])


def foreign(run: Path) -> None:
    (run / layout.ABOUT).write_text('{"format": 1, "kind": "a cookbook"}')


def of_another_version(run: Path) -> None:
    (run / layout.ABOUT).write_text('{"format": 99}')


def half_copied(run: Path) -> None:
    for folder in (layout.PICTURES, layout.CHECKPOINTS):
        shutil.rmtree(run / folder)


def a_file(run: Path) -> None:
    shutil.rmtree(run)
    run.write_text("nothing")


def a_recording_of_links(run: Path) -> None:
    for folder in (layout.PICTURES, layout.CHECKPOINTS):
        (run / folder).rename(run / f"my {folder}")
        (run / folder).symlink_to(run / f"my {folder}")


@pytest.mark.parametrize("harm", [damaged, foreign, of_another_version, half_copied, a_file, a_recording_of_links])
def test_what_is_no_recording_is_refused(
    harm: Callable[[Path], None], form: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harm(run)
    capsys.readouterr()
    assert run_command(export, [str(run), "--to", form]) == 2
    out, err = capsys.readouterr()
    *passed_over, last = err.splitlines()
    assert out == ""
    assert all(line.startswith("passed over ") for line in passed_over)
    assert last.startswith("periodic-tui export: ")
    assert files() == {}


def tree(table: object = None, parameters: object = None) -> dict[str, object]:
    """A checkpoint of ln-learns, with these in their places."""
    own = load("ln-learns")[1].model_dump(mode="json", exclude_none=True)
    zeros = np.zeros((1, 621), np.float32)
    state = {"parameters": zeros if parameters is None else parameters}
    return {"experiment": own if table is None else table, "trainer": {"state": state}}


TARGET = {"target": {"noise": 0.0}}
TAMPERED = {
    "nothing": ([], "it has no experiment"),
    "no experiment": (tree([]), "it has no target.noise"),
    "another experiment": (tree(TARGET | {"model": "mpl"}), "unknown model"),
    "noise that is none": (tree({"target": {"noise": [[]]}}), "its noise is none"),
    "noise beyond measure": (tree({"target": {"noise": -1.0}, "model": "mlp"}), "its noise is none"),
    "other parameters": (tree(None, np.zeros((1, 620), np.float32)), "expected parameters [1, 621]"),
    "other replicas": (tree(None, np.zeros((2, 621), np.float32)), "expected parameters [1, 621]"),
    "another dtype": (tree(None, np.zeros((1, 621))), "expected parameters in float32"),
    "no numbers": (tree(None, np.full((1, 621), np.nan, np.float32)), "its parameters are not finite"),
    "no array": (tree(None, [1.0]), "expected parameters in float32"),
    "another layout": (tree(TARGET | {"model": "linear"}), "expected parameters [1, 2]"),
}


@pytest.mark.parametrize("form", ["safetensors", "python"])
@pytest.mark.parametrize("case", TAMPERED)
def test_a_tampered_checkpoint_is_refused(case: str, form: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint, said = TAMPERED[case]
    put_checkpoint(run, 10, checkpoint, number=1)
    assert said in refused(capsys, str(run), "--to", form)


def test_a_path_in_a_recording_leads_nowhere(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("x,y\n1,2\n3,4\n")
    own = """model = "linear"\ntarget = {{ kind = "csv", path = "{}", x = ["x"], y = ["y"] }}"""
    put_checkpoint(run, 10, tree(TARGET | {"model": "linear"}, np.zeros((1, 2), np.float32)), number=1)
    (run / layout.PRESET).write_text(own.format(secret))
    line = "run/preset.toml: is no preset: target.path: expected the name of a file in tables"
    assert said_by(capsys, str(run), "--to", "python").startswith(line)
    (run / layout.TABLES).mkdir()
    (run / layout.TABLES / "secret.csv").symlink_to(secret)
    (run / layout.PRESET).write_text(own.format("secret.csv"))
    assert said_by(capsys, str(run), "--to", "python").startswith(line)


def test_a_picture_that_cannot_be_drawn_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = Recording(run)
    snapshot = recording.picture(recording.pictures()[-1])
    put_picture(run, replace(snapshot, fit=replace(snapshot.fit, x=np.zeros(3))), number=1)
    assert "its newest picture cannot be drawn: " in refused(capsys, str(run), "--to", "svg")


def test_the_picture_is_svg_with_the_preset_s_name(run: Path) -> None:
    assert run_command(export, [str(run), "--to", "svg"]) == 0
    assert "ln-learns" in "".join(ElementTree.fromstring(Path("run.svg").read_text()).itertext())


def program(*words: str) -> str:
    """What the program prints."""
    command = [sys.executable, "-m", "periodic_tui", *words]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def loss_of(*words: str) -> float:
    told = json.loads(program("train", *words, "--json", "--engine", "eager").splitlines()[-1])
    return float(told["loss"])


def test_what_is_recorded_is_exported_trained_on_and_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = loss_of("ln-learns", "--steps", "30", "--record", "first")
    assert run_command(export, ["first", "--to", "safetensors"]) == 0
    assert loss_of("first.toml", "--steps", "0", "--record", "second") == before
    Path("first.safetensors").unlink()
    assert json.loads(program("resume", "second", "--json").splitlines()[-1])["loss"] == before
    assert run_command(export, ["second", "--to", "safetensors"]) == 0
    assert loss_of("second.toml", "--steps", "0", "--no-record") == before
    assert run_command(export, ["second", "--to", "python"]) == 0
    printed = subprocess.run([sys.executable, "second.py"], capture_output=True, text=True, check=True).stdout
    assert float(printed) == pytest.approx(before, rel=1e-5)
