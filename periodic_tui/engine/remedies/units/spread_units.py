"""Spread the incoming weights of the first layer evenly over the directions."""

from __future__ import annotations

import math

from periodic_tui.engine.plural import counted
from periodic_tui.engine.remedies.base import Course, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting


@register
class SpreadUnits(Remedy):
    """Units at equal angles from a random first one (with one input: signs in turn); lengths stay as they are."""

    name = "spread-units"
    what = "turns the incoming weights so that they point evenly into all directions"
    prior = "no direction of the input matters more than another; works best from the start"
    verdicts = ("duplicate-units", "dead-units", "learning", "underfit")

    def unfit(self, setting: Setting) -> str | None:
        if len(setting.model.hidden_units) != 1:
            return "it is for one hidden layer"
        return None if setting.inputs <= 2 else f"it is for one or two inputs, and there are {setting.inputs}"

    def course(self, context: RemedyContext) -> Course:
        import torch

        weight = context.get("hidden.0.weight")
        units = torch.arange(weight.shape[1], device=weight.device, dtype=weight.dtype)
        if context.setting.inputs == 1:
            turned = (1 - 2 * (units % 2)).unsqueeze(-1) * weight.abs()
        else:
            angle = 2 * math.pi * (context.uniform(1) + units / len(units))
            turned = torch.stack([angle.cos(), angle.sin()], -1) * weight.norm(dim=-1, keepdim=True)
        context.put("hidden.0.weight", turned)
        context.forget("hidden.0.weight", torch.ones_like(turned, dtype=torch.bool))
        yield Train(0, "directions spread")
        return f"spread {counted(len(units), 'unit')} evenly"
