"""The wheel carries the presets and the mark of a typed package, and what is installed finds them."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from periodic_tui.presets.builtin import preset_folder

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The package as the wheel holds it, away from the checkout."""
    pytest.importorskip("hatchling", reason="the build backend comes with the test extra")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    return tmp_path / "site"


def test_a_checkout_finds_its_presets() -> None:
    assert preset_folder().is_dir()
    assert (preset_folder() / "sine-31.toml").is_file()


def test_the_wheel_says_that_it_is_typed(unpacked: Path) -> None:
    assert (unpacked / "periodic_tui" / "py.typed").is_file()


def test_the_wheel_finds_its_own_presets(unpacked: Path) -> None:
    script = "from periodic_tui.presets.builtin import preset_folder; print(preset_folder())"
    env = {"PYTHONPATH": str(unpacked)}
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=unpacked, env=env, check=True, capture_output=True, text=True
    )
    folder = Path(found.stdout.strip())
    assert folder == unpacked / "periodic_tui" / "presets"
    expected = {path.name: path.read_bytes() for path in (ROOT / "presets").glob("*.toml")}
    assert {path.name: path.read_bytes() for path in folder.glob("*.toml")} == expected
    assert expected
