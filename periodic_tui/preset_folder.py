"""Where the built-in presets are."""

from pathlib import Path


def preset_folder() -> Path:
    """The folder of the built-in presets: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "presets"
