"""Which parameters are trained, and how steps are taken: facts of the script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from periodic_tui.watching.findings import LayerLook, Look, OptimizerLook
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import progress_of
from periodic_tui.watching.verdicts.rules.base import (
    Statement,
    called,
    is_module,
    lately,
    listed,
    ran,
    rule,
    said,
    steadily,
    weighty,
)

_LOOKS: Final = 3
_LATE: Final = 10
"""Steps after which every optimizer may be expected to have stepped."""


def _alone(look: Look) -> OptimizerLook | None:
    """The only optimizer."""
    return look.optimizers[0] if len(look.optimizers) == 1 else None


@rule("gradients-not-cleared")
def gradients_not_cleared(memory: Memory) -> Statement | None:
    """Gradients were not cleared between any two steps of an optimizer that were looked at, though each had its own
    backward."""
    looks = [look for look in memory.last if look.step > 1][-8:]
    if len(looks) < _LOOKS:
        return None
    kept = set.intersection(*(_not_cleared(look) for look in looks))
    if not kept:
        return None
    kind, step = sorted(kept)[0][1], looks[-1].step
    text = (
        f"Gradients are never cleared: each step of {kind} is taken along the sum of the gradients of all {step:,} "
        "steps so far. Call optimizer.zero_grad() before every backward."
    )
    short = (f"Gradients are never cleared: {kind} steps along the sum of {step:,} of them.",)
    return said(text, short, steps=step, optimizer=kind)


def _not_cleared(look: Look) -> set[tuple[int, str]]:
    """Places and classes of the optimizers whose gradients were not."""
    return {(n, o.kind) for n, o in enumerate(look.optimizers) if o.cleared is False and o.backwards > 0}


@rule("not-in-optimizer")
def not_in_optimizer(memory: Memory) -> Statement | None:
    """The only optimizer holds none of the parameters that get a gradient. Or layers get a gradient that no optimizer
    holds, though others are held, and they have never been trained; or they are not only those before what is held,
    and the loss does not come below a constant's."""
    if max(memory.step, memory.last[-1].step if memory.last else 0) < _LATE:
        return None
    foreign = steadily(memory, _foreign, _LOOKS)
    if foreign:
        text = (
            f"The optimizer, {foreign.kind}, holds none of the parameters that get a gradient: what it "
            "changes, no loss depends on. Make the optimizer after the model, from that model's parameters()."
        )
        short = (f"{foreign.kind} holds none of the parameters that get a gradient.",)
        return said(text, short, optimizer=foreign.kind)
    layers = steadily(memory, _unheld, _LOOKS)
    if not layers or not (any(layer.fresh for layer in layers) or (progress_of(memory).failed and _is_odd(memory))):
        return None
    names, numbers = listed([called(layer) for layer in layers]), sum(layer.trainable - layer.held for layer in layers)
    fresh = "; they are as they were drawn at first" if all(layer.fresh for layer in layers) else ""
    loose = any(layer.name.startswith("loose ") for layer in layers)
    advice = "Keep layers in a ModuleList, not in a plain list" if loose else "Give it all of model.parameters()"
    text = (
        f"No optimizer holds the {numbers:,} parameters of {names}, which get a gradient and never move{fresh}. "
        f"{advice}."
    )
    line = f"No optimizer holds the {numbers:,} parameters of {names}."
    return said(text, (line, f"No optimizer holds {numbers:,} parameters."), parameters=numbers, layers=names)


def _foreign(look: Look) -> OptimizerLook | None:
    optimizer = _alone(look)
    moved = any(layer.gradient > 0 for layer in look.layers)
    return optimizer if optimizer and optimizer.foreign and optimizer.backwards and moved else None


def _unheld(look: Look) -> list[LayerLook] | None:
    """Layers that get a gradient and are not held, where others are: modules, if there are any, for what functions are
    given may be an input that is optimized."""
    layers = [layer for layer in look.layers if layer.trainable and layer.gradient > 0]
    loose = [layer for layer in layers if layer.held < layer.trainable]
    modules = [layer for layer in layers if is_module(layer)]
    return loose if loose and any(layer.held for layer in modules or layers) else None


def _is_odd(memory: Memory) -> bool:
    """Whether what is not held is not only a backbone, whose head is."""
    layers = [layer for layer in ran(memory.last[-1]) if layer.trainable]
    first = next((place for place, layer in enumerate(layers) if layer.held), 0)
    return any(layer.held < layer.trainable for layer in layers[first:])


