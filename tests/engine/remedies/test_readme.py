"""The README's table of remedies is that of the registry."""

from pathlib import Path

from periodic_tui.engine.remedies import remedies

README = Path(__file__).resolve().parents[3] / "README.md"
HEAD = "| remedy | what it does | what it has to know |\n|---|---|---|\n"


def test_the_readme_says_of_every_remedy_what_the_registry_says() -> None:
    rows = [f"| `{name}` | {remedy.what} | {remedy.prior} |\n" for name, remedy in remedies.items()]
    assert HEAD + "".join(rows) + "\n" in README.read_text()
