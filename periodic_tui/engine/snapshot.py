"""What the screen gets: whole pictures of a run, frozen, of read-only numpy arrays; never a delta."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from periodic_tui.engine.arrays import Bytes, Floats, ReadOnly
from periodic_tui.engine.script import Network, Script

State = Literal["starting", "training", "paused", "solved", "diverged", "finished"]


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Curve(ReadOnly):
    """A quantity over the steps, in bins of equal width; old bins never change until their number halves."""

    step: Floats = field(default_factory=_none)
    """First step of each bin."""
    low: Floats = field(default_factory=_none)
    """Least value in the bin; NaN where no value was finite."""
    middle: Floats = field(default_factory=_none)
    """Geometric mean in the bin (for losses; zeros count as the smallest positive double), else arithmetic."""
    high: Floats = field(default_factory=_none)
    """Largest value in the bin; inf and NaN are kept, so that no spike is lost."""
    width: int = 1
    """Steps in one bin."""
    last: Floats = field(default_factory=_none)
    """Last step of each bin; empty where every bin holds a single one."""
    life: Floats = field(default_factory=_none)
    """Number of the life of each bin, ascending: nothing is joined across a command that placed the parameters anew.
    Empty where all is one life."""


FitKind = Literal["curves", "phases", "maps", "weights", "sample"]
"""Over x (one input), or angles over x; over a square of two inputs; a linear layer's weights beside the known ones;
the outputs for one input."""


@dataclass(frozen=True, eq=False)
class Fit(ReadOnly):
    """Target and prediction side by side, in the way that suits the number of inputs."""

    x: Floats = field(default_factory=_none)
    """Ascending `[points]`; the axis `[side]` of the square; the numbers of inputs or outputs from 0 on; empty where
    there is no such picture."""
    target: Floats = field(default_factory=_none)
    """Noise-free `[points, outputs]`; `[side, side]`, the largest second input first; `[outputs, inputs]`."""
    prediction: Floats = field(default_factory=_none)
    """Same shape as `target`."""
    kind: FitKind = "curves"
    trained: tuple[tuple[float, float], ...] = ()
    """The training intervals, for telling apart what is held out."""
    domain: tuple[float, float] = (0.0, 0.0)
    """Ends of everything there is to see (training and held-out intervals)."""
    used: tuple[float, float] | None = None
    """The interval that is trained on now, where a remedy has narrowed it."""
    scale: tuple[float, ...] = ()
    """Factors between the axis of a map and each input of the first layer; empty: 1."""
    offset: tuple[float, ...] = ()
    """What is added to that; empty: 0."""


@dataclass(frozen=True, eq=False)
class ClockFace(ReadOnly):
    """What a clock shows, second by second."""

    second: int = 0
    """The first one, in whole seconds since 1970."""
    true: Floats = field(default_factory=_none)
    """`[seconds, 3]` second, minute and hour; empty where there is no clock."""
    predicted: Floats = field(default_factory=_none)
    """Same shape; decoded from the network's outputs."""


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
    incoming: Floats = field(default_factory=_none)
    """`[units, inputs]` weights; empty where they are a million and their pane is not shown."""
    bias: Floats = field(default_factory=_none)
    """`[units]`, or empty."""
    outgoing: Floats = field(default_factory=_none)
    """`[next layer's units, units]` weights, or empty, also as `incoming` is."""
    thumbnails: Floats = field(default_factory=_none)
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


@dataclass(frozen=True)
class GradientStats:
    """What moves the parameters of the focused replica; NaN where it was not measured."""

    gradient: float = float("nan")
    """Size of the true gradient."""
    noise: float = float("nan")
    """Standard deviation of a minibatch's gradient around it."""
    update_ratio: float = float("nan")
    """Length of the next step over that of the parameters."""
    step: int = 0
    """The step that they were measured at."""


@dataclass(frozen=True, eq=False)
class Line(ReadOnly):
    """The probe loss along a straight line through the present point."""

    name: str
    """`answer`, `gradient` or `sharpest`: where the line goes."""
    loss: Floats
    """`[positions]`."""


