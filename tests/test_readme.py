"""The README's commands, the CI script that runs them, what the documents name, and what tracked files may not."""

import re
import subprocess
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.keys import key_to_character

from periodic_tui.cli import COMMANDS as SUBCOMMANDS
from periodic_tui.cli import subcommand
from periodic_tui.cli.config import read
from periodic_tui.engine.commands.base import COMMANDS
from periodic_tui.engine.remedies import remedies
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.ui.key_table import default_keys
from periodic_tui.ui.keys import KEYS
from periodic_tui.ui.panes import PANES
from tests.benchmarks.picture import LOOKS, PICTURES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PRINTED = {"left": "←", "right": "→", "up": "↑", "down": "↓", "plus": "+", "minus": "-", "escape": "esc"}


def command_lines() -> list[str]:
    return [line for line in README.splitlines() if line.startswith("python3 -m venv")]


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_the_readme_has_exactly_two_command_lines() -> None:
    opens, tests = command_lines()
    assert opens.endswith("/periodic-tui")
    assert tests.endswith("/python -m pytest")
    assert all("pip install -c constraints.txt" in line for line in (opens, tests))


def test_ci_runs_the_second_line_word_for_word(tmp_path: Path) -> None:
    """The real script in a tree whose README is the real one but for a harmless second line."""
    ran = tmp_path / "ran"
    readme = README.replace(command_lines()[1], f"python3 -m venv --help > '{ran}' && exit 5")
    (tmp_path / "README.md").write_text(readme)
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "run"
    script.write_text((ROOT / ".ci" / "run").read_text())
    result = subprocess.run(["bash", script], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "usage:" in ran.read_text()
    assert result.returncode == 5, "pytest's exit code for no tests must fail the run"


def test_pre_commit_runs_what_ci_runs() -> None:
    _, _, after_the_tests = (ROOT / ".ci" / "run").read_text().partition("export PATH=")
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())
    assert hooks == after_the_tests.splitlines()[1:]


def quoted(heading: str) -> set[str]:
    """What stands between backquotes under a heading of the README."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall("`([^`]+)`", re.sub("```.*?```", "", section, flags=re.DOTALL)))


def as_printed(key: str) -> str:
    """A key as people know it: `<` for less_than_sign."""
    character = key_to_character(key) or ""
    return character if character.isprintable() and character.strip() else PRINTED.get(key, key)


def test_every_built_in_preset_is_in_the_readme() -> None:
    assert set(BUILT_IN) - quoted("Presets") == set()


def test_every_key_is_in_the_readme() -> None:
    bindings = [*KEYS, *(binding for pane in PANES for binding in pane.BINDINGS)]
    first = {binding.key.split(",")[0] for binding in bindings if isinstance(binding, Binding)}
    assert {as_printed(key) for key in first} - quoted("Keys") == set("2345678"), "`1`–`9` stands for these"


def test_every_remedy_is_in_the_readme() -> None:
    assert set(remedies) - quoted("Remedies") == set()


def test_every_program_that_the_command_line_has_is_in_the_readme() -> None:
    assert [name for name in SUBCOMMANDS if not re.search(rf"`?periodic-tui {name}\b", README)] == []


def test_the_preset_of_a_table_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section = README.split("\n## Tables\n")[1].split("\n## ")[0]
    table, preset = (section.split(fence)[1].split("```")[0].lstrip() for fence in ("```\nhour", "```toml\n"))
    (tmp_path / "tide.csv").write_text(f"hour{table}2,1.4\n3,1.2\n")
    (tmp_path / "own.toml").write_text(preset)
    assert subcommand("check").main([str(tmp_path / "own.toml")], standalone_mode=False) == 0
    assert capsys.readouterr().out == ""


def test_the_pictures_are_there_on_a_dark_and_on_a_light_ground() -> None:
    named = set(re.findall(r'(?:src|srcset)="([^"]+)"', README))
    assert named == {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.svg")}
    assert named == {f"docs/{name}-{ground}.svg" for name, *_ in PICTURES for ground in LOOKS}


def test_every_action_is_in_the_readme_by_its_id() -> None:
    numbered = {f"preset-{number}" for number in range(2, 9)}
    assert set(default_keys()) - numbered - quoted("Your own keys and defaults") == set()


def test_the_config_of_the_readme_is_sound(tmp_path: Path) -> None:
    example = README.partition("\n[keys]\n")[2].partition("```")[0]
    path = tmp_path / "config.toml"
    path.write_text(f"[keys]\n{example}")
    assert set(read(path).defaults) == {"device", "engine", "fps", "glyphs", "theme", "record"}


def test_every_command_is_in_the_readme() -> None:
    assert set(COMMANDS) - {example.partition(":")[0] for example in quoted("Without a screen")} == set()


def test_the_documents_lead_to_files_that_are_there() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    targets = [(path, link) for path in documents for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text())]
    assert targets
    assert [link for path, link in targets if not (path.parent / link).exists()] == []


def test_the_documents_commands_name_modules_that_are_there() -> None:
    documents = "".join(path.read_text() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
    modules = set(re.findall(r"python -m (tests[\w.]+)", documents))
    assert modules
    assert [name for name in modules if not (ROOT / (name.replace(".", "/") + ".py")).is_file()] == []


def test_tracked_files_name_no_path_of_a_machine() -> None:
    homes = rb"(?<![\w.}])/(?:Users|home|media|mnt|opt|root|srv|work|workspace)/\w"
    others = [path for path in tracked_files() if path.name != Path(__file__).name]
    assert [path.name for path in others if re.search(homes, path.read_bytes())] == []
