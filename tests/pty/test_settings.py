"""The user's own keys, and what was chosen last, in a real terminal."""

import json
import sys
from pathlib import Path

from tests.pty.terminal import Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui", "--no-record"]
CONFIG = """
[keys]
pause = "P"
faster = ["f6", "F"]

[defaults]
engine = "eager"
theme = "nord"
"""
GREETING = "three keys to begin with"
CTRL_P = "\x10"


def test_own_keys_act_and_are_named_and_the_characters_chosen_last_come_back(tmp_path: Path) -> None:
    config = tmp_path / "config/periodic-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    with Terminal(PROGRAM, env=env) as terminal:
        terminal.wait_for(GREETING)
        terminal.wait_for(lambda rows: "training" in rows[0] and rows[-1].startswith(" P pause"))
        terminal.send("P")
        terminal.wait_for(lambda rows: "paused" in rows[0] and not any(GREETING in row for row in rows))
        terminal.send(CTRL_P)
        terminal.wait_for("Search for commands")
        terminal.send("glyphs ascii")
        terminal.wait_for("Draw by these characters")
        terminal.send("\r")
        terminal.wait_for(lambda rows: "paused" in rows[0] and "".join(rows).isascii())
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
    remembered = json.loads((tmp_path / "state/periodic-tui/screen.json").read_text())
    assert remembered == {"greeted": "yes", "glyphs": "ascii"}
    with Terminal(PROGRAM, env=env) as terminal:
        terminal.wait_for(lambda rows: "training" in rows[0] and "".join(rows).isascii())
        assert not any(GREETING in row for row in terminal.screen())
        terminal.send("q")
        assert terminal.wait_exit() == 0


def test_a_faulty_config_leaves_the_terminal_alone(tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text('[keys]\npuase = "P"\n')
    env = {"PERIODIC_TUI_CONFIG": str(config)}
    with Terminal(PROGRAM, env=env) as terminal:
        assert terminal.wait_exit() == 2
        assert b"keys.puase: unknown action; did you mean pause?" in terminal.raw_bytes
        assert b"--no-config goes on without it" in terminal.raw_bytes
        assert b"\x1b[?1049h" not in terminal.raw_bytes
    with Terminal([*PROGRAM, "--no-config", "--engine", "eager"], env=env) as terminal:
        terminal.wait_for(lambda rows: "training" in rows[0] and rows[-1].startswith(" space pause"))
        terminal.send("q")
        assert terminal.wait_exit() == 0
