"""`sweep`: each cell is what `train` reports, what is done is kept, and nothing is left over."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.cli.command import run as run_command
from periodic_tui.cli.sweep import sweep
from periodic_tui.cli.train import train
from periodic_tui.engine.wilson import wilson

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "periodic_tui", "sweep"]
SMALL = ["magnitude", "--replicas", "3", "--engine", "eager"]
GRID = ["--vary", "optimizer.lr=1e-3..1e-1:2", "--vary", "model.hidden=[3],[5]"]
LONG = [*SMALL, "--steps", "300", "--vary", "optimizer.lr=1e-4..1e-1:8"]
PATIENCE = 120.0


def here(command: Any, *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command in this process."""
    with redirect_stdout(io.StringIO()) as output, redirect_stderr(io.StringIO()) as errors:
        code = run_command(command, words)
    return code, output.getvalue(), errors.getvalue()


def swept(*words: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The lines of a sweep that ended well, its cells in order, and its summary."""
    code, output, errors = here(sweep, *words, "--json")
    assert (code, errors) == (0, "")
    *cells, summary = map(json.loads, output.splitlines())
    return sorted(cells, key=lambda cell: cell["cell"]), summary


def wait_for(condition: Callable[[], object], limit: float = PATIENCE) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Processes that a process has begun, in whichever thread."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def all_gone(pids: list[int]) -> bool:
    return all(map(gone, pids))


def holds(store: Path, results: int) -> bool:
    return store.exists() and len(list(store.glob("*.json"))) >= results


def test_each_cell_is_what_train_reports(tmp_path: Path) -> None:
    commands = ["--at", "60:scale-lr:0.5", "--set", "training.dtype=float64", "--steps", "90", "--seed", "2"]
    cells, summary = swept(*SMALL, *GRID, *commands, "--record", str(tmp_path))
    assert [cell["cell"] for cell in cells] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert (summary["status"], summary["done"], summary["trained"], summary["failed"]) == ("finished", 4, 4, 0)
    for cell in cells:
        own = [f"--set={key}={json.dumps(value)}" for key, value in cell["settings"].items()]
        code, output, _ = here(train, *SMALL, *commands, *own, "--threads", "1", "--no-record", "--json")
        told = json.loads(output.splitlines()[-1])
        assert code == 0
        assert {key: told[key] for key in ("outcomes", "status", "steps", "engine", "seed", "replicas")} == {
            key: cell[key] for key in ("outcomes", "status", "steps", "engine", "seed", "replicas")
        }
        assert (cell["share_low"], cell["share_high"]) == wilson(cell["solved"], 3)


def test_its_losses_are_those_of_the_single_runs() -> None:
    words = ["magnitude", "--engine", "eager", "--steps", "30", "--set", "training.dtype=float64"]
    ((cell,), _) = swept(*words, "--vary", "optimizer.lr=0.01", "--replicas", "3", "--seed", "2")
    own = ["--set=optimizer.lr=0.01", "--no-record", "--json"]
    singles = [here(train, *words, *own, f"--seed={2 + k}") for k in range(3)]
    losses = sorted(json.loads(output.splitlines()[-1])["loss"] for _, output, _ in singles)
    assert cell["loss_median"] == pytest.approx(losses[1], rel=1e-6)
    assert cell["loss_lower"] in (pytest.approx(losses[0], rel=1e-6), pytest.approx(losses[1], rel=1e-6))


def test_the_step_at_which_it_is_solved_is_the_first_that_is_seen() -> None:
    words = ["sine-31", "--vary", "training.seed=4,5", "--replicas", "2", "--steps", "60", "--engine", "eager"]
    cells, _ = swept(*words, "--at", "20:inject")
    assert [(cell["solved"], cell["foretold"]) for cell in cells] == [(2, None)] * 2
    assert all(20 <= cell["steps_to_solved"] <= 24 for cell in cells)
    assert swept(*words)[0][0]["steps_to_solved"] is None


def test_closed_forms_say_who_begins_in_the_basin() -> None:
    words = ["sine-31", "--replicas", "20", "--steps", "0", "--engine", "eager"]
    cells, _ = swept(*words, "--vary", "domain.train=±0.1,±0.1445,±0.2", "--vary", "optimizer.lr=1,1e5")
    low, _, middle, _, high, _ = cells
    assert [cell["basin"] for cell in (low, middle, high)] == pytest.approx([44.934, 31.096, 22.467], abs=1e-3)
    x = np.linspace(-0.1, 0.1, 100_001)
    assert low["lr_limit"] == pytest.approx(1 / np.mean((x * np.cos(31 * x)) ** 2), rel=1e-3)
    assert [cell["foretold"] for cell in cells[1::2]] == [0.0] * 3
    assert (low["foretold"], high["foretold"]) == (1.0, 0.0)
    assert 0.3 < middle["foretold"] < 0.8, "ω begins as normal around 0, so half of them within 31.1 of 31"


def test_what_is_done_is_not_done_again_and_the_table_is_the_same(tmp_path: Path) -> None:
    words = [*SMALL, "--steps", "20", "--record", str(tmp_path / "kept")]
    first, _ = swept(*words, "--vary", "optimizer.lr=1e-3,1e-2", "--csv", str(tmp_path / "a.csv"))
    again, summary = swept(*words, "--vary", "optimizer.lr=1e-3,1e-2", "--csv", str(tmp_path / "b.csv"))
    assert (summary["trained"], [cell["stored"] for cell in again]) == (0, [True, True])
    assert [cell | {"stored": False} for cell in again] == first
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    wider, summary = swept(*words, "--vary", "optimizer.lr=1e-3,1e-2,1e-1")
    assert (summary["trained"], [cell["stored"] for cell in wider]) == (1, [True, True, False])
    (kept, *_) = (tmp_path / "kept").iterdir()
    kept.write_bytes(kept.read_bytes()[:-40])
    assert swept(*words, "--vary", "optimizer.lr=1e-3,1e-2,1e-1")[1]["trained"] == 1


def test_the_table_for_other_programs(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    cells, _ = swept(*SMALL, *GRID, "--steps", "20", "--csv", str(file))
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [(row["optimizer.lr"], row["model.hidden"]) for row in rows] == [
        ("0.001", "[3]"), ("0.001", "[5]"), ("0.1", "[3]"), ("0.1", "[5]"),
    ]  # fmt: skip
    for row, cell in zip(rows, cells, strict=True):
        assert {code: int(row[code]) for code in cell["outcomes"]} == cell["outcomes"]
        assert float(row["loss_median"]) == cell["loss_median"]


def test_for_people_there_are_a_line_a_cell_and_a_map() -> None:
    code, output, errors = here(sweep, *SMALL, *GRID, "--steps", "20", "--plot")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert [line.partition("  ")[0] for line in lines[:4]] == [
        "lr=0.001, hidden=[3]", "lr=0.001, hidden=[5]", "lr=0.1, hidden=[3]", "lr=0.1, hidden=[5]",
    ]  # fmt: skip
    assert lines[4].startswith("magnitude: finished with 4 of 4 cells after ")
    assert [line.split()[0] for line in lines[5:9]] == ["lr", "0.001", "0.1", "[3]"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--vary", "optimiser.lr=1,2"], "optimiser: unknown key, expected one of"),
        (["--vary", "optimizer.lr=1,-1"], "optimizer.lr: expected at least 0.0, got -1"),
        (["--vary", "optimizer.kind=adam,adm"], 'optimizer.kind: unknown optimizer "adm", expected one of'),
        (["--vary", "optimizer.lr"], "expected KEY=V,V,…"),
        (["--vary", "optimizer.lr=1,2", "--vary", "optimizer.lr=3"], "--vary optimizer.lr: comes twice"),
        (
            ["--vary", "training.seed=0..9999", "--vary", "training.steps=1..99"],
            "990,000 cells; expected at most 100,000",
        ),
        (["--vary", "training.steps=5,50", "--at", "30:inject"], "--at 30:inject is later than the last step, 5"),
        (["--vary", "optimizer.lr=1,2", "--on", "moon"], "--on moon: expected local, ray or ray://HOST:PORT"),
        (["--vary", "optimizer.lr=1,2", "--csv", "/nowhere/a.csv"], "--csv /nowhere/a.csv: there is no such folder"),
        ([], "Missing option '--vary'"),
    ],
)
def test_bad_input_is_one_line_before_anything_is_trained(words: list[str], told: str, tmp_path: Path) -> None:
    code, output, errors = here(sweep, "magnitude", *words, "--record", str(tmp_path / "kept"))
    assert (code, output) == (2, "")
    assert told in errors.splitlines()[0]
    assert not (tmp_path / "kept").exists() or not list((tmp_path / "kept").iterdir())


def test_a_cell_that_cannot_be_trained_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    words = [*SMALL, "--vary", "optimizer.kind=adam,sgd", "--steps", "3", "--at", "1:set:optimizer.eps=1e-3"]
    code, output, _ = here(sweep, *words, "--json", "--csv", str(tmp_path / "a.csv"))
    done, failed = sorted((json.loads(line) for line in output.splitlines()[:2]), key=lambda cell: cell["cell"])
    assert code == 2
    assert done["outcomes"]
    assert failed["failed"].startswith("--at 1:set:optimizer.eps=1e-3: ")
    assert "--at 1:set:optimizer.eps=1e-3: " in (tmp_path / "a.csv").read_text().splitlines()[2]


@pytest.mark.skipif(sys.platform != "linux", reason="who is whose child is read from /proc")
def test_killed_again_and_again_it_comes_to_the_same_table_and_trains_no_cell_twice(tmp_path: Path) -> None:
    def begun(name: str, store: Path) -> subprocess.Popen[bytes]:
        words = [*PROGRAM, *LONG, "--workers", "2", "--json", "--record", str(store), "--csv", str(tmp_path / name)]
        with (tmp_path / f"{name}.out").open("ab") as output:
            return subprocess.Popen(words, cwd=ROOT, stdout=output)

    assert begun("whole", tmp_path / "whole.d").wait() == 0
    store = tmp_path / "killed.d"
    for done in (1, 3, 5):
        process = begun("killed", store)
        wait_for(partial(holds, store, done))
        workers = children(process.pid)
        process.kill()
        process.wait()
        wait_for(partial(all_gone, workers))
        assert not (tmp_path / "killed").exists()
    process = begun("killed", store)
    wait_for(lambda: len(children(process.pid)) == 2 or process.poll() is not None)
    for worker in children(process.pid)[:1]:  # is replaced
        os.kill(worker, signal.SIGKILL)
    assert process.wait() == 0
    assert (tmp_path / "killed").read_bytes() == (tmp_path / "whole").read_bytes()
    lines = [json.loads(line) for line in (tmp_path / "killed.out").read_text().splitlines()]
    trained = [tuple(line["cell"]) for line in lines if line["event"] == "cell" and not line["stored"]]
    assert len(trained) == len(set(trained))


@pytest.mark.skipif(sys.platform != "linux", reason="who is whose child is read from /proc")
def test_an_interrupted_one_keeps_what_is_done_and_leaves_nothing_running(tmp_path: Path) -> None:
    store = tmp_path / "store"
    words = [*PROGRAM, *LONG, "--record", str(store), "--csv", str(tmp_path / "csv")]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    wait_for(partial(holds, store, 2))
    workers = children(process.pid)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "magnitude: interrupted with " in output
    assert output.count("lr=") == len(list(store.glob("*.json")))
    assert workers
    assert all_gone(workers)
    assert not (tmp_path / "csv").exists()
