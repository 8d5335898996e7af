"""Nothing that a test does touches the user's cache, nor an accelerator where it is not marked `gpu`."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty cache for the session."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setattr("platformdirs.user_cache_path", lambda name: folder / name)
        yield folder


@pytest.fixture(autouse=True)
def accelerators(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are none, here and in processes that are started here; tests marked `gpu` are skipped without one."""
    import torch

    if request.node.get_closest_marker("gpu"):
        if not torch.cuda.is_available():
            pytest.skip("there is no GPU here")
        return
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
