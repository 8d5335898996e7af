"""Events of units that die and come back."""

from __future__ import annotations

import torch
from torch import nn

from tests.watching.loops import watched


def test_units_die_and_come_back_in_a_loop() -> None:
    torch.manual_seed(0)
    first = nn.Linear(1, 4)
    model = nn.Sequential(first, nn.ReLU(), nn.Linear(4, 1))
    with torch.no_grad():
        first.weight.fill_(1.0)
        first.bias.fill_(2.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    with watched() as seen:
        for step in range(90):
            with torch.no_grad():
                if step in (30, 60):
                    first.bias[2:] = -9.0 if step == 30 else 2.0
                if step == 75:
                    first.bias[0] = -9.0
            model(torch.rand(64, 1)).square().mean().backward()
            optimizer.step()
    died, back, alone = seen.events
    assert died.startswith("2 units of layer 1 died: silent from step 31 on")
    assert back == "2 units of layer 1 came back"
    assert alone.startswith("unit 0 of layer 1 died: silent from step 76 on")
    assert [event.step for event in seen.recorder.events] == [38, 61, 83]