@rule("no-gradient")
def no_gradient(memory: Memory) -> Statement | None:
    """No parameter of the only optimizer has a gradient when it steps, though backward ran. Or the first layers that
    run have none while those after them do, are held and want one, and have never been trained, or the loss does not
    come below a constant's."""
    bare = steadily(memory, _bare, _LOOKS)
    if bare:
        text = (
            f"Backward ran, but no parameter has a gradient when {bare.kind} steps: nothing is trained. The order is "
            "zero_grad, backward, step; and the loss must come from the parameters without detach, .data or .item()."
        )
        return said(text, (f"No parameter has a gradient when {bare.kind} steps.",), optimizer=bare.kind)
    cut = steadily(memory, _cut_off, _LOOKS)
    if not cut or not (any(layer.fresh for layer in cut) or progress_of(memory).failed):
        return None
    names, numbers = listed([called(layer) for layer in cut]), sum(layer.trainable for layer in cut)
    text = (
        f"No gradient comes to {names}, though the optimizer holds their {numbers:,} parameters: something cuts them "
        "off from the loss. Look for detach, .data, no_grad, numpy or argmax between them and the loss."
    )
    short = (f"No gradient comes to {names}: something cuts them off from the loss.", f"No gradient comes to {names}.")
    return said(text, (*short, f"{numbers:,} parameters get no gradient."), parameters=numbers, layers=names)


@rule("no-gradient")
def without_gradient(memory: Memory) -> Statement | None:
    """Parameters that want a gradient never had one while the only optimizer stepped, and the loss does not come below
    a constant's."""
    looks = memory.kept
    if len(looks) < _LOOKS or not all(map(_alone, looks)) or not progress_of(memory).failed:
        return None
    names = [
        n for n in looks[-1].optimizers[0].without_gradient if all(n in x.optimizers[0].without_gradient for x in looks)
    ]
    if not names or any(layer.active.size and not layer.active.any() for layer in looks[-1].layers):
        return None
    text = (
        f"No gradient came to {listed(names)} at any look, though the optimizer holds them. Look for no_grad, detach, "
        "a part that forward does not use, or one that is made anew."
    )
    short = (f"No gradient ever came to {listed(names)}.", f"{len(names):,} parameters never got a gradient.")
    return said(text, short, parameters=", ".join(names[:6]), count=len(names))


def _bare(look: Look) -> OptimizerLook | None:
    optimizer = _alone(look)
    held = [layer for layer in look.layers if layer.held]
    none = held and all(math.isnan(layer.gradient) for layer in held)
    return optimizer if optimizer and none and optimizer.backwards > 0 and not optimizer.foreign else None


def _cut_off(look: Look) -> list[LayerLook] | None:
    """The layers before the first that gets a gradient."""
    held = weighty(look)
    first = next((place for place, layer in enumerate(held) if not math.isnan(layer.gradient)), 0)
    return held[:first] or None


@rule("eval-mode")
def eval_mode(memory: Memory) -> Statement | None:
    """All modules of the model are in eval mode at steps that train it, and one of them cares: a dropout behind a
    layer that is trained, or a batch normalization whose own parameters are."""
    looks = lately(memory, _LOOKS)
    if not looks or not all(map(_in_eval, looks)):
        return None
    kinds = sorted(_caring(ran(looks[-1])))
    before = [look.step for look in memory.kept if not _in_eval(look)]
    since = f"since step {before[-1]:,} at the latest" if before else "from the first step that was seen on"
    text = (
        f"The model is trained in eval mode, {since}, so that {listed(kinds)} are as in evaluation. Call model.train() "
        "before the training steps, also after every evaluation."
    )
    short = (f"The model is trained in eval mode, with {listed(kinds)} as in evaluation.",)
    return said(text, (*short, "The model is trained in eval mode."), kinds=", ".join(kinds), step=looks[-1].step)


def _in_eval(look: Look) -> bool:
    modules = [layer for layer in ran(look) if is_module(layer)]
    return not any(layer.training for layer in modules) and bool(_caring(modules))


def _caring(layers: Sequence[LayerLook]) -> set[str]:
    """Kinds of those that act otherwise in training, where that matters."""
    trained = next((place for place, layer in enumerate(layers) if layer.held), len(layers))
    dropouts = {layer.kind for layer in layers[trained:] if layer.role == "dropout" and layer.rate != 0}
    return dropouts | {
        layer.kind for layer in layers if layer.role == "normalization" and layer.held and "Batch" in layer.kind
    }
