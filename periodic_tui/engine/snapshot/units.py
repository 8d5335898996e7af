"""The hidden layers, and what their units do."""

from dataclasses import dataclass, field
from typing import Literal

from periodic_tui.engine.arrays import Floats, ReadOnly, no_values

UnitState = Literal["alive", "dead", "certified", "mute", "linear", "duplicate", "wrong-sign"]


@dataclass(frozen=True, eq=False)
class Layer(ReadOnly):
    """The units of one hidden layer of the focused replica."""

    name: str
    """`hidden.0`."""
    activity: Floats
    """`[units]`: share of the probe on which the unit is active (|φ′| ≥ 1e-3; for ReLU, pre-activation > 0)."""
    dead: tuple[int, ...] = ()
    certified: tuple[int, ...] = ()
    """Dead units that no point of the domain can revive."""
    mute: tuple[int, ...] = ()
    linear: tuple[int, ...] = ()
    duplicate: tuple[tuple[int, int], ...] = ()
    """Pairs of live units whose activations correlate above 0.98."""
    groups: tuple[tuple[int, ...], ...] = ()
    """The duplicates, grouped."""
    wrong_sign: tuple[int, ...] = ()
    """Live units that would help with the other sign and cannot with their own; only looked for at rest."""
    incoming: Floats = field(default_factory=no_values)
    """`[units, inputs]` weights; empty where they are a million and their pane is not shown."""
    bias: Floats = field(default_factory=no_values)
    """`[units]`, or empty."""
    outgoing: Floats = field(default_factory=no_values)
    """`[next layer's units, units]` weights, or empty, also as `incoming` is."""
    thumbnails: Floats = field(default_factory=no_values)
    """What each unit does where the fit is drawn: its activation, `[units, points]` over the domain, or
    `[units, side, side]` over the square of two inputs (largest second input first). Empty for wide layers, and where
    nobody has asked."""
    drift: float = 0.0
    """How far the incoming weights are from where they started, over their size there."""
    learned: dict[str, float] = field(default_factory=dict)
    """What its activation learns, as Snake's a: name to value."""

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.activity)


@dataclass(frozen=True, eq=False)
class UnitCurve(ReadOnly):
    """What one hidden unit does where the fit is drawn."""

    layer: int = 0
    unit: int = 0
    x: Floats = field(default_factory=no_values)
    """The fit's axis; empty where no unit is looked at, or its inputs cannot be drawn."""
    activation: Floats = field(default_factory=no_values)
    """`[points]` over the fit's window, or `[side, side]` over its square."""


@dataclass(frozen=True, eq=False)
class Features(ReadOnly):
    """The last hidden layer's activations over the probe, in two dimensions."""

    method: str = ""
    """`PCA` or `t-SNE`; empty where nobody has asked."""
    points: Floats = field(default_factory=no_values)
    """`[points, 2]`."""
    target: Floats = field(default_factory=no_values)
    """`[points]`: the first output of the target there."""
    explained: float = 0.0
    """Share of the variance that the two dimensions hold (PCA)."""
    remark: str = ""
    """What stands in the way of t-SNE, or that it is being computed."""
    step: int = 0
    """The step that an embedding by t-SNE is of: it takes longer than a picture."""
