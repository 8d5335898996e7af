"""Nothing that a test does touches the user's cache or recordings, nor an accelerator where it is not marked `gpu`; and
the machine may be busy."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# As the program does: a step of a small network is no work for several threads, and test workers share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache that is empty at first; the workers of one run share it, so that a step is compiled once."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setattr("platformdirs.user_cache_path", lambda name: folder / name)
        yield folder


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of programs that a test starts go where its other files do; there is no config, and no first start."""
    base = tmp_path_factory.getbasetemp()
    monkeypatch.setenv("XDG_STATE_HOME", str(base / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(base / "config"))
    monkeypatch.delenv("PERIODIC_TUI_CONFIG", raising=False)
    (base / "state/periodic-tui").mkdir(parents=True, exist_ok=True)
    (base / "state/periodic-tui/screen.json").write_text('{"greeted": "yes"}')


@pytest.fixture(autouse=True)
def accelerators(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are none, here and in processes that are started here; tests marked `gpu` are skipped without one."""
    import torch

    if request.node.get_closest_marker("gpu"):
        if not torch.cuda.is_available():
            pytest.skip("there is no GPU here")
        return
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("periodic_tui.engine.training.devices.library", lambda name: None)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """A shell's background job ignores SIGINT, and one under nohup SIGHUP; so would every program that tests start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler), signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGHUP, before[1])
