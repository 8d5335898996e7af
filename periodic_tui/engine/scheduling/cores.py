"""How many processor cores this process may use."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_ROOT = Path("/")


def usable_cores(root: Path = _ROOT) -> int:
    """Cores that the process may run on: what its affinity, the quotas of its control groups (of containers and job
    schedulers) and OMP_NUM_THREADS leave of the machine's; one at least."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        cores = os.cpu_count() or 1
    limits = [*_quotas(root), *_asked_for()]
    return max(1, int(min([cores, *limits])))


def _asked_for() -> list[float]:
    """The first number of OMP_NUM_THREADS, by which people bound the threads of every numerical program."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return [float(first)] if first.isascii() and first.isdigit() and int(first) else []


def _quotas(root: Path) -> list[float]:
    """Cores' worth of time that the process's control groups have, where they are bounded."""
    base, found = root / "sys/fs/cgroup", []
    for group in (*_groups(root), Path()):
        with suppress(OSError, ValueError):
            found.append(_quota(*(base / group / "cpu.max").read_text().split()))
        with suppress(OSError, ValueError):
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            found.append(_quota(*((base / "cpu" / group / name).read_text() for name in names)))
    return [quota for quota in found if quota > 0]


def _quota(quota: str, period: str = "100000") -> float:
    """Cores' worth of a quota in microseconds a period; 0 where there is none."""
    return 0.0 if quota.strip() in ("max", "-1") else -(-float(quota) // float(period))


def _groups(root: Path) -> list[Path]:
    """The control groups of the process, the inner ones first, without the outermost."""
    groups: list[Path] = []
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            path = Path(line.rpartition(":")[2].lstrip("/"))
            groups += [path, *path.parents]
    return [group for group in dict.fromkeys(groups) if group != Path()]
