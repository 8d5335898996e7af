"""What is trained, in one line: every part with the keys that change it."""

import math
from collections.abc import Iterator

from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import Gpu, Script, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.keys import key_for
from periodic_tui.ui.widgets.spans import Span, dotted, length, row_of

Part = tuple[Span, ...]

GIVE_WAY = ("looks", "gpu", "place", "replica", "batch")
"""The parts that a narrow screen has no room for, the first to go first; then others from the right."""


def trained_line(snapshot: Snapshot, width: int, glyphs: Glyphs) -> Cells:
    """Values and keys in at most so many columns; empty before torch is there."""
    parts = dict(_of_script(snapshot, snapshot.script) if snapshot.script else _parts(snapshot))
    if snapshot.state == "starting":
        parts = {}
    if snapshot.past:  # no key changes it
        parts = {name: part[:1] for name, part in parts.items()}
    going = iter(GIVE_WAY)
    while length(dotted(list(parts.values()))) > width and parts:
        parts.pop(next((name for name in going if name in parts), list(parts)[-1]))
    return row_of(dotted(list(parts.values())), glyphs)


def _parts(snapshot: Snapshot) -> Iterator[tuple[str, Part]]:
    trained = snapshot.trained
    if trained.shape:
        network = f"{trained.shape} {trained.activation}".rstrip()
        yield "network", _part(network, "next:activation" if trained.activation else "")
    if trained.optimizer:
        yield "optimizer", _part(trained.optimizer, "next:optimizer")
    if math.isfinite(trained.lr):
        yield "lr", _part(f"lr {trained.lr:.3g}", "scale-lr:0.5", "scale-lr:2")
    if trained.held:
        yield "held", _part("held", "toggle-hold")
    yield "batch", _part(f"batch {trained.batch:,}" if trained.batch else "batch all")
    yield "seed", _part(f"seed {snapshot.seed}", "reinitialize", "next:seed")
    if snapshot.replicas > 1:
        yield (
            "replica",
            _part(f"replica {snapshot.focus} of {snapshot.replicas}", "turn_replica(-1)", "turn_replica(1)"),
        )
    yield "place", _part(_place(snapshot))
    if snapshot.gpu:
        yield "gpu", _part(_load(snapshot.gpu))


def _of_script(snapshot: Snapshot, script: Script) -> Iterator[tuple[str, Part]]:
    """What a script trains by, as it was seen."""
    yield from ((f"optimizer {number}", _part(each)) for number, each in enumerate(script.optimizers))
    if snapshot.trained.batch:
        yield "batch", _part(f"batch {snapshot.trained.batch:,}")
    if snapshot.device:
        yield "place", _part(snapshot.device)
    if script.looks:
        yield "looks", _part(f"{counted(script.looks, 'look')}, {100 * script.share:.2g} % of the time")


def _part(value: str, *commands: str) -> Part:
    keys = " ".join(filter(None, map(key_for, commands)))
    return ((value, Ink.TEXT), (f" {keys}", Ink.MARK)) if keys else ((value, Ink.TEXT),)


def _load(gpu: Gpu) -> str:
    """How busy a GPU is, how full and how warm, each of one width."""
    return f"{gpu.busy:3} % busy, {gpu.used / 1e9:5.1f} of {gpu.memory / 1e9:.1f} GB, {gpu.degrees} °C"


def _place(snapshot: Snapshot) -> str:
    """The device; of a processor, with the number of threads, and of several GPUs, with how many there are."""
    threads = snapshot.trained.threads
    if snapshot.gpu and snapshot.gpu.count > 1:
        return f"{snapshot.device} of {snapshot.gpu.count}"
    return f"{threads} thread{'s' * (threads > 1)} {snapshot.device}" if snapshot.device == "cpu" else snapshot.device