@dataclass(frozen=True, eq=False)
class Landscape(ReadOnly):
    """The loss around the present point: over ω for a single frequency, else along straight lines."""

    x: Floats = field(default_factory=_none)
    """ω; for lines the position, 0 being the present point. Empty where nobody has asked."""
    loss: Floats = field(default_factory=_none)
    """Expected loss at each ω, in closed form."""
    gradient: Floats = field(default_factory=_none)
    """Derivative of the expected loss at each ω."""
    sampled: Floats = field(default_factory=_none)
    """The derivative on a minibatch of its own at each ω."""
    present: float = 0.0
    """ω as it is."""
    present_loss: float = float("nan")
    """The loss there (the expected one over ω, that on the lines' points elsewhere)."""
    present_gradient: float = float("nan")
    """Derivative of the expected loss there."""
    step: int = 0
    """The step that all of it is of."""
    near: bool = False
    """Only the surroundings of the answer."""
    lines: tuple[Line, ...] = ()
    reach: float = 0.0
    """Distance in parameters of position 1 on the lines: as far as the answer, or as the origin."""


@dataclass(frozen=True, eq=False)
class Sweep(ReadOnly):
    """What a remedy tried on copies of the first replica: so many steps at each of some learning rates."""

    lr: Floats = field(default_factory=_none)
    """`[trials]`, ascending; empty where no remedy has tried any."""
    loss: Floats = field(default_factory=_none)
    """`[trials]` after those steps; not finite where a copy diverged."""
    before: float = float("nan")
    """The loss from which all of them began."""
    steps: int = 0
    """Of each trial."""
    step: int = 0
    """The step from which all of them began."""


@dataclass(frozen=True, eq=False)
class Features(ReadOnly):
    """The last hidden layer's activations over the probe, in two dimensions."""

    method: str = ""
    """`PCA` or `t-SNE`; empty where nobody has asked."""
    points: Floats = field(default_factory=_none)
    """`[points, 2]`."""
    target: Floats = field(default_factory=_none)
    """`[points]`: the first output of the target there."""
    explained: float = 0.0
    """Share of the variance that the two dimensions hold (PCA)."""
    remark: str = ""
    """What stands in the way of t-SNE, or that it is being computed."""
    step: int = 0
    """The step that an embedding by t-SNE is of: it takes longer than a picture."""


@dataclass(frozen=True, eq=False)
class UnitCurve(ReadOnly):
    """What one hidden unit does where the fit is drawn."""

    layer: int = 0
    unit: int = 0
    x: Floats = field(default_factory=_none)
    """The fit's axis; empty where no unit is looked at, or its inputs cannot be drawn."""
    activation: Floats = field(default_factory=_none)
    """`[points]` over the fit's window, or `[side, side]` over its square."""


@dataclass(frozen=True)
class Verdict:
    """What is the matter, in one code, one sentence and the figures that it rests on."""

    code: str = "learning"
    text: str = ""
    figures: dict[str, float | int | str | None] = field(default_factory=dict)
    margin: float = 1.0
    """How sure it is: how many times the deciding figure is beyond its limit; inf for what is a fact."""
    short: str = ""
    """The same in one line of at most 78 cells, figures included; empty: as `text`."""
    next: tuple[tuple[str, str], ...] = ()
    """What to do now: words of a command (or `remedies` for their menu) and what it does, as in
    `("reinitialize", "starts over")`."""
    step: int = 0
    """The step at which it was found."""


@dataclass(frozen=True)
class Baselines:
    """Probe losses of what needs no network."""

    mean: float = float("nan")
    """Of the best constant."""
    line: float = float("nan")
    """Of the best linear map; NaN where that means nothing (phases)."""
    data: float | None = None
    """What no function of the inputs goes below, because rows contradict each other; None where none do."""
    persistence: float | None = None
    """Of the last known value of y, where inputs of a table are y of earlier rows; None elsewhere."""


@dataclass(frozen=True)
class Event:
    """Something that happened at a step."""

    step: int
    text: str
    command: str | None = None
    """The command's words where a command was applied: plots bear a mark there."""
    death: int | None = None
    """Number of the death that it tells of, where that can be played again."""


@dataclass(frozen=True, eq=False)
class Moment(ReadOnly):
    """One unit at one step of a death."""

    step: int
    """Steps done."""
    preactivation: Floats
    """`[points]` over `Death.x`, or `[side, side]` over its square (largest second input first)."""
    share: float
    """Of the probe on which it is active."""
    weights: Floats
    """`[inputs]`, as its layer gets them."""
    bias: float
    """0 where it has none."""
    gradient: Floats
    """Of the batch that the next step is taken on: by the weights, then by the bias, `[inputs + 1]`."""


