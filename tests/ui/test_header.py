from dataclasses import replace
from typing import get_args

import pytest

from periodic_tui.engine.snapshot import Gpu, Snapshot, State, Trained
from periodic_tui.plotting.cells import Ink
from periodic_tui.ui.keys import key_for
from periodic_tui.ui.widgets.header import header_line
from periodic_tui.ui.widgets.trained import trained_line
from tests.ui.scripted import SINE, STARTING, show

COLUMNS = (80, 120, 200)
STATES = get_args(State)
LN = replace(SINE, trained=Trained("1-50-10-1", "relu", "sgd", 0.01, 50), seed=0)
LARGE = replace(
    LN, trained=Trained("1-256-256-256-6", "leaky_relu", "rmsprop", 0.000123456, 4_096), seed=123, replicas=8
)


def header(snapshot: Snapshot, columns: int = 120) -> str:
    [line] = header_line(snapshot, columns, "braille").text()
    assert len(line) == columns
    return line


def trained(snapshot: Snapshot, columns: int = 120) -> str:
    [line] = trained_line(snapshot, columns, "braille").text()
    return line


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_header_is_the_first_two_lines_of_the_screen(size: tuple[int, int]) -> None:
    assert show(LN, size=size)[:2] == [header(LN, size[0]), f" {trained(LN, size[0] - 2)}".ljust(size[0])]


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("state", STATES)
def test_the_first_line_says_what_runs_how_far_and_how_it_stands(columns: int, state: State) -> None:
    for part in ("sine-31", "step     2,000", " steps/s", f"● {state}"):
        assert part in header(replace(SINE, state=state), columns)


@pytest.mark.parametrize("state", STATES)
def test_a_rate_is_shown_while_something_is_trained(state: State) -> None:
    assert (" 571k steps/s" in header(replace(SINE, state=state))) == (state in ("training", "solved"))
    assert ("    - steps/s" in header(replace(SINE, state=state))) == (state not in ("training", "solved"))
    assert "    - steps/s" in header(replace(SINE, rate=0.0))


def test_the_line_does_not_move_when_a_digit_is_added_nor_at_a_pause() -> None:
    first, second = (header(replace(SINE, step=step, rate=rate)) for step, rate in ((99, 9.99), (100_000, 999_000)))
    assert first.index("steps/s") == second.index("steps/s") == header(replace(SINE, state="paused")).index("steps/s")


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_pace_is_shown_with_the_key_that_makes_it_faster(columns: int) -> None:
    assert "paced 0.5 steps/s · > faster   ●" in header(replace(SINE, pace=0.5), columns)
    assert "paced 0.5 steps/s" in header(replace(SINE, pace=0.5, state="paused"), columns)
    assert "paced" not in header(replace(SINE, pace=0.5, state="diverged"), columns)


def test_the_title_stays_while_the_engine_has_something_to_remark() -> None:
    for length in range(10, 60):
        quiet = replace(SINE, title="t" * length)
        remarking = header(replace(quiet, engine="eager, compiling for the second time"))
        assert ("t" * length in header(quiet)) == ("t" * length in remarking)
    assert "eager, compiling " in header(replace(SINE, engine="eager, compiling"))


def test_what_gives_way_first_is_the_remark_then_the_name_of_the_program_then_the_device() -> None:
    snapshot = replace(SINE, engine="eager, compiling")
    lines = [header(snapshot, columns) for columns in range(150, 60, -1)]
    fewest = [next(n for n, line in enumerate(lines) if part not in line) for part in ("compiling", "periodic", "cpu")]
    assert fewest == sorted(fewest)
    assert len(set(fewest)) == 3
    assert fewest[-1] < next(n for n, line in enumerate(lines) if SINE.title not in line)


def test_parts_never_touch() -> None:
    for length in range(10, 60):
        line = header(replace(SINE, title="t" * length))
        assert "tcpu" not in line
        assert "tstep" not in line


@pytest.mark.parametrize(("columns", "words"), [(80, "x: death"), (120, "x: stops at death")])
def test_the_stop_at_the_next_death_is_seen_beside_the_state(columns: int, words: str) -> None:
    armed = replace(SINE, preset="magnitude-population", pace=0.5, stops_at_death=True)
    assert "x: death   ●" in header(armed, 80)
    assert f"{words}   ●" in header(replace(armed, pace=0.0, title=""), columns)
    assert "magnitude-population" in header(armed, 80)


def test_what_is_trained_has_its_keys_beside_it() -> None:
    assert trained(LN) == "1-50-10-1 relu a · sgd o · lr 0.01 ( ) · batch 50 · seed 0 r R · 1 thread cpu"
    assert trained(replace(LN, trained=Trained("1-1", "", "", float("nan"), 0, 2))) == (
        "1-1 · batch all · seed 0 r R · 2 threads cpu"
    )
    assert trained(replace(LN, device="cuda:0")).endswith("seed 0 r R · cuda:0")


def test_a_gpu_is_told_with_its_load_where_there_is_room() -> None:
    one = replace(
        LN, device="cuda:0", gpu=Gpu(busy=97, used=12_300_000_000, memory=80_000_000_000, degrees=54, count=1)
    )
    assert trained(one, 160).endswith("seed 0 r R · cuda:0 ·  97 % busy,  12.3 of 80.0 GB, 54 °C")
    assert trained(one, 90).endswith("seed 0 r R · cuda:0")
    assert one.gpu
    of_eight = replace(one, device="cuda:3", gpu=replace(one.gpu, count=8))
    assert trained(of_eight, 90).endswith("seed 0 r R · cuda:3 of 8")


def test_the_keys_have_an_ink_of_their_own() -> None:
    cells = trained_line(LN, 120, "braille")
    [text] = cells.text()
    assert {text[n] for n, ink in enumerate(cells.ink[0]) if ink == Ink.MARK and text[n] != " "} == set("ao()rR")


def test_held_parameters_are_said_to_be_held() -> None:
    held = replace(LARGE, trained=replace(LARGE.trained, held=True))
    assert f"· held {key_for('toggle-hold')}".rstrip() in trained(held, 78)


@pytest.mark.parametrize("snapshot", [LN, LARGE])
def test_shape_optimizer_rate_and_seed_fit_78_columns(snapshot: Snapshot) -> None:
    now = snapshot.trained
    for part in (now.shape, now.activation, now.optimizer, f"lr {now.lr:.3g} ( )", f"seed {snapshot.seed} r R"):
        assert part in trained(snapshot, 78)


def test_before_torch_is_there_nothing_is_trained() -> None:
    assert trained(STARTING) == ""


def test_the_key_of_an_action_is_read_from_the_bindings() -> None:
    words = ("inject", "remedies", "scale-lr:0.5", "faster", "toggle-pause", "nothing")
    assert [key_for(each) for each in words] == ["i", "f", "(", ">", "space", ""]
