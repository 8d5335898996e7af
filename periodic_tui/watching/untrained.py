"""What is said of a script that has trained nothing."""

from periodic_tui.engine.snapshot import Verdict

NO_TORCH = "the script never imported torch"
NO_STEP = "torch was imported, but no optimizer stepped and nothing was propagated back"
ENDED = "the script ended before a step was seen"


def untrained(why: str) -> Verdict:
    """The verdict, which is a fact."""
    text = f"Nothing was trained: {why}."
    return Verdict("not-trained", text, margin=float("inf"), short=text)