@dataclass(frozen=True, eq=False)
class Death(ReadOnly):
    """How a unit died, to be played again step by step."""

    number: int
    """Counts the deaths of a run."""
    step: int
    """The first at which it is dead."""
    layer: int
    unit: int
    """The one that is shown."""
    units: tuple[int, ...]
    """All of its layer that died at that step."""
    text: str
    """Name, step and cause in a sentence."""
    x: Floats
    """The fit's axis: `[points]`, or `[side]` of the square of two inputs."""
    film: tuple[Moment, ...]
    """From some steps before to some after."""


@dataclass(frozen=True)
class Trained:
    """What is trained, as far as a key changes it."""

    shape: str = ""
    """Units from input to output, as 1-50-10-1."""
    activation: str = ""
    """Empty where there is none."""
    optimizer: str = ""
    lr: float = float("nan")
    """The largest of the focused replica's rates now."""
    batch: int = 0
    """Samples a step; 0: the whole data set."""
    threads: int = 1
    """Of the processor, where that trains."""
    held: bool = False
    """Whether the parameters are held where they are: every rate is 0."""


@dataclass(frozen=True)
class Offer:
    """One remedy as the menu shows it."""

    name: str
    what: str
    """What it does, in one line."""
    prior: str
    """What it has to know beforehand, in one line."""
    options: str
    """Its options and their values, as `frequency_limit 200, …`; empty where it has none."""
    fits: bool
    """Whether it is for the present verdict, and for this model."""
    unfit: str
    """Why it cannot be applied at all; empty if it can."""


MarkKind = Literal["command", "death", "verdict"]


@dataclass(frozen=True)
class Past:
    """Where a recorded picture stands among those of its recording: told by who plays that, and never recorded."""

    place: int
    """Its number among the pictures, from 0 on."""
    pictures: int
    """So many there are."""
    last: int
    """The newest step of the recording."""
    held: bool = True
    """Whether the present follows from it; otherwise training went back to before it, and took another course."""
    marks: tuple[tuple[int, MarkKind], ...] = ()
    """Places of what happened: of the first picture after it."""
    pace: float | None = None
    """Times real time, where it is played; None: a run looks at its own past."""
    playing: bool = False
    """Whether it goes on by itself."""
    written: bool = False
    """Whether some process goes on writing the recording."""

    @property
    def newest(self) -> bool:
        """Whether this is the newest picture, and the next one will be shown as well, if there ever is one."""
        return self.place >= self.pictures - 1 and (self.playing or not self.written)


@dataclass(frozen=True)
class Gpu:
    """The GPU that trains, with whatever else uses it, as its driver last told."""

    busy: int
    """Percent of the time in which it was at work."""
    used: int
    """Bytes of its memory."""
    memory: int
    """Bytes that it has."""
    degrees: int
    """Its temperature in °C."""
    count: int
    """Such devices in this machine."""


