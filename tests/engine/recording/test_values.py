"""What a recording tells comes back as it was, and what strangers write is refused in one line."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from periodic_tui.engine.recording.layout import FORMAT, NotReadable
from periodic_tui.engine.recording.packing import pack, unpack
from periodic_tui.engine.recording.values import tree_of, value_of
from periodic_tui.engine.snapshot import Curve, Event, Layer, Snapshot, Verdict

SNAPSHOT = Snapshot(
    step=10_000_000_001,
    title="a\nb",
    loss=math.inf,
    loss_test=None,
    train_curve=Curve(step=np.arange(3.0), low=np.array([1.0, math.nan, math.inf])),
    layers=(Layer("hidden.0", np.linspace(0, 1, 4), dead=(1, 3), duplicate=((0, 2),)),),
    verdict=Verdict("solved", "It is.", {"loss": 0.5, "units": 3, "name": "x", "none": None}),
    outcomes={"solved": 2, "learning": 1},
    events=(Event(3, "unit 1 died", None, 0), Event(4, "reset", "undo")),
)


AS_OF_NUMPY_2_5 = """
import types
import numpy as np, numpy.typing

class Alias:
    def __class_getitem__(cls, kind):
        return types.GenericAlias(cls, kind)

numpy.typing.NDArray = Alias
from periodic_tui.engine.recording.values import tree_of, value_of
from periodic_tui.engine.snapshot import Curve, Snapshot
picture = value_of(Snapshot, tree_of(Snapshot(train_curve=Curve(step=np.arange(3.0)))), "picture")
assert picture.train_curve.step.tolist() == [0, 1, 2]
"""


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def test_numpys_name_for_the_type_of_an_array_may_be_something_else() -> None:
    subprocess.run([sys.executable, "-c", AS_OF_NUMPY_2_5], check=True)


def test_a_snapshot_comes_back_to_the_last_bit() -> None:
    back = value_of(Snapshot, unpack(pack(tree_of(SNAPSHOT)), "x"), "x")
    assert same(tree_of(back), tree_of(SNAPSHOT))
    assert not back.train_curve.step.flags.writeable


def test_what_a_later_version_adds_is_passed_over_and_what_it_leaves_out_is_as_by_default() -> None:
    tree = tree_of(SNAPSHOT) | {"unheard of": 3}
    del tree["story"]
    assert value_of(Snapshot, tree, "x").story == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [("step", "3"), ("step", True), ("title", 3), ("train_curve", []), ("events", [3]), ("state", "asleep"),
     ("omega", 1.0), ("loss", "x"), ("outcomes", {"solved": "many"}), ("title", "x" * 200_000)],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_in_one_line(key: str, value: Any) -> None:
    with pytest.raises(NotReadable, match=r"^mine: is damaged: .*$"):
        value_of(Snapshot, tree_of(SNAPSHOT) | {key: value}, "mine")


def test_text_of_strangers_is_inert() -> None:
    tree = tree_of(replace(SNAPSHOT, title="\x1b]0;owned\x07"))
    assert value_of(Snapshot, tree, "x").title == "\\u001b]0;owned\\u0007"


def test_another_version_is_one_clear_line() -> None:
    data = safetensors.numpy.save({"0": np.zeros(1)}, {"periodic-tui": json.dumps({"format": 99, "tree": {}})})
    with pytest.raises(NotReadable, match=rf"x: is of format 99, expected {FORMAT}"):
        unpack(data, "x")


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.99])
def test_what_is_cut_short_is_refused_in_one_line(part: float) -> None:
    data = pack(tree_of(SNAPSHOT))
    with pytest.raises(NotReadable, match=r"^x: .*$"):
        unpack(data[: int(part * len(data))], "x")


@pytest.mark.parametrize("tree", ["[" * 5_000 + "]" * 5_000, '{"array": "9"}', '{"number": "1"}', "nonsense"])
def test_a_tree_that_is_none_is_refused_in_one_line(tree: str) -> None:
    text = f'{{"format": {FORMAT}, "tree": {tree}}}'
    with pytest.raises(NotReadable, match=r"^x: .*$"):
        unpack(safetensors.numpy.save({"0": np.zeros(1)}, {"periodic-tui": text}), "x")
