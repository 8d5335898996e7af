"""A table on the command line: trained, recorded, gone on with, repeated and exported like any preset."""

from pathlib import Path

import numpy as np
import pytest

from periodic_tui.cli.command import run
from periodic_tui.cli.export import export
from periodic_tui.cli.presets import check, show
from periodic_tui.cli.resume import resume
from periodic_tui.cli.train import train
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.presets.files import load
from periodic_tui.presets.recorded import recorded
from tests.test_resume import parameters


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tide.csv").write_text("hour,level\n" + "".join(f"{h},{h * h}\n" for h in range(40)))


def trained(*words: str, steps: int = 20) -> Recording:
    asked = [
        "tide.csv",
        "--steps",
        str(steps),
        "--engine",
        "eager",
        "--device",
        "cpu",
        "--record",
        words[0],
        *words[1:],
    ]
    assert run(train, asked) == 0
    return Recording(Path(words[0]))


def test_a_table_s_run_is_gone_on_with_and_repeated_to_the_last_bit() -> None:
    whole, half = trained("whole"), trained("half", steps=10)
    Path("tide.csv").unlink()  # a recording has its own
    assert run(resume, ["half", "--steps", "20"]) == 0
    assert run(train, ["--from-journal", "whole", "--record", "again"]) == 0
    for other in (half, Recording(Path("again"))):
        assert other.status.step == 20
        assert np.array_equal(parameters(other), parameters(whole))


def test_its_exports_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    trained("run")
    for form in ("csv", "svg", "safetensors", "python"):
        assert run(export, ["run", "--to", form]) == 0
    experiment = load("run.toml")[1]
    assert experiment.target.column_names("x") == ("hour",)
    assert "run-path.csv" in capsys.readouterr().out


def test_settings_are_in_the_preset_of_the_recording() -> None:
    made = trained("run", "--set", "model.hidden=[3]", "--set", "target.test=0.2")
    experiment = recorded(made)[1]
    assert (experiment.model.hidden_units, experiment.domain.points) == ((3,), 32)


def test_what_show_prints_is_the_preset_that_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(show, ["tide.csv"]) == 0
    Path("shown.toml").write_text(capsys.readouterr().out)
    assert load("shown.toml")[1] == load("tide.csv")[1]


def test_a_wrong_table_is_said_a_line_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tide.csv").write_text("hour,level\n1,x\n2\n3,4\n")
    told = [
        "tide.csv: line 2, column 'level': expected a finite number, got 'x'",
        "tide.csv: line 3: expected 2 cells, got 1",
    ]
    assert run(check, ["tide.csv"]) == 2
    assert capsys.readouterr().out.splitlines() == told
    assert run(train, ["tide.csv"]) == 2
    assert capsys.readouterr().err.splitlines() == told
