"""The trained network as named tensors, and a preset that goes on from them."""

from __future__ import annotations

from pathlib import Path

import safetensors.numpy

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.export.files import mark_of
from periodic_tui.export.network import Network, network_of, tables_of
from periodic_tui.export.newest import Say
from periodic_tui.presets.files import as_toml

_LARGEST_TABLE = 1 << 28


def weights_and_preset(recording: Recording, path: Path, say: Say) -> dict[Path, bytes]:
    """The weights for `path`, of every replica where there are several, and beside them a preset that starts from them,
    with its tables; no preset where the network is a program's own. Raises NotReadable."""
    network, mark = network_of(recording, say), mark_of(recording)
    tensors = network.tensors(None if len(network.parameters) > 1 else 0)
    if network.experiment.model.is_foreign:
        title = network.experiment.model.title
        say(f"{path.name}: starts {title} by --model {title} --set init.file={path.name}; no preset names a program")
        return {path: safetensors.numpy.save(tensors, {"of": mark})}
    tables = {key: path.with_name(f"{path.stem}-{key}.csv") for key in tables_of(network.experiment)}
    preset = f"# {mark}: goes on from step {network.step:,}.\n{_preset(network, path, tables)}"
    files = {path: safetensors.numpy.save(tensors, {"of": mark}), path.with_suffix(".toml"): preset.encode()}
    return files | {tables[key]: _read(table) for key, table in tables_of(network.experiment).items()}


def _preset(network: Network, path: Path, tables: dict[str, Path]) -> str:
    table = network.experiment.model_dump(mode="json", exclude_none=True)
    table["target"] |= {key: beside.name for key, beside in tables.items()}
    return as_toml(table | {"init": {"file": path.name}})


def _read(table: Path) -> bytes:
    try:
        return read_regular(table, _LARGEST_TABLE, follow=False)
    except (OSError, ValueError) as problem:
        raise NotReadable(f"{table.name}: cannot be read: {problem}") from None
