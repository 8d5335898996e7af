"""The user's config file: what it changes, what it never changes, and what is said where it is wrong."""

import string
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from textual.keys import _character_to_key
from textual.theme import BUILTIN_THEMES

from periodic_tui.cli import subcommand
from periodic_tui.cli.command import run
from periodic_tui.cli.config import Config, ConfigError, config_path, is_config, read
from periodic_tui.cli.dashboard import dashboard
from periodic_tui.cli.doctor import _config
from periodic_tui.ui.key_names import character_name, key_name
from periodic_tui.ui.key_table import GROUPS, PANE_KEYS, clashes, default_keys

Write = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the user's config file."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def write(text: str) -> Path:
        path = tmp_path / "periodic-tui/config.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


def values(command: click.Command, *words: str) -> dict[str, object]:
    """Of the parameters of a command line."""
    with command.make_context(command.name, list(words)) as context:
        return context.params


def test_flags_win_over_the_file_and_that_over_what_is_built_in(written: Write) -> None:
    written('[defaults]\nfps = 30\nengine = "eager"\ndevice = "cpu"\nglyphs = "ascii"\n')
    assert values(dashboard) | {"fps": 30, "engine": "eager", "device": "cpu", "glyphs": "ascii"} == values(dashboard)
    assert values(dashboard, "--fps", "5", "--glyphs", "braille") | {"fps": 5, "glyphs": "braille"} == values(
        dashboard, "--fps", "5", "--glyphs", "braille"
    )
    assert values(subcommand("train"), "sine-31")["engine"] == "eager"
    assert values(subcommand("replay"), "last")["glyphs"] == "ascii"
    assert values(dashboard, "--no-config")["fps"] == 10


def test_a_preset_is_as_it_is_whatever_the_file_says(written: Write) -> None:
    written('[defaults]\nengine = "eager"\n')
    assert values(subcommand("train"), "sine-31")["settings"] == ()


def test_nothing_is_recorded_by_default_where_the_file_says_so_but_record_records(written: Write) -> None:
    written("[defaults]\nrecord = false\n")
    assert values(dashboard)["no_record"] is True
    params = values(dashboard, "--record", "here")
    assert (params["record"], params["no_record"]) == ("here", False)
    written("[defaults]\nrecord = true\n")
    assert values(dashboard, "--no-record")["no_record"] is True


WRONG = [
    ('[keys]\ninjct = "k"', "keys.injct: unknown action; did you mean inject?"),
    ('[keys]\nzoom.inn = "k"', "keys.zoom.inn: unknown action; did you mean zoom.in?"),
    ('[keys]\ninject = "r"', "keys.inject: r is the key of reinitialize already; give reinitialize another one, too"),
    ('[keys]\nzoom.in = "i"', "keys.zoom.in: i is the key of inject already; give inject another one, too"),
    ('[keys]\nstep = "?"', "keys.step: ? is the key of help already; give help another one, too"),
    ('[keys]\nstep = "w"\nundo = "w"', "keys.undo: w is the key of step already; give step another one, too"),
    ('[keys]\nstep = "pagup"', "keys.step: unknown key 'pagup', expected a character or a name such as enter, f5, "
     "ctrl+k; did you mean pageup?"),
    ('[keys]\nstep = "control+k"', "keys.step: unknown key 'control+k', expected alt, ctrl, shift before a +; did you "
     "mean ctrl+k?"),
    ('[keys]\nstep = "ctrl+c"', "keys.step: ctrl+c cannot have another meaning: it says how to quit"),
    ('[keys]\nstep = "ctrl+i"', "keys.step: a terminal sends tab for ctrl+i; name that"),
    ('[keys]\nstep = "shift+k"', "keys.step: a terminal knows no shift+k; write the character that it sends, as K"),
    ("[keys]\nstep = 3", 'keys.step: expected a key or a list of keys, as "f5" or ["?", "f1"]'),
    ("[keys]\nstep = []", 'keys.step: expected a key or a list of keys, as "f5" or ["?", "f1"]'),
    ("keys = 3", "keys: expected a table"),
    ('[key]\nstep = "k"', "key: unknown table, expected keys or defaults; did you mean keys?"),
    ("[defaults]\nfsp = 3", "defaults.fsp: unknown key, expected one of device, engine, fps, glyphs, theme, record; "
     "did you mean fps?"),
    ("[defaults]\nfps = 0", "defaults.fps: expected a whole number from 1 to 120, got 0"),
    ("[defaults]\nfps = true", "defaults.fps: expected a whole number from 1 to 120, got True"),
    ('[defaults]\nengine = "egaer"', "defaults.engine: unknown value 'egaer', expected one of auto, eager, compiled; "
     "did you mean eager?"),
    ('[defaults]\ndevice = "gpu"', "defaults.device: expected auto, cpu, cuda, cuda:N or mps, got 'gpu'"),
    ('[defaults]\nrecord = "no"', "defaults.record: expected true or false, got 'no'"),
    ("[defaults", "is no TOML: "),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=[text for text, _ in WRONG])
