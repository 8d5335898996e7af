"""Which remedies the menu offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies import MANY_CYCLES, Remedy, Setting, remedies
from periodic_tui.engine.snapshot import Offer, Verdict


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


def renewal(experiment: Experiment, name: str) -> Mapping[str, str] | None:
    """Keys and values with which a remedy begins a new run; None where it acts in mid-run. Raises Refused."""
    remedy, setting = experiment.remedies.options(name), setting_of(experiment)
    if reason := remedy.misfit(setting):
        raise Refused(f"{name} does not fit: {reason}")
    return remedy.renews(setting)


def complaints(causes: Sequence[Verdict]) -> tuple[str, ...]:
    """What remedies are for: codes of verdicts, each once, and MANY_CYCLES where one of them counts cycles."""
    cycles = (MANY_CYCLES,) if any("cycles" in cause.figures for cause in causes) else ()
    return (*dict.fromkeys(cause.code for cause in causes), *cycles)


@lru_cache(maxsize=64)
def offers(experiment: Experiment, *causes: str) -> tuple[Offer, ...]:
    """Every remedy, those for the first cause first: the preset's, then those for a wave of many cycles, if that is
    among the causes, then those that are for the second cause as well, and so on; last in the order of the registry.
    Last resorts come behind all others that fit."""
    preferred, setting = experiment.remedies.offer, setting_of(experiment)
    every = [_offer(experiment.remedies.options(name), setting, causes) for name in remedies]

    def rank(offer: Offer) -> tuple[bool, bool, bool, int, bool, list[bool]]:
        place = preferred.index(offer.name) if offer.name in preferred else len(preferred)
        others = [code not in remedies[offer.name].verdicts for code in causes]
        waves = MANY_CYCLES in causes and MANY_CYCLES in remedies[offer.name].verdicts
        return bool(offer.unfit), not offer.fits, remedies[offer.name].last_resort, place, not waves, others

    return tuple(sorted(every, key=rank))


def _offer(remedy: Remedy, setting: Setting, causes: Sequence[str]) -> Offer:
    """It fits where it is for the first cause, or for a wave of many cycles."""
    unfit = remedy.misfit(setting) or ""
    return Offer(
        name=remedy.name,
        what=remedy.what,
        prior=remedy.prior,
        options=", ".join(
            f"{key} {value:g}" if isinstance(value, int | float) else f"{key} {value}"
            for key, value in remedy.model_dump().items()
        ),
        fits=not unfit and any(code in remedy.verdicts for code in causes if code in (causes[0], MANY_CYCLES)),
        unfit=unfit,
    )
