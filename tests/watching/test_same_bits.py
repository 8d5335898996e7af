"""A training that is watched is, bit for bit, what it is alone; and nothing is left behind."""

from __future__ import annotations

import gc
import hashlib
import inspect
import subprocess
import sys
import tracemalloc
import weakref
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.watching.loops import EVERY_STEP, NEVER, watched

START = """
import copy, io, hashlib, pickle, random, sys
import numpy as np, torch
from contextlib import nullcontext
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from tests.watching.loops import EVERY_STEP, NEVER, watched
torch.set_num_threads(1)
class Structure(pickle.Pickler):
    # Tensors by what they hold: torch writes where they lie.
    def persistent_id(self, value):
        return value.detach().numpy().tobytes() if isinstance(value, torch.Tensor) else None
def tell(value):
    data = value.detach().numpy().tobytes() if isinstance(value, torch.Tensor) else repr(value).encode()
    print(hashlib.sha256(data).hexdigest()[:16])
"""
BEGIN = """
print("loop")
torch.manual_seed(0); np.random.seed(0); random.seed(0)
"""
END = """
for name, value in model.state_dict().items():
    tell(value)
for each in model.parameters():
    tell(each.grad)
tell([module.training for module in model.modules()])
tell(torch.get_rng_state()); tell(np.random.get_state()); tell(random.getstate())
file = io.BytesIO(); torch.save(model.state_dict(), file); tell(file.getvalue())
for each in (model, copy.deepcopy(model)):
    file = io.BytesIO(); Structure(file).dump(each); tell(file.getvalue())
tell([sorted(vars(module)) for module in model.modules()])
tell([torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()])
"""
LOOPS = {
    "classifier": """
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Flatten(),
                      nn.Linear(144, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
data = DataLoader(TensorDataset(torch.randn(96, 1, 8, 8), torch.randint(10, (96,))), 16, shuffle=True)
for epoch in range(3):
    model.train()
    for x, y in data:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        tell(loss)
    model.eval()
    with torch.no_grad():
        tell(model(x))
""",
    "workers": """
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
data = DataLoader(TensorDataset(torch.randn(24, 3), torch.randn(24, 1)), 6, shuffle=True, num_workers=2)
for epoch in range(4):
    for x, y in data:
        optimizer.zero_grad()
        loss = F.l1_loss(model(x), y)
        loss.backward()
        optimizer.step()
        tell(loss)
""",
    "transformer": """
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
for step in range(12):
    x = torch.randn(4, 5, 8)
    loss = ((model(x) - x) ** 2).mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    tell(loss)
    model.eval()
    with torch.no_grad():
        tell(model(x))
    model.train()
""",
    "recurrent": """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(12, 6), nn.GRU(6, 9, 2, dropout=0.1), nn.Linear(9, 12)
    def forward(self, x):
        return self.out(F.dropout(torch.tanh(self.rnn(self.embed(x))[0]), 0.2, self.training))
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for step in range(12):
    x = torch.randint(12, (7, 5))
    with torch.autocast("cpu", torch.bfloat16):
        loss = F.cross_entropy(model(x[:-1]).flatten(0, 1).float(), x[1:].flatten())
    scaler.scale(loss).backward()
    if step % 3 == 2:
        scaler.step(optimizer); scaler.update(); optimizer.zero_grad()
    tell(loss)
""",
    "closure": """
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).double()
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4, line_search_fn="strong_wolfe")
x = torch.randn(20, 3, dtype=torch.float64)
def closure():
    optimizer.zero_grad()
    loss = (model(x) - x.sum(1, keepdim=True)).abs().mean()
    loss.backward()
    tell(loss)
    return loss
for step in range(5):
    optimizer.step(closure)
""",
    "adversarial": """
model = nn.ModuleDict({"g": nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 3)),
                       "d": nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))})
d, g = (torch.optim.RMSprop(model[name].parameters(), lr=0.001) for name in "dg")
for step in range(8):
    real, noise = torch.randn(6, 3).requires_grad_(), torch.randn(6, 2)
    score = model["d"](real)
    slope, = torch.autograd.grad(score.sum(), real, create_graph=True)
    loss = F.softplus(-score).mean() + F.softplus(model["d"](model["g"](noise).detach())).mean() + slope.square().sum()
    d.zero_grad(); loss.backward(); d.step()
    cheat = F.softplus(-model["d"](model["g"](noise))).mean()
    g.zero_grad(); cheat.backward(); g.step()
    tell(loss); tell(cheat)
""",
    "by hand": """
model = nn.Linear(3, 2)
for step in range(10):
    loss = torch.relu(model(torch.randn(8, 3))).sub(1).square().mean()
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for each, gradient in zip(model.parameters(), gradients):
            each -= 0.1 * gradient
    tell(loss)
model.zero_grad(); model(torch.ones(1, 3)).sum().backward()
""",
}


