"""`from periodic_tui import watch`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from periodic_tui import watch
from periodic_tui.engine.recording.library import Library
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.snapshot import Snapshot
from tests.watching.loops import watched


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """An empty one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Library(tmp_path / "periodic-tui" / "runs")


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 20) -> None:
    for step in range(steps):
        optimizer.zero_grad()
        model(torch.randn(8, 3)).square().mean().backward()
        optimizer.step()
        watch.log(half=step / 2)


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))


def last(recording: Recording) -> Snapshot:
    return recording.picture(recording.pictures()[-1])


def test_a_loop_is_recorded(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, nn.MSELoss(), name="zero") as watching:
        train(model, optimizer)
    (entry,) = library.runs()
    assert str(entry.folder) == watching.recording
    assert (entry.about.name, entry.about.script) == ("zero", "zero")
    assert (entry.status.step, entry.status.ended, entry.being_written) == (20, "finished", False)
    told = capsys.readouterr()
    assert told.out == ""
    assert f"periodic-tui replay {entry.name}" in told.err


def test_its_picture_tells_of_the_layers_and_what_was_logged(library: Library) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer):
        train(model, optimizer)
    picture = last(Recording(library.runs()[0].folder))
    assert (picture.step, picture.state) == (20, "finished")
    assert picture.script is not None
    assert (picture.script.code, picture.script.captured) == (0, False)
    assert picture.script.models == ("Sequential, 41 parameters",)
    assert picture.script.optimizers == ("SGD, lr 0.1",)
    assert picture.network.names == ("0", "1", "2")
    assert [layer.units for layer in picture.layers] == [8]
    assert picture.logged["half"].high[-1] == 9.5
    assert len(picture.train_curve.step) == 20
    assert picture.verdict.text


def test_what_is_raised_goes_on_and_is_told(library: Library) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def stumble() -> None:
        with watch(model, optimizer):
            train(model, optimizer)
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        stumble()
    (entry,) = library.runs()
    assert entry.status.ended == "failed"
    assert torch.overrides._get_current_function_mode_stack() == []


def test_within_a_script_that_is_watched_it_only_says_what_is_meant(library: Library) -> None:
    body, head = net(), net()
    first, second = torch.optim.SGD(body.parameters(), lr=0.1), torch.optim.Adam(head.parameters())
    with watched() as seen:
        with watch(head, second) as watching:
            for _ in range(3):
                for model, optimizer, steps in ((body, first, 2), (head, second, 1)):
                    for _ in range(steps):
                        optimizer.zero_grad()
                        model(torch.randn(8, 3)).square().mean().backward()
                        optimizer.step()
        assert watching.recording == ""
        assert seen.hooks.step == 3
        assert seen.hooks.is_on
    assert library.runs() == []


def test_a_criterion_with_parameters_is_a_loss(library: Library) -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
            return torch.nn.functional.softplus(self.scale * prediction * target).mean()

    model, criterion = net(), Scaled()
    optimizer = torch.optim.SGD([*model.parameters(), *criterion.parameters()], lr=0.1)
    with watched() as seen, watch(model, optimizer, criterion):
        for _ in range(3):
            optimizer.zero_grad()
            criterion(model(torch.randn(8, 3)), torch.ones(8, 1)).backward()
            optimizer.step()
    assert [(loss.kind, loss.comes_from) for loss in seen.look.losses] == [("Scaled", "linear")]


def test_where_nothing_can_be_recorded_the_loop_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", "")
    model = net()
    before = [each.detach().clone() for each in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model):
        train(model, optimizer)
    assert not any(map(torch.equal, model.parameters(), before))
    assert "nothing is watched" in capsys.readouterr().err


def test_nothing_of_the_screen_is_imported() -> None:
    text = (
        "import sys, periodic_tui\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)\n"
        "from periodic_tui import watch\n"
        "assert not {'textual', 'rich', 'plotext', 'click'} & set(sys.modules), sorted(sys.modules)\n"
        "watch.log(a=1)\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
