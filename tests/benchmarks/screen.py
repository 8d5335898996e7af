"""What the screen sends at 120×40 while training runs flat out, and what it costs. Exits 1 above the goals.

    python -m tests.benchmarks.screen [PRESET...]

Bytes a second as they are, and as a compressed ssh (`ssh -C`) sends them: one zlib stream, flushed after every frame.
The screen's share of a core is the processor's time of the program's main thread.
"""

import os
import re
import sys
import time
import zlib
from argparse import ArgumentParser
from pathlib import Path

from tests.benchmarks.measure import Figure, report
from tests.pty.terminal import Terminal

PRESETS = "sine-31", "magnitude-population", "ln-learns", "snake-extrapolation"
SETTLING, SECONDS = 5.0, 20.0
FRAME = re.compile(rb"(?<=\x1b\[\?2026l)")
MOST_RAW, MOST_COMPRESSED, MOST_SHARE = 60.0, 10.0, 0.10
"""KB a second, the same through zlib, and a share of one core."""


def main_thread_seconds(process: int) -> float:
    """Processor's time of a process's main thread."""
    fields = Path(f"/proc/{process}/task/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compressed(before: bytes, frames: list[bytes]) -> int:
    """Bytes of frames in a stream that has had those before."""
    stream = zlib.compressobj()
    stream.compress(before)
    stream.flush(zlib.Z_SYNC_FLUSH)
    return sum(len(stream.compress(frame) + stream.flush(zlib.Z_SYNC_FLUSH)) for frame in frames)


def sent(preset: str) -> tuple[float, float, float]:
    """KB a second, the same through zlib, and the screen's share of a core; prints them."""
    with Terminal([sys.executable, "-m", "periodic_tui", preset, "--no-record"]) as terminal:
        terminal.wait_for("training")
        time.sleep(SETTLING)
        before, work, start = terminal.raw_bytes, main_thread_seconds(terminal.process.pid), time.monotonic()
        time.sleep(SECONDS)
        seconds = time.monotonic() - start
        share = (main_thread_seconds(terminal.process.pid) - work) / seconds
        data = terminal.raw_bytes[len(before) :]
    frames = [frame for frame in FRAME.split(data) if frame]
    raw, small = len(data) / seconds / 1e3, compressed(before, frames) / seconds / 1e3
    rate = len(frames) / seconds
    print(f"{preset:24}{rate:5.1f} frames/s {raw:6.1f} KB/s, {small:4.1f} zlib, {share:.1%} of a core", flush=True)
    return raw, small, share


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("presets", nargs="*", default=PRESETS)
    raw, small, share = (max(each) for each in zip(*map(sent, parser.parse_args().presets), strict=True))
    return report(
        [
            Figure("KB a second", raw, MOST_RAW),
            Figure("KB a second through zlib", small, MOST_COMPRESSED),
            Figure("share of a core that the screen takes", share, MOST_SHARE, "{:.1%}".format),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
