"""What is said of a script that has trained nothing."""

from periodic_tui.engine.snapshot import Verdict

NO_TORCH = "the script never imported torch"
NO_STEP = "no optimizer stepped, and nothing was propagated back"
ENDED = "the script ended before a step was seen"
ELSEWHERE = "Only the script's own process is watched, not those that it starts."


def untrained(why: str) -> Verdict:
    """The verdict, which is a fact."""
    short = f"Nothing was trained: {why}."
    text = f"{short} {ELSEWHERE}" if why == NO_STEP else short
    return Verdict("not-trained", text, margin=float("inf"), short=short)
