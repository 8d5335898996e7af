import math

import numpy as np

from periodic_tui.engine.recording.packing import pack
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.snapshot import Event, Script, Verdict
from periodic_tui.watching.findings import Values
from periodic_tui.watching.picture import MOST_UNITS, grouped, picture
from periodic_tui.watching.remembering.memory import Memory
from tests.watching.looks import linear, look, relu

CAUSES = (Verdict("dead-units", "One."), Verdict("learning", "Two."))


def remembered(looks: int = 12) -> Memory:
    memory = Memory()
    for step in range(looks):
        layers = linear("fc1"), relu("act", [0.5, 0.0, 0.5], alike=((0, 2),), ends=np.array([0.0, 0.5, 1.0]))
        memory.saw(look(step, *layers, linear("fc2", gradient=math.nan)))
        memory.lost(step, [1.0 / (step + 1)])
    return memory


def test_it_tells_the_layers_in_their_order_and_which_have_units() -> None:
    shown = picture(remembered(), CAUSES, Script("train.py", models=("Net, 12 parameters",)), name="train.py", step=12)
    network = shown.network
    assert (network.names, network.kinds) == (("fc1", "act", "fc2"), ("Linear", "ReLU", "Linear"))
    assert (network.shapes, network.units) == (("3", "3", "3"), (-1, 0, -1))
    np.testing.assert_array_equal(network.dead, [np.nan, 1 / 3, np.nan])
    np.testing.assert_array_equal(network.saturated, [np.nan, 0.5, np.nan])
    np.testing.assert_array_equal(network.gradient, [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(network.update, [0.005, np.nan, 0.005])
    assert network.trends.shape == (4, 3, 12)
    assert (shown.preset, shown.title, shown.step, shown.trained.batch) == ("train.py", "Net, 12 parameters", 12, 64)


def test_the_units_of_an_activation_are_a_layer() -> None:
    (layer,) = picture(remembered(), CAUSES, Script()).layers
    assert (layer.name, layer.units, layer.dead, layer.groups) == ("act", 3, (1,), ((0, 2),))


def test_verdicts_are_of_the_step_that_is_shown() -> None:
    shown = picture(remembered(), CAUSES, Script(), step=12, events=(Event(3, "died"),))
    assert [(cause.code, cause.step) for cause in shown.causes] == [("dead-units", 12), ("learning", 12)]
    assert shown.verdict is shown.causes[0]
    assert shown.events == (Event(3, "died"),)


def test_before_the_first_look_there_is_a_picture_too() -> None:
    shown = picture(Memory(), (), Script("train.py"))
    assert (shown.layers, shown.network.names, math.isnan(shown.loss)) == ((), (), True)


def test_of_a_wide_layer_the_first_units_are_shown_and_that_is_said() -> None:
    memory = Memory()
    for step in range(9):
        memory.saw(look(step, relu("wide", [0.0] * 5_000)))
    shown = picture(memory, CAUSES, Script(unseen=("no loss is seen",)))
    assert shown.layers[0].units == len(shown.layers[0].dead) == MOST_UNITS
    assert shown.script
    assert shown.script.unseen == ("no loss is seen", "of the 5,000 units of wide the first 4,096 are shown")


def test_where_only_some_units_were_looked_at_that_is_said() -> None:
    memory = Memory()
    memory.saw(
        look(0, relu("wide", [0.5] * 30, output=Values((64, 60))), relu("maps", [0.5] * 3, output=Values((64, 3, 9))))
    )
    shown = picture(memory, CAUSES, Script())
    assert shown.script
    assert shown.script.unseen == ("of the many units of wide only 30 are looked at, evenly spread",)


def test_shapes_are_of_one_sample() -> None:
    memory = Memory()
    memory.saw(
        look(
            0,
            linear("a", output=Values((8, 64, 16, 16))),
            linear("b", output=Values((8,))),
            linear("c", output=Values()),
        )
    )
    assert picture(memory, CAUSES, Script()).network.shapes == ("64×16×16", "1", "")


def test_who_is_alike_stands_in_one_group() -> None:
    assert grouped(((0, 1), (2, 3), (1, 2), (7, 9))) == ((0, 1, 2, 3), (7, 9))


def test_hundreds_of_layers_are_a_small_picture() -> None:
    memory = Memory()
    for step in range(40):
        memory.saw(look(step, *(relu(f"layer.{n}", [0.5] * 64) for n in range(200))))
    assert len(pack(tree_of(picture(memory, CAUSES, Script())))) < 300_000
