import numpy as np

from periodic_tui.watching.remembering.layers import RECENT, SHOWN, SURE, TREND, Deaths, Layers
from tests.watching.looks import BATCH, linear, look, relu

LOOKS = -(-SHOWN // BATCH)


def seen(*shares: list[float], name: str = "act") -> Layers:
    layers = Layers()
    for step, active in enumerate(shares):
        layers.saw(look(step, relu(name, active)))
    return layers


def test_a_unit_is_dead_once_it_was_silent_for_long_enough() -> None:
    assert not seen(*[[0.0, 0.5]] * (LOOKS - 1)).dead("act").any()
    assert seen(*[[0.0, 0.5]] * LOOKS).dead("act").tolist() == [True, False]


def test_a_unit_that_is_active_now_and_then_is_not() -> None:
    assert not seen(*[[0.0], [0.0], [0.05]] * LOOKS).dead("act").any()


def test_one_look_is_never_enough() -> None:
    large = relu("act", [0.0], output=type(relu("act", [0.0]).output)((BATCH, 1, 100, 100)))
    layers = Layers()
    layers.saw(look(1, large))
    assert not layers.dead("act").any()
    layers.saw(look(2, large))
    assert layers.dead("act").all()


def test_a_death_is_told_once_and_from_when_it_was() -> None:
    layers = Layers()
    told: list[Deaths] = []
    for step in range(5 + SURE // BATCH):
        assert not told
        layers.saw(look(step, relu("act", [0.5, 0.0 if step >= 5 else 0.4])))
        told += layers.died
    assert [(each.units, each.since, each.dead, each.of) for each in told] == [((1,), 5, 1, 2)]
    assert told[0].text == "unit 1 of layer act died: silent from step 5 on; 1 of its 2 units are dead"


def test_a_unit_that_came_back_and_dies_again_is_told_again() -> None:
    shares = [[0.0]] * (SURE // BATCH) + [[0.5]] + [[0.0]] * (SURE // BATCH)
    layers, told = Layers(), 0
    for step, active in enumerate(shares):
        layers.saw(look(step, relu("act", active)))
        told += len(layers.died)
    assert told == 2


def test_of_a_wide_layer_single_deaths_after_the_first_are_not_told() -> None:
    layers = Layers()
    told: list[Deaths] = []
    for step in range(200):
        gone = min(step // 2, 64)
        layers.saw(look(step, relu("act", [0.0] * gone + [0.5] * (64 - gone))))
        told += layers.died
    assert 10 < len(told) <= 18
    assert told[-1].dead == 64


def test_of_a_wide_layer_a_single_death_is_not_told() -> None:
    for dead, told in ((1, 0), (2, 1)):
        layers, count = Layers(), 0
        for step in range(SURE // BATCH + 2):
            layers.saw(look(step, relu("act", [0.0] * dead + [0.5] * (128 - dead))))
            count += len(layers.died)
        assert count == told


def test_what_runs_no_longer_is_forgotten() -> None:
    layers = seen([0.5], name="old")
    for step in range(RECENT):
        layers.saw(look(step + 1, relu("new", [0.5])))
    assert [course.look.name for course in layers.courses] == ["new"]


def test_layers_of_models_that_take_turns_keep_their_order_and_have_no_gaps() -> None:
    layers = Layers()
    for step in range(20):
        layers.saw(look(step, linear("d" if step % 2 else "g")))
    assert [course.look.name for course in layers.courses] == ["g", "d"]
    assert all(np.isfinite(course.trend[2, -10:]).all() for course in layers.courses)


def test_the_trends_end_with_the_newest_look() -> None:
    layers = Layers()
    for step in range(TREND + 5):
        layers.saw(look(step, linear("fc", gradient=float(step))))
    assert layers.courses[0].trend[2].tolist() == list(range(5, TREND + 5))
    assert layers.courses[0].trend[3, -1] == 0.005
