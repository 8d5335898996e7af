"""What begins a new run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.overrides import written
from periodic_tui.engine.remedies.base import Remedy
from periodic_tui.engine.remedies.context import Setting


class Renewal(Remedy):
    """A remedy that changes the model: it has keys of the preset's `[model]` instead of a course. Units that the
    columns were given stay."""

    def keys(self, setting: Setting) -> Mapping[str, Any]:
        """Keys of the model and their new values."""
        raise NotImplementedError

    def training(self, setting: Setting) -> Mapping[str, Any]:
        """Other keys of the preset, and their new values."""
        return {}

    def unfit(self, setting: Setting) -> str | None:
        return (
            None
            if setting.model.kind == "mlp"
            else f"it is for networks of layers, and the model is {setting.model.kind}"
        )

    def renews(self, setting: Setting) -> Mapping[str, str] | None:
        changed = dict(self.keys(setting))
        if len(changed) == 1 and not getattr(setting.model, "scaling", None):
            ((key, value),) = changed.items()
            model = {f"model.{key}": value}
        else:
            model = {"model": setting.model.model_dump(mode="json", exclude_none=True) | changed}
        return {key: written(value) for key, value in (model | dict(self.training(setting))).items()}


def by_adam(setting: Setting, lr: float) -> Mapping[str, Any]:
    """What has Adam train, on all of a data set or on large batches, where another optimizer did; its steps fit units
    of any scale."""
    if setting.has_adam:
        return {}
    return {"optimizer": {"kind": "adam", "lr": lr}, "training.batch_size": setting.usual_batch}