@dataclass(frozen=True, eq=False)
class Snapshot(ReadOnly):
    """One whole picture of the run."""

    run: int = 0
    """Grows with every `load`; a new run begins at step 0."""
    picture: int | None = None
    """Counts what was measured: two snapshots of the same number differ at most in state, rate, pace and
    `stops_at_death`."""
    preset: str = ""
    title: str = ""
    story: str = ""
    state: State = "starting"
    step: int = 0
    rate: float = 0.0
    """Measured steps a second; 0 while nothing is trained."""
    pace: float = 0.0
    """Steps a second that are asked for; 0: flat out."""
    stops_at_death: bool = False
    """Whether training pauses at the next death."""
    life: int = 0
    """Step at which the present life began: the parameters were drawn, or a remedy began."""
    trained: Trained = Trained()
    must_show: tuple[str, ...] = ()
    """Panes that the preset wants to be seen, whatever the size."""
    seed: int = 0
    """Seed of the focused replica."""
    replicas: int = 1
    focus: int = 0
    device: str = ""
    gpu: Gpu | None = None
    """None where no GPU trains, or nothing is known of it."""
    engine: str = ""
    loss: float = float("nan")
    """Probe loss of the focused replica, on the training domain, noise-free."""
    train_loss: float = float("nan")
    """Loss of its last minibatch."""
    loss_test: float | None = None
    """Probe loss on the test domain, if there is one."""
    train_curve: Curve = Curve()
    """Minibatch losses of the focused replica."""
    probe_curve: Curve = Curve()
    omega_curve: Curve = Curve()
    omega: Floats = field(default_factory=_none)
    """Learned angular frequencies, or empty."""
    answer: Floats = field(default_factory=_none)
    """Known angular frequencies, or empty."""
    basin: float | None = None
    """Half-width of the answer's capture basin in ω (4.4934/R), where it is known."""
    distance: float = float("nan")
    """Largest distance of ω from the answer; NaN where there is none."""
    fit: Fit = Fit()
    clock: ClockFace = ClockFace()
    layers: tuple[Layer, ...] = ()
    unit: UnitCurve = UnitCurve()
    probe_points: int = 4_096
    """On which the units' shares are measured."""
    verdict: Verdict = Verdict()
    causes: tuple[Verdict, ...] = ()
    """Everything that was found, in order of precedence; what is shown as the verdict may wait before it changes."""
    baselines: Baselines = Baselines()
    outcomes: dict[str, int] = field(default_factory=dict)
    """Verdict code to number of replicas."""
    outcome_codes: tuple[str, ...] = ()
    """Verdict codes, …"""
    outcome_of: Bytes | None = None
    """… and which of them each replica has, `[replicas]`; None: the codes are those of the replicas one by one."""
    gradient_stats: GradientStats = GradientStats()
    landscape: Landscape = Landscape()
    """Only while its pane is shown."""
    features: Features = Features()
    """Only while its pane is shown."""
    loss_fan: tuple[Curve, ...] = ()
    """Quantiles of the probe loss over replicas: 5, 25, 50, 75 and 95 %."""
    untreated_curve: Curve = Curve()
    """Minibatch losses of the same seed to which nothing was done; only while it is compared."""
    abandoned_curve: Curve = Curve()
    """Minibatch losses of the course that was left when training last went back; empty where it never did."""
    abandoned_omega: Curve = Curve()
    """The learned frequency on that course."""
    events: tuple[Event, ...] = ()
    """The last events, in the order of their steps."""
    deaths: tuple[Death, ...] = ()
    """The last deaths that can be played again, oldest first."""
    stage: str = ""
    """What the remedy at work is doing; empty where none is."""
    candidates: Floats = field(default_factory=_none)
    """Frequencies that a remedy has still in the running, or empty."""
    sweep: Sweep = Sweep()
    """Of the remedy at work, or of the last one."""
    remedies: tuple[Offer, ...] = ()
    """Every remedy: those that fit first, in the preset's order."""
    error: str | None = None
    """A bug in the worker, as one line; training has ended."""
    refusal: str | None = None
    """Why the run could not begin; it has ended."""
    recording: str = ""
    """Folder of the run's recording; empty where nothing is recorded."""
    time: float = 0.0
    """Seconds since 1970 at which a recorded picture was taken; 0: not known."""
    past: Past | None = None
    """Set where this is a recorded picture; None: the present."""
    script: Script | None = None
    """Set where the user's own script trains. There is neither target nor probe then, `loss` is that of the last batch,
    and `layers` are those with units, in the order of `network`."""
    network: Network = field(default_factory=Network)
    """The layers of the network that a script trains."""
    logged: dict[str, Curve] = field(default_factory=dict)
    """What a script has logged by name."""

    @property
    def present(self) -> bool:
        """Whether this is how things stand: the state of a session, or of a script whose recording is followed."""
        return self.past is None or (self.script is not None and self.past.newest)


EMPTY = Snapshot()


@dataclass(frozen=True)
class View:
    """What the screen looks at: sent to the session, never in the journal."""

    window: tuple[float, float] | None = None
    """Range of x in the fit pane; None: the session chooses one in which single periods can be seen."""
    points: int = 512
    """Points in that window."""
    focus: int = 0
    """The replica that all panes show."""
    stop_at_death: bool = False
    """Pause when a unit of that replica has died or come back."""
    panes: tuple[str, ...] = ()
    """The panes that are shown: what only they need is not computed for others."""
    compare: bool = False
    """The untreated course beside the run's."""
    near: bool = False
    """The landscape's surroundings of the answer, not all of it."""
    tsne: bool = False
    """Features by t-SNE, not PCA."""
    unit: tuple[int, int] | None = None
    """Layer and number of the unit whose activation is wanted."""
