"""A stranger's text through every door of the command line: what comes out is lines of text, and still the same."""

from __future__ import annotations

import csv
import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from periodic_tui.cli import chosen
from periodic_tui.cli.command import run
from periodic_tui.cli.say import LONGEST, columns
from periodic_tui.engine.recording import layout
from periodic_tui.presets.files import dump, load
from periodic_tui.printable import cells_of
from tests.hostile import HOSTILE, LONG, PIECES, harm_in
from tests.recordings import write_json, write_recording
from tests.ui.scripted import SINE

NAME = HOSTILE.translate({0: None, ord("/"): None, 0xD800: 0xDC80})[:60]
"""A file may be called so."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run, and find their recordings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Told:
    """Runs a command on its words; its exit code and what it has said, which is checked to be harmless."""

    def call(*words: str) -> tuple[int, str, str]:
        code = run(*chosen(list(words)))
        out, err = capfd.readouterr()
        assert (harm_in(out), harm_in(err), "Traceback" in err) == ([], [], False)
        assert max(map(len, err.splitlines()), default=0) <= LONGEST
        return code, out, err

    return call


@pytest.mark.parametrize("text", [*PIECES, HOSTILE, LONG], ids=range(len(PIECES) + 2))
def test_no_word_of_a_command_line_is_more_than_text(text: str, told: Told) -> None:
    word = f"x{text}"
    doors = [
        [word], ["show", word], ["check", word], ["train", word], ["runs", "--delete", word], ["resume", word],
        ["replay", word], ["export", word, "--to", "csv"], ["export", "x", "--to", word], ["watch", word],
        [f"--{word}"], ["watch", "-m", word], ["presets", word], ["train", "sine-31", "--from-journal", word],
        *([where, "sine-31", *option] for where in ("train",) for option in (
            ["--set", word], ["--set", f"{word}=1"], ["--set", f"optimizer.kind={word}"], ["--set", f"seed={word}"],
            ["--set", f"title={word}\x1b"], ["--at", word], ["--at", f"1:{word}"], ["--at", f"1:remedy:{word}"],
            ["--device", word], ["--engine", word], ["--model", word], ["--model", f"{word}.py:Net"], ["--steps", word],
        )),
    ]  # fmt: skip
    for words in doors:
        code, out, err = told(*words)
        assert (code, bool(out) or bool(err)) == (2, True), words


def test_no_file_is_called_so_that_its_name_is_more_than_text(folder: Path, told: Told) -> None:
    for end, content in ((".toml", "target = ["), (".csv", "a,b\n1,x\n2,3\n"), (".py", "import nonesuch")):
        (folder / f"{NAME}{end}").write_text(content)
        for words in (["check"], ["show"], ["train"]):
            assert told(*words, f"./{NAME}{end}")[0] == 2
    assert told("train", "sine-31", "--model", f"./{NAME}.py:Net", "--steps", "0")[0] == 2


@pytest.mark.parametrize("piece", [*PIECES, HOSTILE])
def test_every_key_and_value_of_a_preset_is_told_as_text(piece: str, folder: Path, told: Told) -> None:
    piece = piece.replace("\ud800", "")
    for table in (
        {"title": f"\x1b{piece}"}, {"story": f"\x1b{piece}"}, {"outcome": f"\x1b{piece}"}, {f"k{piece}": 1},
        {"target": {"kind": piece}}, {"target": {"kind": "sine", f"k{piece}": 2}}, {"model": {"kind": piece}},
        {"model": {"kind": "mlp", "hidden": [2], "activation": piece}}, {"training": {"loss": piece}},
        {"target": {"kind": "csv", "path": f"{piece}x", "x": [piece], "y": ["y"]}}, {"init": {"file": f"x{piece}"}},
        {"remedies": {piece: 1}}, {"screen": {"panes": [piece]}}, {"optimizer": {"lr": piece}},
    ):  # fmt: skip
        whole = {"target": {"kind": "sine"}, "model": {"kind": "sine-unit"}} | table
        (folder / "own.toml").write_text(tomli_w.dumps(whole))
        assert told("check", "own.toml")[0] == 2, table


def test_a_table_is_read_back_as_the_same_run(folder: Path, told: Told) -> None:
    names = [
        f"{piece.strip()}{number}" for number, piece in enumerate(PIECES) if "\ud800" not in piece and "\0" not in piece
    ]
    with (folder / f"{NAME.replace(chr(0xDC80), '')}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, range(len(names)), range(1, len(names) + 1)])
    code, shown, _ = told("show", file.name)
    assert code == 0
    assert tomllib.loads(shown)["target"]["x"] == names[:-1]
    (folder / "again.toml").write_text(shown)
    assert dump(load("again.toml")[1]) == shown
    told("check", file.name, "again.toml")


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"])), st.text(st.characters(codec="utf-8")))
@settings(max_examples=50)
def test_what_is_shown_is_read_back_the_same(title: str, column: str) -> None:
    from periodic_tui.presets.files import as_toml

    table = {"title": title, "target": {"x": [column], column or "k": {"y": column}}}
    assert tomllib.loads(as_toml(table)) == table
    assert harm_in(as_toml(table)) == []


def test_a_name_that_no_preset_can_hold_is_refused_in_a_line(folder: Path, told: Told) -> None:
    """A file's name that is no UTF-8 cannot stand in TOML."""
    (folder / "a\udcff.csv").write_text("a,b\n1,2\n2,3\n")
    code, out, err = told("show", "a\udcff.csv")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "\\udcff" in err


@pytest.mark.parametrize("to", ["csv", "svg"])
def test_a_recording_is_listed_and_exported_as_text(to: str, folder: Path, told: Told) -> None:
    runs = folder / "state" / "periodic-tui" / "runs"
    about = write_recording(runs / NAME.replace("\udc80", ""), [SINE]) / layout.ABOUT
    kept = json.loads(about.read_text())
    write_json(about, {k: v for k, v in kept.items() if k != "format"} | {"name": LONG, "title": LONG, "script": LONG})
    assert told("runs")[0] == 0
    code, listed, _ = told("runs", "--json")
    assert code == 0
    assert told("export", json.loads(listed)[0]["path"], "--to", to, "--out", f"out.{to}")[0] == 0
    assert harm_in((folder / f"out.{to}").read_text()) == []


def test_columns_stand_below_each_other_whatever_is_in_them() -> None:
    lines = list(columns([[piece, "|"] for piece in (*PIECES, LONG)]))
    assert len({cells_of(line) for line in lines}) == 1
    assert [harm_in(line) for line in lines] == [[]] * len(lines)


def test_no_environment_is_more_than_text(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PERIODIC_TUI_MB_A_RUN", "PERIODIC_TUI_MB_IN_ALL", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, os.fsdecode(os.fsencode(f"1{HOSTILE}".replace("\0", "").replace("\ud800", ""))))
        told("train", "sine-31", "--steps", "0", "--engine", "eager")
