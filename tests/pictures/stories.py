"""What the README's pictures tell."""

from __future__ import annotations

from tests.pictures.camera import Camera

COLLAPSE, SINE = "ln-collapse", "sine-31"
REMEDY = "reinitialize-better"
SLOWLY, FLAT_OUT = "pace:40", "pace:0"
FIRST, LATER = (1, 15, 30, 50, 80, 120), (500, 1_500, 3_000)
"""Steps after the remedy has begun that are seen, and those after which it need no longer be slow."""


async def collapse(camera: Camera) -> None:
    """Two layers die in two steps, the verdict says why, and one key later the network learns."""
    await camera.take(2.5, "Two layers of ReLUs are to learn ln x, from large weights.")
    for step, seconds, told in ((1, 2.2, "Step 1: the first layer is dead."), (2, 2.2, "Step 2: so is the second.")):
        await camera.until(lambda now, step=step: now.step >= step)  # type: ignore[misc]  # bound in the loop
        await camera.take(seconds, told)
    await camera.until(lambda now: now.step >= 300 and now.verdict.code == "dead-network")
    await camera.take(4.5, "It will never learn, and the verdict says why.")
    await camera.press("f")
    await camera.take(3.0, "What can be done? No remedy is told the answer.", "f")
    await camera.press("enter")
    await camera.until(lambda now: any(REMEDY in (event.command or "") for event in now.events))
    begun = camera.shown.step
    camera.send(SLOWLY)
    await camera.take(1.5, "Small weights, and Adam:", "enter")
    for steps in (*FIRST, *LATER):
        if steps == LATER[0]:
            camera.send(FLAT_OUT)
        await camera.until(lambda now, steps=steps: now.step >= begun + steps)  # type: ignore[misc]  # bound in the loop
        await camera.take(0.8, "it learns.")
    await camera.until(lambda now: not now.stage and now.verdict.code != "learning")
    await camera.take(5.0, "The verdict says how far it has come, and what is next.")


async def injection(camera: Camera) -> None:
    """One frequency is never found; the known answer is put in."""
    await camera.until(lambda now: now.step >= 5_000)
    await camera.press("i")
    await camera.until(lambda now: now.state == "solved" and now.step >= 8_000)
    await camera.take(1.0, "")
