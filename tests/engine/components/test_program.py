"""Files of somebody's own: how they are run, what is called, and in which words they are refused."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from periodic_tui.engine.components.models.module.program import Program, drawn, program
from periodic_tui.engine.errors import Refused
from tests.engine.programs import CHAIN, with_program, written

LINEAR = "self.l = nn.Linear(1, 1)"


def net(start: str, forward: str = "self.l(x)") -> str:
    return f"""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {start}
    def forward(self, x):
        {forward if forward.startswith(("if", "return")) else f"return {forward}"}
"""


def form(module: torch.nn.Module) -> tuple[int, int]:
    """Of a linear layer."""
    assert isinstance(module, torch.nn.Linear)
    return module.in_features, module.out_features


def made(folder: Path, source: str, name: str = "Net") -> Program:
    return program(written(folder, source), name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def Net(): return nn.Linear(1, 1)", (1, 1)),
        ("def Net(inputs, outputs): return nn.Linear(inputs, outputs)", (3, 2)),
        ("def Net(outputs, inputs): return nn.Linear(inputs, outputs)", (3, 2)),
        ("def Net(width, depth): return nn.Linear(width, depth)", (3, 2)),
        ("def Net(outputs, width=4): return nn.Linear(width, outputs)", (4, 2)),
        ("def Net(*args, **options): return nn.Linear(1, 1)", (1, 1)),
        ("Net = lambda inputs=9: nn.Linear(inputs, 1)", (3, 1)),
    ],
)
def test_counts_are_given_where_they_are_asked_for(source: str, expected: tuple[int, int], tmp_path: Path) -> None:
    assert form(made(tmp_path, source).new(0, 3, 2)) == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("1 / 0", "net.py: line 5: ZeroDivisionError: division by zero"),
        ("def broken(:", "net.py: line 5: SyntaxError: invalid syntax"),
        ("import no_such_module", "net.py: line 5: ModuleNotFoundError: No module named 'no_such_module'"),
        ("import sys; sys.exit(3)", "net.py: line 5: SystemExit: 3"),
        ("input()", "net.py: line 5: EOFError"),
        ("class Nett(nn.Module): pass", "net.py has no Net; did you mean Nett?"),
        (
            "Net = 3",
            "net.py:Net is an object of type int, expected a class of torch.nn.Module or a function that returns one",
        ),
        ("class Net: pass", "net.py:Net is the class Net, expected a class of torch.nn.Module or a function that"),
        (
            "Net = nn.Linear(1, 1)",
            "net.py:Net is a module already, from which every seed would start; expected its class",
        ),
        ("def Net(a, b, c): pass", "net.py:Net asks for a, b, c, expected no arguments, or inputs and outputs"),
        ("def Net(): return 3", "net.py:Net gives an object of type int, expected a torch.nn.Module"),
        ("def Net():\n    return [][1]", "net.py:Net cannot be made: line 6: IndexError: list index out of range"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(source: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        made(tmp_path, source).new(0, 1, 1)
    assert str(caught.value).startswith(problem)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (net("pass", "x"), "has no parameters to train"),
        (net(LINEAR + "; self.l.requires_grad_(False)"), "has no parameters to train"),
        (net(LINEAR, "self.l(x).detach()"), "gives outputs that depend on none of its parameters"),
        (net("self.l = nn.Linear(1, 3)"), "gives [points, 3] for [points, 1], and the target asks for [points, 1]"),
        (net(LINEAR, "self.l(x)[:, 0]"), "gives [points] for [points, 1], and the target asks for [points, 1]"),
        (net(LINEAR, "(self.l(x), x)"), "gives a tuple for [points, 1], and the target asks for a tensor [points, 1]"),
        (net("self.l = nn.Linear(2, 1)"), "fails on inputs [points, 1]: line 11: RuntimeError: mat1 and mat2 shapes"),
        (net(LINEAR, "self.l(x).double()"), "gives float64, and the preset trains in float32"),
        (
            net("self.l = nn.Parameter(torch.ones(1, dtype=torch.cfloat))", "(x * self.l).real"),
            "has a parameter l of complex64",
        ),
        (
            net("self.l, self.n = nn.Linear(1, 4), nn.BatchNorm1d(4)", "self.n(self.l(x)).sum(1, True)"),
            "has BatchNorm1d (n): its",
        ),
        (
            net(
                "self.l, self.n = nn.Linear(1, 4), nn.BatchNorm1d(4, track_running_stats=False)",
                "self.n(self.l(x))[:, :1]",
            ),
            "gives for a point what depends on the other points of its batch",
        ),
        (
            net(LINEAR + "; self.register_buffer('n', torch.zeros(1))", "self.l(x) + self.n.add_(1)"),
            "writes into n when it is called",
        ),
        (net(LINEAR, "self.l(x.mul_(2))"), "writes into its inputs when it is called"),
        (net("self.l = nn.utils.spectral_norm(nn.Linear(1, 1))"), "writes into l.weight_u when it is called"),
        (
            net(LINEAR, "self.l(x) + torch.rand_like(x)"),
            "draws random numbers when it is called, which no step could repeat",
        ),
        (
            net(LINEAR, "self.l(x) + (torch.rand_like(x) if self.training else 0)"),
            "draws random numbers when it is called, which no step could repeat; only nn.Dropout's can be",
        ),
        (net(LINEAR + "; self.d = nn.AlphaDropout()", "self.d(self.l(x))"), "draws random numbers when it is called"),
        (
            net(LINEAR + "; self.n = 0", "self.l(x) + self.count()")
            + "    def count(self):\n        self.n += 1\n        return self.n",
            "gives something else when it is called again",
        ),
        (
            net(LINEAR + "; self.f = torch.randn(1)", "self.l(x * self.f)"),
            "draws more at its start than parameters and buffers",
        ),
        (
            "def Net(n=[]):\n    n.append(1)\n    return nn.Linear(1, min(2, len(n)))",
            "Linear has another form with another seed",
        ),
        (
            "def Net(n=[]):\n    n.append(1)\n    torch.manual_seed(len(n))\n    return nn.Linear(1, 1)",
            "starts otherwise from the same seed of torch's generator",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_with_the_reason(source: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        with_program(tmp_path, source)
    assert problem in str(caught.value)
    assert str(caught.value).isprintable()


def test_control_flow_by_values_is_for_a_single_replica(tmp_path: Path) -> None:
    source = net(LINEAR, "if x.mean() > 0:\n            return self.l(x)\n        return -self.l(x)")
    with_program(tmp_path, source)
    with pytest.raises(
        Refused, match=r"cannot be called for several replicas at once: line 11: RuntimeError: vmap: .* control flow$"
    ):
        with_program(tmp_path, source, training__replicas=2)


def test_only_a_file_that_the_user_has_named_is_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.py"
    path.write_text("raise SystemError('it ran')")
    with pytest.raises(Refused, match="is not run: only --model"):
        program(str(path), "Net")


def test_a_file_is_run_once_and_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text(
        "from pathlib import Path\nPath(__file__).with_name('ran').open('a').write('x')\nWIDTH = 4"
    )
    source = "import beside_it\nassert __name__ != '__main__'\ndef Net(): return nn.Linear(beside_it.WIDTH, 1)"
    path = written(tmp_path, source)
    assert form(program(path, "Net").new(0, 1, 1)) == (4, 1)
    program(path, "Net")
    assert (tmp_path / "ran").read_text() == "x"


def test_a_neighbor_s_source_counts(tmp_path: Path) -> None:
    digests = []
    for number, text in enumerate(("WIDTH = 1", "WIDTH = 2")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"neighbor{number}.py").write_text(text)
        sys.modules.pop("neighbor", None)
        digests.append(program(written(folder, CHAIN + f"\nimport neighbor{number} as neighbor"), "Net").file.digest)
    assert digests[0] != digests[1]


def test_whatever_a_file_sets_is_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
import random, sys
import numpy as np
print("hello")
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(1); random.seed(1); np.random.seed(1)
assert sys.argv == [__file__]
def Net(): return nn.Linear(1, 1)
"""
    before, arguments = drawn(), sys.argv
    network = made(tmp_path, source).new(0, 1, 1)
    assert next(network.parameters()).dtype == torch.float64
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert drawn() == before
    assert sys.argv is arguments
    assert capsys.readouterr().out == ""


def test_seeds_are_those_of_the_global_generators(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected, found = torch.nn.Linear(2, 3), made(tmp_path, "def Net(): return nn.Linear(2, 3)").new(5, 1, 1)
    assert all(map(torch.equal, found.parameters(), expected.parameters()))
    others = """
import random
import numpy as np
def Net(): return nn.Linear(random.randint(1, 99), np.random.randint(1, 99))
"""
    random.seed(5)
    np.random.seed(5)
    pair = random.randint(1, 99), np.random.randint(1, 99)
    assert form(program(written(tmp_path, others, "others.py"), "Net").new(5, 1, 1)) == pair
