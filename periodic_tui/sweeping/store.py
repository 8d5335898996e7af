"""Results on disk: a file for each, written at once, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.result import CellResult, Ending

_LARGEST = 1 << 20
"""Bytes of the largest file that can have been written here."""


class Store:
    """A folder of results, under the keys of their jobs. Several sweeps may use one at once: of two results under one
    key, which are the same, the later takes the place of the earlier."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, if need be. Raises Refused."""
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise Refused(f"{folder}: {failure.strerror}") from None

    def get(self, key: str) -> CellResult | None:
        """The result of that key; None where there is none, or only one that is damaged, which is then trained anew."""
        try:
            document = json.loads(read_regular(self._path(key), _LARGEST))
            fields = document["result"]
            return CellResult.of(fields) if document["check"] == _check(key, fields) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def keep(self, job: Job, ending: Ending) -> None:
        """Put a result on the disk; failures are tried again the next time. Raises Refused."""
        if not isinstance(ending, CellResult):
            return
        fields = ending.fields()
        document = {"check": _check(job.key, fields), "result": fields, "job": json.loads(job.to_json())}
        try:
            replace_file(self._path(job.key), json.dumps(document).encode() + b"\n")
        except OSError as failure:
            raise Refused(f"{self.folder}: {failure.strerror}") from None

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _check(key: str, fields: object) -> str:
    """A hash by which half a file, or another one's, is noticed."""
    return hashlib.sha256((key + json.dumps(json.loads(json.dumps(fields)), sort_keys=True)).encode()).hexdigest()
