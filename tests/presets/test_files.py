"""Presets as files: what is read, what is refused and in which words."""

import os
import string
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.components.optimizers.adam import Adam
from periodic_tui.engine.components.optimizers.sgd import SGD
from periodic_tui.engine.components.targets import targets
from periodic_tui.engine.overrides import override, parse_value
from periodic_tui.presets.builtin import BUILT_IN, preset_folder
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import MAX_BYTES, built_in, dump, load

MINIMAL = 'target.kind = "sine"\nmodel.kind = "sine-unit"\n'


@pytest.fixture
def preset(tmp_path: Path) -> Any:
    """Writes a preset and returns its path."""

    def write(text: str | bytes, name: str = "own.toml") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def refused(path: str) -> list[str]:
    """What is said about a bad preset, without the file's name."""
    with pytest.raises(PresetError) as caught:
        load(path)
    assert all(line.startswith(f"{path}: ") and line.isprintable() for line in caught.value.lines)
    return [line.removeprefix(f"{path}: ") for line in caught.value.lines]


def test_the_list_names_every_built_in_preset() -> None:
    assert sorted(BUILT_IN) == sorted(path.stem for path in preset_folder().glob("*.toml"))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_preset_survives_being_written(name: str, preset: Any) -> None:
    loaded, experiment = load(name)
    assert loaded == name
    assert experiment.title
    assert len(experiment.story.strip().splitlines()) in (2, 3)
    assert load(preset(dump(experiment)))[1] == experiment


def test_the_sine_has_the_source_s_hyperparameters() -> None:
    _, experiment = load("sine-31")
    assert experiment.target.frequencies == (31.0,)
    assert experiment.domain.train == ((-1000.0, 1000.0),)
    assert experiment.optimizer == SGD(lr=1e-4)
    assert experiment.training.batch_size == 32


def test_only_two_kinds_are_required(preset: Any) -> None:
    name, experiment = load(preset('target = "sine"\nmodel = "sine-unit"\n[optimizer]\nlr = 0.5'))
    assert name == "own.toml"
    assert experiment.domain.train == ((-1000.0, 1000.0),)
    assert experiment.optimizer == SGD(lr=0.5)


def test_five_kinds_of_mistakes_give_five_lines(preset: Any) -> None:
    path = preset(
        """
        [target]
        kind = "sin"
        [domain]
        train = [[3, 2]]
        [model]
        kind = "mlp"
        hiden = [3]
        [training]
        batch_size = "many"
        steps = -1
        """
    )
    assert refused(path) == [
        f'target.kind: unknown target "sin", expected one of {", ".join(targets)}; did you mean sine?',
        "domain.train: an interval must rise, got [3, 2]",
        "model.hiden: unknown key, expected one of kind, hidden, activation, output_activation, input_scale, bias,"
        " output_layer, dropout, scaling; did you mean hidden?",
        'training.batch_size: expected a whole number, got "many"',
        "training.steps: expected at least 0, got -1",
    ]


def test_what_a_table_lacks_is_named_at_once_with_what_each_is(preset: Any) -> None:
    assert refused(preset('target.kind = "csv"\nmodel.kind = "linear"\n')) == [
        "target.path: missing, expected a string, the path of a table, beside the preset",
        "target.x: missing, expected a list of strings, names of columns",
        "target.y: missing, expected a list of strings, names of columns",
    ]


