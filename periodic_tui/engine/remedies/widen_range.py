"""Learn a frequency on a range so narrow that its basin is wide, then widen the range and sharpen the frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from periodic_tui.engine.remedies.base import Course, Remedy, Setting, register

if TYPE_CHECKING:
    from periodic_tui.engine.remedies.bench import Bench


@register
class WidenRange(Remedy):
    """SGD in all stages, its step size tied to the range.

    Within ±r the basin of a frequency is 4.4934/r wide and the curvature at most ⅔r²; so a start at small r finds the
    way from anywhere and a step of 0.75/r² never overshoots. Without noise the range doubles when the loss has fallen
    and halves when it does not; under noise, which no loss falls below, every stage has a fixed number of steps and
    the step size decays within it.
    """

    name: ClassVar[str] = "widen-range"
    what: ClassVar[str] = "samples a narrow range, where the basin is wide, and widens it as the loss falls"
    prior: ClassVar[str] = "may choose where to sample (or has points near zero); a frequency limit"
    verdicts: ClassVar[tuple[str, ...]] = ("stuck-outside-basin", "step-too-large", "underfit", "learning")

    frequency_limit: Annotated[float, Field(gt=0)] = 200.0
    """Radians per unit of x: the first range is 2/(limit + the present frequency)."""
    first_range: Annotated[float, Field(gt=0)] = 10.0
    """Half-width, in seconds, on which a clock's oscillators start."""
    growth: Annotated[float, Field(gt=1)] = 2.0
    loss_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """The range widens when the loss is below this share of mean(y²)."""
    stage_steps: Annotated[int, Field(ge=1)] = 5
    """Fewest steps of a stage."""
    patience: Annotated[int, Field(ge=1)] = 100
    """Steps of a stage after which it is given up: the range halves, or at the first range the frequency is redrawn."""
    noisy_steps: Annotated[int, Field(ge=1)] = 60
    """Steps of a stage under noise."""
    last_steps: Annotated[int, Field(ge=1)] = 400
    """Steps of the last stage under noise."""
    max_steps: Annotated[int, Field(ge=1)] = 10_000

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind not in ("sine-unit", "harmonic", "oscillators"):
            return f"it is for a model with frequencies, and the model is {setting.model.kind}"
        return None if setting.reach is not None else "it needs a training domain made of intervals"

    def course(self, bench: Bench) -> Course:
        from periodic_tui.engine.remedies.widen_harmonic import widen_harmonic
        from periodic_tui.engine.remedies.widen_oscillators import widen_oscillators
        from periodic_tui.engine.remedies.widen_sine import widen_sine

        widen = {"sine-unit": widen_sine, "harmonic": widen_harmonic, "oscillators": widen_oscillators}
        return widen[bench.setting.model.kind](self, bench)
