"""All rules about somebody's training, in order of precedence: a bug in the script before a property of the run."""

from periodic_tui.watching.verdicts.rules import (
    divergence,
    form,
    gradients,
    loss,
    outcome,
    reach,
    sameness,
    scale,
    script,
    steps,
    units,
    wrong_loss,
)
from periodic_tui.watching.verdicts.rules.base import Rule

RULES: tuple[Rule, ...] = (
    loss.shape_broadcast,
    loss.one_class_softmax,
    loss.softmax_wrong_dim,
    loss.softmax_twice,
    wrong_loss.wrong_loss,
    script.gradients_not_cleared,
    script.not_in_optimizer,
    script.no_gradient,
    reach.out_of_reach,
    script.eval_mode,
    reach.constant_input,
    form.unshuffled,
    sameness.duplicate_units,
    divergence.diverged,
    scale.unscaled,
    units.dead_network,
    steps.step_too_large,
    gradients.exploding,
    form.weight_decay_too_strong,
    form.dropout_too_high,
    units.saturated,
    gradients.vanishing,
    form.linear_network,
    wrong_loss.squared_classes,
    script.without_gradient,
    steps.step_too_small,
    sameness.collapsed_to_constant,
    units.dead_units,
    outcome.too_early,
    outcome.underfit,
    outcome.plateau,
    outcome.learning,
)
HEALTHY = ("too-early", "plateau", "learning")
"""Codes that find nothing wrong."""
OUTCOMES = ("too-early", "underfit", "plateau", "learning")
"""Codes that hold where none of the others does, of which there is always one."""
CODES = tuple(dict.fromkeys(rule.code for rule in RULES))