def test_the_columns_that_there_are_and_every_wrong_one_are_told_at_once(preset: Any, tmp_path: Path) -> None:
    (tmp_path / "tide.csv").write_text("hour,level\n1,2\n2,3\n")
    table = f'target.kind = "csv"\ntarget.path = {str(tmp_path / "tide.csv")!r}\nmodel.kind = "linear"\n'
    assert refused(preset(f'{table}target.x = "hour"\n')) == [
        'target.x: expected a list of strings, got "hour"; tide.csv has the columns hour, level',
        "target.y: missing, expected a list of strings; tide.csv has the columns hour, level",
    ]
    assert refused(preset(f'{table}target.x = ["hours", "moon"]\ntarget.y = ["levels"]\n')) == [
        "target.x: tide.csv has no column 'hours' and no column 'moon', expected one of hour, level; "
        "did you mean hour?",
        "target.y: tide.csv has no column 'levels', expected one of hour, level; did you mean level?",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('training.loss = "mze"', 'training.loss: unknown value "mze", expected one of mse, mae, huber, circular, bce'),
        ("optimizer = 3", "optimizer: expected a kind's name or table, got 3"),
        ('init.weights = "normall"', "init.weights: unknown initializer"),
        ("optimizer.lr = nan", "optimizer.lr: expected a finite number, got NaN"),
        ("domain.train = [[1]]", "domain.train[0][1]: missing, expected a number"),
        ("domain.train = [[0, 2], [1, 3]]", "domain.train: intervals must not overlap"),
        ("training = 5", "training: expected a table, got 5"),
        ('title = "\\u001b[31m"', "title: expected one line of printable characters"),
        ('outcome = "' + 41 * "x" + '"', "outcome: expected at most 40 characters, got"),
        ('outcome = "a\\nb"', "outcome: expected one line of printable characters"),
        (
            'screen.panes = ["landscap"]',
            'screen.panes[0]: unknown value "landscap", expected one of 14; did you mean',
        ),
        ("screen.pane = []", "screen.pane: unknown key, expected panes"),
        ('"\\u009b31m" = 1', "\\u009b31m: unknown key"),
        ("training.seed = 0x" + 9000 * "f", "training.seed: expected less than"),
        ("training.batch_size = 0", "training.batch_size: 0 is the whole data set, but domain.points = 0"),
        ("domain.points = 8", "training.batch_size: expected at most domain.points = 8, or 0 for all, got 32"),
        ("domain.scale = [1, 2]", "domain.scale: expected 1 factors, one for each input of the target, got 2"),
        ('domain.spacing = "even"', "domain.spacing: even spacing is for a fixed data set"),
        ('domain = { distribution = "normal", test = [[0, 1]] }', "domain.test: expected no intervals"),
        ("optimizer.nesterov = true", "optimizer: nesterov = true expects momentum above 0"),
        ("remedies.spread-units.steps = 1", "remedies.spread-units.steps: unknown key, expected none"),
        ('init.bias = { kind = "zeros", value = 1.0 }', "init.bias.value: unknown value 1.0, expected 0"),
    ],
)
def test_a_mistake_is_named_by_its_key(line: str, problem: str, preset: Any) -> None:
    (said,) = refused(preset(MINIMAL + line))
    assert said.startswith(problem)
    assert len(said) < 250


def test_a_step_must_fit_into_memory(preset: Any) -> None:
    (said,) = refused(preset(MINIMAL + "[training]\nbatch_size = 1000000\nreplicas = 501"))
    # Each of 501 replicas keeps an input and an output for each sample, and one parameter.
    assert "keeps 1,002,000,501 numbers, expected at most 1,000,000,000" in said
    load(preset(MINIMAL + "[training]\nbatch_size = 1000000\nreplicas = 499"))


def test_a_model_must_fit_its_target(preset: Any) -> None:
    (said,) = refused(preset('target = "magnitude"\nmodel = "sine-unit"'))
    assert said == "model.kind: expected a target with 1 input and 1 output, got one with 2 and 1"
    (said,) = refused(preset('target = "log"\nmodel = { kind = "mlp", hidden = [4, 3], output_layer = false }'))
    assert said == "model.hidden: without an output layer, expected 1 units in the last one, got 3"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"\x7fELF\x00\xff", "is not UTF-8 text (byte 6)"),
        (b"\x00\x1b[31m", "is no preset: Invalid statement (at line 1, column 1)"),
        (b'title = "x"\nmodel = [', "is no preset: Invalid value (at "),
        (b"x = " + 100_000 * b"[", "is nested too deeply"),
        (b"#" * (MAX_BYTES + 1), "is no preset: larger than 1,048,576 bytes"),
    ],
)
def test_what_is_no_toml_is_one_line(content: bytes, problem: str, preset: Any) -> None:
    (said,) = refused(preset(content))
    assert said.startswith(problem)


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(str(tmp_path / "pipe")) == ["is no preset: expected a regular file"]
    assert refused("/dev/zero") == ["is no preset: expected a regular file"]
    assert refused(str(tmp_path)) == ["cannot be read: Is a directory"]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    (said,) = refused("sine-32")
    assert said.endswith(
        "no such file and no such preset; did you mean sine-31? `periodic-tui presets` lists those that are built in"
    )


def test_a_built_in_name_wins_over_a_file(preset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(preset('title = "Own"\n' + MINIMAL, "sine-31")).parent)
    assert load("sine-31")[1].title == "One learnable frequency"
    assert load("./sine-31")[1].title == "Own"


def test_what_must_be_seen_and_what_will_happen_survive_being_written(preset: Any) -> None:
    said = 'outcome = "fails"\nscreen.panes = ["landscape", "units"]\n' + MINIMAL
    _, experiment = load(preset(dump(load(preset(said))[1])))
    assert (experiment.outcome, experiment.screen.panes) == ("fails", ("landscape", "units"))


def test_every_built_in_preset_says_what_will_happen() -> None:
    assert [name for name, _, source, outcome in built_in() if not (source and outcome)] == []


def test_overrides_apply_in_their_order() -> None:
    _, experiment = load("sine-31", [("optimizer.lr", 0.5), ("optimizer.lr", 0.25), ("optimizer.momentum", 0.9)])
    assert experiment.optimizer == SGD(lr=0.25, momentum=0.9)