def test_each_mistake_is_one_line_with_its_key_and_the_nearest_valid_name(
    text: str, problem: str, written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(text)
    code = run(subcommand("check"), [str(path)])
    lines = capsys.readouterr().out.splitlines()
    if not problem:
        assert (code, lines) == (0, [])
        return
    assert code == 2
    assert len(lines) == 1
    assert lines[0].startswith(f"{path}: {problem}")


def test_a_theme_has_to_be_one_that_there_is(written: Write) -> None:
    assert read(written('[defaults]\ntheme = "nord"')).defaults["theme"] == "nord"
    assert "nord" in BUILTIN_THEMES
    with pytest.raises(ConfigError, match=r"unknown value 'nrd'.*did you mean nord"):
        read(written('[defaults]\ntheme = "nrd"'))


def test_two_actions_may_exchange_their_keys(written: Write) -> None:
    config = read(written('[keys]\ninject = "r"\nreinitialize = ["i", "f5"]\n'))
    assert config.keys == {"inject": ("r",), "reinitialize": ("i", "f5")}


def test_a_name_with_a_dot_may_be_quoted_or_not(written: Write) -> None:
    plain, quoted = (read(written(f'[keys]\n{name} = "Z"\n')) for name in ("zoom.in", '"zoom.in"'))
    assert plain.keys == quoted.keys == {"zoom.in": ("Z",)}


@pytest.mark.parametrize("words", [["sine-31"], ["train", "sine-31", "--steps", "0"], ["replay", "x"], ["resume"]])
def test_a_faulty_file_ends_with_its_lines_and_how_to_start_without_it(
    words: list[str], written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written('[keys]\ninjct = "k"\nstepp = "s"\n')
    command = dashboard if words == ["sine-31"] else subcommand(words[0])
    assert run(command, words if command is dashboard else words[1:]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: keys.injct: unknown action; did you mean inject?",
        f"{path}: keys.stepp: unknown action; did you mean step?",
        "periodic-tui: --no-config goes on without it",
    ]


def test_help_needs_no_sound_file(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    written("[keys")
    assert run(dashboard, ["--help"]) == 0
    assert "--no-config" in capsys.readouterr().out


def test_the_environment_can_name_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[defaults]\nfps = 7\n")
    monkeypatch.setenv("PERIODIC_TUI_CONFIG", str(other))
    assert values(dashboard)["fps"] == 7
    other.unlink()
    with pytest.raises(ConfigError, match="no such file"):
        values(dashboard)


def test_without_a_home_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(name: str) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("platformdirs.user_config_path", homeless)
    assert config_path() is None
    assert values(dashboard)["fps"] == 10
    assert "no home directory" in _config()


def test_check_knows_a_config_from_a_preset(written: Write, tmp_path: Path) -> None:
    def meant(name: str, text: str) -> bool:
        (tmp_path / name).write_text(text)
        return is_config(tmp_path / name)

    assert is_config(written(""))
    assert meant("mine.toml", "[defaults]\nfps = 3")
    assert meant("config.toml", "[defalts]\nfps = 3")
    assert meant("config.toml", "[defaults")
    assert not meant("config.toml", '[target]\nkind = "sine"\n[model]\nkind = "sine-unit"')
    assert not meant("preset.toml", "[defaults")


def test_doctor_says_where_the_file_is_and_whether_it_is_sound(written: Write) -> None:
    path = written("")
    assert _config() == f"{path}: sound"
    written('[keys]\ninjct = "k"\n')
    assert _config() == f"{path}: 1 problem; `periodic-tui check {path}` tells it"
    path.unlink()
    assert _config().startswith(f"{path}: none")


def test_every_id_stands_for_one_action_and_no_key_is_for_two() -> None:
    shared = [key.ident for keys in GROUPS.values() for key in keys]
    assert len(set(shared)) == len(shared)
    assert list(clashes(default_keys())) == []
    for own in PANE_KEYS.values():
        assert len({key.ident for key in own}) == len(own)
        assert {key.ident for key in own}.isdisjoint(shared)


def test_keys_are_called_as_textual_calls_them() -> None:
    for character in set(string.printable + "éßλ→€") - set(string.whitespace):
        assert character_name(character) == _character_to_key(character)
        assert key_name(character) == _character_to_key(character)
    assert [key_name(text) for text in ("ctrl+K", "shift+tab", "esc", "pgup", "question_mark", "ctrl++")] == [
        "ctrl+k", "shift+tab", "escape", "pageup", "question_mark", "ctrl+plus",
    ]  # fmt: skip
    assert {name for names in default_keys().values() for name in names} == {
        key_name(name) for names in default_keys().values() for name in names
    }


def test_nothing_is_wanted_where_there_is_no_file() -> None:
    assert values(dashboard)["fps"] == 10
    assert Config() == Config({}, {})
