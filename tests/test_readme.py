"""The README's commands, the CI script that runs them, and what tracked files may not name."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def command_lines() -> list[str]:
    return [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("python3 -m venv")]


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
    readme = (ROOT / "README.md").read_text().replace(command_lines()[1], f"python3 -m venv --help > '{ran}' && exit 5")
    (tmp_path / "README.md").write_text(readme)
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "run"
    script.write_text((ROOT / ".ci" / "run").read_text())
    result = subprocess.run(["bash", script], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "usage:" in ran.read_text()
    assert result.returncode == 5, "pytest's exit code for no tests must fail the run"


def test_tracked_files_name_no_path_of_a_machine() -> None:
    homes = rb"(?<![\w.}])/(?:Users|home|media|mnt|opt|root|srv|work|workspace)/\w"
    others = [path for path in tracked_files() if path.name != Path(__file__).name]
    assert [path.name for path in others if re.search(homes, path.read_bytes())] == []
