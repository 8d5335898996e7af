"""Start again from small weights, with a step size that falls."""

from __future__ import annotations

from periodic_tui.engine.components.numbers import Count, Positive
from periodic_tui.engine.remedies.base import Course, Remedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting


@register
class ReinitializeBetter(Remedy):
    """Truncated normal weights and a small positive bias, as in the source, with Adam: the weights are small enough
    for the first steps to leave the units within reach of the data. A dead network has no gradient but that of the
    output bias; nothing less than a new start helps it.
    """

    name = "reinitialize-better"
    what = "draws small weights with a positive bias and trains on with Adam, its step falling"
    prior = "inputs and outputs of the order of one"
    verdicts = (
        "dead-network",
        "collapsed-to-constant",
        "diverged",
        "dead-units",
        "step-too-large",
        "plateau",
        "saturated",
    )

    std: Positive = 0.1
    """Standard deviation of the weights, which are cut off at two of them."""
    bias: float = 0.1
    lr: Positive = 1e-2
    """Learning rate at the start; it falls to a hundredth of that."""
    steps: Count = 5_000
    """Steps over which the learning rate falls."""

    def unfit(self, setting: Setting) -> str | None:
        return None if setting.model.hidden_units else "there are no units"

    def pace(self, setting: Setting) -> float:
        return 200.0

    def course(self, context: RemedyContext) -> Course:
        import torch

        from periodic_tui.engine.remedies.general.measuring import error_and_spread

        context.change(optimizer={"kind": "adam", "lr": self.lr})
        context.initial(
            weights={"kind": "truncated-normal", "std": self.std}, bias={"kind": "constant", "value": self.bias}
        )
        start = torch.full((context.replicas,), self.lr, device=context.device)
        done = 0
        while done < self.steps:
            context.rate(start * 0.01 ** (done / self.steps))
            stage = f"step {done:,} of {self.steps:,} with a falling step size"
            done += len((yield Train(min(50, self.steps - done), stage)))
        error, spread = yield from read("looking at the fit", lambda: error_and_spread(context))
        context.give_up(
            ~(error < 0.5 * spread),
            "the fit still explains less than half of the variance: the start is not what is the matter",
        )
        return f"started again; loss {float(error.median()):.2g} of a variance of {float(spread.median()):.2g}"
