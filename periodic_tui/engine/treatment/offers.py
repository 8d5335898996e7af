"""Which remedies the menu offers."""

from __future__ import annotations

from functools import lru_cache

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies import Remedy, Setting, remedies
from periodic_tui.engine.snapshot import Offer


def setting_of(experiment: Experiment) -> Setting:
    """All of an experiment that a remedy may know."""
    return Setting(
        model=experiment.model,
        domain=experiment.domain,
        optimizer=experiment.optimizer,
        inputs=experiment.target.inputs,
        outputs=experiment.target.outputs,
        batch_size=experiment.training.batch_size,
        solved_below=experiment.training.solved_below,
        labels=experiment.training.loss in ("bce", "bce-with-logits", "cross-entropy"),
    )


@lru_cache(maxsize=64)
def offers(experiment: Experiment, verdict: str) -> tuple[Offer, ...]:
    """Every remedy: first those that fit, each group in the preset's order, then in that of the registry."""
    preferred = experiment.remedies.offer
    names = [*preferred, *(name for name in remedies if name not in preferred)]
    setting = setting_of(experiment)
    every = [_offer(experiment.remedies.options(name), setting, verdict) for name in names]
    return tuple(sorted(every, key=lambda offer: (bool(offer.unfit), not offer.fits)))


def _offer(remedy: Remedy, setting: Setting, verdict: str) -> Offer:
    unfit = remedy.unfit(setting) or ""
    return Offer(
        name=remedy.name,
        what=remedy.what,
        prior=remedy.prior,
        options=", ".join(
            f"{key} {value:g}" if isinstance(value, int | float) else f"{key} {value}"
            for key, value in remedy.model_dump().items()
        ),
        fits=not unfit and verdict in remedy.verdicts,
        unfit=unfit,
    )
