"""`--model` on the command line: what it refuses, and what can be done with the recording of such a run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from periodic_tui.cli.command import run
from periodic_tui.cli.dashboard import dashboard
from periodic_tui.cli.export import export
from periodic_tui.cli.presets import check
from periodic_tui.cli.resume import resume
from periodic_tui.cli.train import train
from periodic_tui.engine.components.models.module import program
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.presets.files import load
from periodic_tui.presets.recorded import recorded
from tests.engine.programs import CHAIN, HEAD
from tests.test_resume import parameters

MODEL = ("--model", "net.py:Net")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text(HEAD + 'print("to nobody")\n' + CHAIN)


def forget() -> None:
    """As in another process, where nothing was run yet."""
    program._allowed.clear()
    program._run.clear()


def trained(folder: str, *words: str, steps: int = 30) -> Recording:
    asked = ["ln-learns", *MODEL, "--engine", "eager", "--device", "cpu", "--steps", str(steps), "--record", folder]
    assert run(train, [*asked, *words]) == 0
    forget()
    return Recording(Path(folder))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--model", "other.py:Net"], "periodic-tui train: --model other.py: no such file"),
        (["--model", "net.py:Nett"], "periodic-tui train: net.py has no Nett; did you mean Net?"),
        (
            ["--model", "broken.py:Net"],
            "periodic-tui train: broken.py: line 2: NameError: name 'nonsense' is not defined",
        ),
        (
            [*MODEL, "--set", "model.hidden=[3]"],
            "ln-learns: model.hidden: the network is that of net.py, with --model expected",
        ),
        (
            [*MODEL, "--set", "init.weights=siren"],
            "ln-learns: init.weights: the network is that of net.py, with --model",
        ),
        (
            ["--set", 'model={kind="module",file="net.py",name="Net"}'],
            "ln-learns: model.kind: a preset never names a program",
        ),
    ],
)
def test_what_is_wrong_is_one_line(words: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.py").write_text("x = 1\nnonsense\n")
    assert run(train, ["ln-learns", *words, "--no-record"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len([each for each in told if each != "to nobody"]) == 1
    assert told[-1].startswith(line)


def test_a_name_without_a_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(train, ["ln-learns", "--model", "net.py"]) == 2
    assert "expected FILE.py:NAME, got 'net.py'" in capsys.readouterr().err


def test_the_dashboard_takes_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(dashboard, ["ln-learns", *MODEL]) == 2
    assert "the dashboard needs a terminal" in capsys.readouterr().err


def test_stdout_is_for_results(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.py").write_text(HEAD + CHAIN.replace("return self.layers(x)", "print(x.shape); return self.layers(x)"))
    trained("run", "--json", steps=2)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "summary"
    assert [layer["units"] for layer in lines[-1]["layers"]] == [6, 5]


def test_the_recording_holds_what_was_found_and_whose_it_is() -> None:
    experiment = recorded(trained("run"))[1]
    assert experiment.title == "ln x: another start learns by net.py:Net"
    assert experiment.model.model_dump()["file"] == str(Path("net.py").absolute())
    assert experiment.model.hidden_units == (6, 5)


def test_a_table_s_story_stays_and_a_preset_s_does_not() -> None:
    Path("tide.csv").write_text("hour,level\n" + "".join(f"{h},{h * h}\n" for h in range(40)))
    program_of = (str(Path("net.py").absolute()), "Net")
    assert "The network sees standardized columns (hour 19.5" in load("tide.csv", (), program_of)[1].story
    story = load("ln-learns", (), program_of)[1].story
    assert story == "What ln-learns asks for, with the network that Net in net.py makes."


def test_it_is_gone_on_with_and_repeated_once_the_file_is_named_again(capsys: pytest.CaptureFixture[str]) -> None:
    whole = trained("whole", "--at", "10:scale-lr:0.5")
    trained("half", "--at", "10:scale-lr:0.5", steps=20)
    for command, words in (
        (resume, ["half", "--steps", "30"]),
        (train, ["--from-journal", "whole", "--record", "again"]),
    ):
        capsys.readouterr()
        assert run(command, words) == 2
        assert "has the model net.py:Net; to let it run again, name it: --model" in capsys.readouterr().err
        assert run(command, [*words, *MODEL]) == 0
        forget()
    for folder in ("half", "again"):
        assert np.array_equal(parameters(Recording(Path(folder))), parameters(whole))


def test_a_file_elsewhere_will_do_and_one_that_has_changed_is_said() -> None:
    whole, half = trained("whole"), trained("half", steps=20)
    Path("net.py").rename("moved.py")
    Path("moved.py").write_text(Path("moved.py").read_text() + "\n# changed\n")
    assert run(resume, ["half", "--steps", "30", "--model", "moved.py:Net"]) == 0
    assert np.array_equal(parameters(half), parameters(whole))
    assert any("moved.py:Net has changed since this run was recorded" in line.text for line in half.lines())


def test_another_network_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    trained("run")
    Path("net.py").write_text(Path("net.py").read_text().replace("6", "7"))
    assert run(resume, ["run", "--steps", "40", *MODEL]) == 2
    assert "net.py:Net makes another network than the one that was recorded" in capsys.readouterr().err


def test_a_recording_of_a_preset_s_model_takes_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(train, ["sine-31", "--steps", "2", "--engine", "eager", "--record", "run"]) == 0
    assert run(resume, ["run", "--steps", "3", *MODEL]) == 2
    assert "run has a model of its preset's, expected no --model" in capsys.readouterr().err


def test_exports(capsys: pytest.CaptureFixture[str]) -> None:
    made = trained("run")
    Path("net.py").rename("gone.py")  # nothing of it is run
    for form in ("csv", "svg", "safetensors"):
        assert run(export, ["run", "--to", form]) == 0
    tensors = safetensors.numpy.load_file("run.safetensors")
    flat = np.concatenate([values.ravel() for values in tensors.values()])
    assert list(tensors) == sorted(tensors)
    assert tensors["layers.0.weight"].shape == (6, 1)
    assert np.isclose(np.abs(flat).sum(), np.abs(parameters(made)).sum())
    assert not Path("run.toml").exists()
    capsys.readouterr()
    assert run(export, ["run", "--to", "python"]) == 2
    assert "net.py:Net is the network's source already" in capsys.readouterr().err


def test_it_starts_from_exported_weights() -> None:
    made = trained("run")
    assert run(export, ["run", "--to", "safetensors"]) == 0
    again = trained("again", "--set", "init.file=run.safetensors", steps=0)
    assert np.array_equal(parameters(again), parameters(made))


def test_no_preset_and_no_recording_lets_a_file_run(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.toml").write_text('target.kind = "log"\n[model]\nkind = "module"\nfile = "net.py"\nname = "Net"\n')
    assert run(check, ["own.toml"]) == 2
    assert "a preset never names a program, only --model FILE.py:NAME does" in capsys.readouterr().out
    trained("run")
    shutil.move("net.py", "elsewhere.py")
    Path("net.py").write_text("raise SystemError('it ran')")
    assert run(export, ["run", "--to", "safetensors"]) == 0
    assert run(resume, ["run", "--steps", "40"]) == 2
