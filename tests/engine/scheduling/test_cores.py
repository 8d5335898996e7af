"""How many cores this process may use, on machines that are made up."""

import os
from pathlib import Path

import pytest

from periodic_tui.engine.scheduling.cores import usable_cores


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 cores, of which the affinity leaves 48."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {*range(48)}, raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS")


def written(root: Path, **files: str) -> Path:
    """These files below a root; `__` for `/`."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_affinity_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_cores(tmp_path) == 48
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_cores(tmp_path) == 64


@pytest.mark.parametrize(
    ("asked", "cores"), [("1", 1), ("6", 6), ("4,2", 4), ("100", 48), ("0", 48), ("", 48), ("many", 48), ("-3", 48)]
)
def test_what_all_numerical_programs_are_told_holds_here(
    asked: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert usable_cores(tmp_path) == cores


@pytest.mark.parametrize(
    ("limit", "cores"), [("200000 100000", 2), ("250000 100000", 3), ("50000 100000", 1), ("max 100000", 48), ("?", 48)]
)
def test_a_container_has_its_quota(limit: str, cores: int, tmp_path: Path) -> None:
    assert usable_cores(written(tmp_path, **{"proc__self__cgroup": "0::/", "sys__fs__cgroup__cpu.max": limit})) == cores


def test_of_nested_groups_the_narrowest_counts(tmp_path: Path) -> None:
    groups = {"sys__fs__cgroup__job__cpu.max": "300000 100000", "sys__fs__cgroup__job__step__cpu.max": "max 100000"}
    assert usable_cores(written(tmp_path, proc__self__cgroup="0::/job/step\n", **groups)) == 3


def test_the_first_version_of_control_groups_is_known(tmp_path: Path) -> None:
    files = {"cpu.cfs_quota_us": "400000\n", "cpu.cfs_period_us": "100000\n"}
    root = written(tmp_path, proc__self__cgroup="3:cpuset:/\n1:cpu:/docker/a\n")
    written(root, **{f"sys__fs__cgroup__cpu__docker__a__{name}": text for name, text in files.items()})
    assert usable_cores(root) == 4
    written(root, **{"sys__fs__cgroup__cpu__docker__a__cpu.cfs_quota_us": "-1\n"})
    assert usable_cores(root) == 48
