"""What holds for every remedy."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.remedies import Remedy, remedies
from tests.engine.experiments import sine
from tests.engine.remedies.treated import REMEDIES, Peeked, poisoned

EVERY = pytest.mark.parametrize("remedy", remedies.values(), ids=remedies)


@EVERY
def test_it_says_what_it_does_and_what_it_must_know_in_a_line_each(remedy: type[Remedy]) -> None:
    assert remedy.what.isprintable()
    assert remedy.prior.isprintable()
    assert len(remedy.what) < 100
    assert len(remedy.prior) < 100
    assert remedy.verdicts


@EVERY
def test_its_words_are_a_command(remedy: type[Remedy]) -> None:
    assert parse(f"remedy:{remedy.name}").words == f"remedy:{remedy.name}"


def test_an_unknown_remedy_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean widen-range"):
        parse("remedy:widen-rage")


def test_no_remedy_reaches_around_its_context() -> None:
    code = {path.stem: path.read_text() for path in REMEDIES.rglob("*.py")}
    assert {remedy.__module__.rpartition(".")[2] for remedy in remedies.values()} <= code.keys()
    around = re.compile(r"context\._|Context__|\.frequencies")
    assert [name for name, text in code.items() if around.search(text)] == []


@pytest.mark.parametrize("place", ["spy.py", "frequency/spy.py", "units/spy.py"])
def test_a_poisoned_target_raises_when_a_remedy_looks(place: str) -> None:
    target = poisoned(sine()).target
    assert target.frequencies == (31.0,)
    spy = compile("def spy(target): return target.frequencies", str(REMEDIES / place), "exec")
    namespace: dict[str, Any] = {}
    exec(spy, namespace)
    with pytest.raises(Peeked):
        namespace["spy"](target)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({"widen-rang": {}}, "remedies.widen-rang: unknown key"),
        ({"widen-range": {"frequency_limt": 3.0}}, "remedies.widen-range.frequency_limt: unknown key"),
        ({"widen-range": {"frequency_limit": 0.0}}, "remedies.widen-range.frequency_limit: expected more than 0"),
        ({"offer": ["widen-rnge"]}, "did you mean widen-range"),
    ],
)
def test_a_wrong_option_is_named_by_its_key(table: dict[str, object], line: str) -> None:
    whole: dict[str, Any] = {"target": "sine", "model": "sine-unit", "remedies": table}
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(whole)
    assert line in problems(caught.value, whole)[0]