def run(watching: bool) -> dict[str, list[str]]:
    """What a process tells that runs all loops."""
    around = "watched(EVERY_STEP)" if watching else "nullcontext()"
    text = START
    for loop in LOOPS.values():
        body = "".join(f"    {line}\n" for line in loop.splitlines())
        text += f"{BEGIN}with {around} as seen:\n{body}    if seen: assert seen.looks\n{END}"
    done = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = [part.split() for part in done.stdout.split("loop\n")[1:]]
    return dict(zip(LOOPS, told, strict=True))


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Alone, and watched."""
    return run(watching=False), run(watching=True)


@pytest.mark.parametrize("loop", LOOPS)
def test_every_bit_is_what_it_is_alone(both: tuple[dict[str, list[str]], ...], loop: str) -> None:
    alone, seen = both
    assert len(alone[loop]) > 20
    assert seen[loop] == alone[loop]


def of_torch() -> dict[str, object]:
    """What could be found changed in torch."""
    from torch.nn.modules import module
    from torch.optim import optimizer

    return {
        "forward": dict(module._global_forward_hooks),
        "forward pre": dict(module._global_forward_pre_hooks),
        "backward": dict(module._global_backward_hooks),
        "step": dict(optimizer._global_optimizer_pre_hooks),
        "step post": dict(optimizer._global_optimizer_post_hooks),
        "modes": torch.overrides._get_current_function_mode_stack(),
        "gradients": vars(torch.autograd)["_engine_run_backward"],
        "compile": torch.compile,
        "scale": inspect.getattr_static(torch.amp.GradScaler, "scale"),
        "tensor": {name for name in vars(torch.Tensor) if not name.startswith("__")},
    }


@pytest.mark.parametrize("steps", [0, 1, 7])
def test_no_hook_is_left_and_no_model_kept(steps: int) -> None:
    before = of_torch()
    with watched() as seen:
        model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1))
        optimizer = torch.optim.Adam(model.parameters())
        for _ in range(steps):
            optimizer.zero_grad()
            model(torch.randn(5, 3)).square().mean().backward()
            optimizer.step()
        model(torch.randn(5, 3))
        own = [*model.modules(), *model.parameters(), optimizer]
        references = [weakref.ref(each) for each in own]
    assert of_torch() == before
    del model, optimizer, own
    gc.collect()
    assert not any(reference() is not None for reference in references)
    assert len(seen.looks) == steps


def test_a_model_that_is_let_go_is_not_kept_while_watching_goes_on() -> None:
    with watched():
        model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            model(torch.randn(5, 3)).mean().backward()
            optimizer.step()
        reference = weakref.ref(model)
        del model, optimizer
        gc.collect()
        assert reference() is None


def test_wrappers_that_were_put_over_ours_stay() -> None:
    before = torch.compile
    try:
        with watched():
            ours = torch.compile
            torch.compile = theirs = lambda *args, **kwargs: ours(*args, **kwargs)
        assert torch.compile is theirs
    finally:
        torch.compile = before


def test_the_state_of_random_numbers_is_not_touched() -> None:
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(5, 3)
    with watched():
        before = hashlib.sha256(torch.get_rng_state().numpy().tobytes()).digest()
        for _ in range(4):
            model(x).mean().backward()
            optimizer.step()
        assert hashlib.sha256(torch.get_rng_state().numpy().tobytes()).digest() == before


@pytest.mark.slow
@pytest.mark.parametrize(("share", "steps"), [(NEVER, 20_000), (EVERY_STEP, 1_500)])
def test_memory_is_flat(share: float, steps: int) -> None:
    """From a quarter of the steps on all that is kept has its full size (64 looks, and the bins of the losses), but for
    up to 4,096 losses that wait to be remembered, which take 32 bytes each."""
    model = nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    x, held = torch.randn(5, 1), list[int]()
    tracemalloc.start()
    with watched(share, keep=False):
        for step in range(steps):
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()
            if step in (steps // 4, steps - 1):
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 4_096 * 32 + 50_000