def test_a_new_kind_drops_the_old_options() -> None:
    _, experiment = load("sine-31", [("optimizer.momentum", 0.9), ("optimizer.kind", "adam"), ("optimizer.eps", 1e-6)])
    assert experiment.optimizer == Adam(eps=1e-6)
    _, experiment = load("sine-31", [("optimizer.kind", "sgd")])
    assert experiment.optimizer == SGD(lr=1e-4)


def test_an_override_turns_a_name_into_a_table_and_leaves_the_preset_alone() -> None:
    table = {"model": {"kind": "mlp", "activation": "snake"}}
    assert override(table, "model.activation.a", 5) == {
        "model": {"kind": "mlp", "activation": {"kind": "snake", "a": 5}}
    }
    assert table == {"model": {"kind": "mlp", "activation": "snake"}}
    assert override({}, "training.seed", 3) == {"training": {"seed": 3}}


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_a_toml_value_is_itself(value: Any) -> None:
    text = tomli_w.dumps({"value": value}).partition(" = ")[2].rstrip("\n")
    assert parse_value(text) == value


@given(st.text())
def test_any_text_is_some_value(text: str) -> None:
    parsed = parse_value(text)
    assert parsed == text or not isinstance(parsed, str) or text.strip()[0] in "\"'"


@given(st.text(string.ascii_letters + "-", min_size=1).filter(lambda text: text not in ("true", "false", "inf", "nan")))
def test_a_bare_word_is_a_string(word: str) -> None:
    assert parse_value(word) == word or word.lstrip("-") in ("inf", "nan")


def test_a_value_cannot_smuggle_in_another_key() -> None:
    assert parse_value("1\nother = 2") == "1\nother = 2"


@pytest.mark.parametrize("key", ["a." * 1_000 + "b", "target." + '"a,b".' * 50_000 + "b", "a." * 200_000 + "b"])
def test_a_key_of_very_many_parts_is_one_line_at_once(key: str, preset: Any) -> None:
    (said,) = refused(preset(f"{MINIMAL}{key} = 1"))
    assert said.startswith("is no preset: line 3: a key of more than 32 parts, ")
    with pytest.raises(PresetError, match="a key of more than 32 parts; no key is so long"):
        load("sine-31", [(key, 1)])


def test_words_between_full_stops_are_no_key(preset: Any) -> None:
    story = "Wait. " * 30 + "See what happens. " * 40
    load(preset(f"story = '''{story}'''\n{MINIMAL}"))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("domain.scale=[0]", "domain.scale[0]: expected a factor other than 0, which would make all inputs the same"),
        ("target.noise=1e300", "target.noise: expected 0 or a number of a size from 1e-30 to 1e+18, got 1e+300"),
        ("optimizer.lr=1e300", "optimizer.lr: expected 0 or a number of a size from 1e-30 to 1e+18, got 1e+300"),
        ("init.weights={kind='normal',std=1e300}", "init.weights.std: expected 0 or a number of a size from 1e-30"),
        ("domain.train=[[0,5e-324]]", "domain.train: expected 0 or a number of a size from 1e-30 to 1e+18, got 4.9"),
        (
            "domain.train=[[1,1.0000000001]]",
            "domain.train: float32 cannot tell 1.0 from 1.0000000001, expected a wider",
        ),
        (f"training.steps={'9' * 120}", "training.steps: expected at most 1,000,000,000,000,000, got 9999"),
        (
            f"training.seed={2**63}",
            "training.seed: expected less than 4,611,686,018,427,387,904, got 9223372036854775808",
        ),
    ],
)
def test_what_is_beyond_measure_is_one_line(settings: str, problem: str) -> None:
    key, _, value = settings.partition("=")
    with pytest.raises(PresetError) as caught:
        load("sine-31", [(key, parse_value(value))])
    (line,) = caught.value.lines
    assert line.startswith(f"sine-31: {problem}")


@pytest.mark.parametrize(
    ("target", "domain", "problem"),
    [
        ("log", "train = [[-1, 1]]", "domain.train: ln x needs x above 0, got [-1, 1]"),
        ("log", "test = [[-1, 1]]", "domain.test: ln x needs x above 0, got [-1, 1]"),
        ("log", "scale = [-1]", "domain.train: ln x needs x above 0, got [0, 1] times a negative domain.scale"),
        ("log", 'distribution = "normal"', "domain.distribution: ln x needs x above 0, expected uniform"),
        (
            "magnitude",
            "train = [[0, 1e10]]\nscale = [1e9, 1]",
            "domain.scale: expected inputs up to 1e+18 in size, got",
        ),
        ("decaying-sine", "train = [[-2000, 0]]", "domain.train: exp(−decay · x) at x = -2000 is more than float32"),
    ],
)
def test_check_refuses_where_the_target_is_not_finite(target: str, domain: str, problem: str, preset: Any) -> None:
    table = f'target.kind = "{target}"\nmodel.kind = "mlp"\n[domain]\n{domain}'
    (said,) = refused(preset(table))
    assert said.startswith(problem)
