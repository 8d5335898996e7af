"""Everything that the screen shows of a run at one step."""

from dataclasses import dataclass, field
from typing import Literal

from periodic_tui.engine.arrays import Bytes, Floats, ReadOnly, no_values
from periodic_tui.engine.snapshot.curve import Curve
from periodic_tui.engine.snapshot.events import Death, Event, Past
from periodic_tui.engine.snapshot.fit import ClockFace, Fit
from periodic_tui.engine.snapshot.landscape import GradientStats, Landscape, Sweep
from periodic_tui.engine.snapshot.script import Network, Script
from periodic_tui.engine.snapshot.trained import Gpu, Trained
from periodic_tui.engine.snapshot.units import Features, Layer, UnitCurve
from periodic_tui.engine.snapshot.verdict import Baselines, Offer, Verdict

State = Literal["starting", "training", "paused", "solved", "diverged", "finished"]


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
    trained: Trained = field(default_factory=Trained)
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
    train_curve: Curve = field(default_factory=Curve)
    """Minibatch losses of the focused replica."""
    probe_curve: Curve = field(default_factory=Curve)
    omega_curve: Curve = field(default_factory=Curve)
    omega: Floats = field(default_factory=no_values)
    """Learned angular frequencies, or empty."""
    answer: Floats = field(default_factory=no_values)
    """Known angular frequencies, or empty."""
    basin: float | None = None
    """Half-width of the answer's capture basin in ω (4.4934/R), where it is known."""
    distance: float = float("nan")
    """Largest distance of ω from the answer; NaN where there is none."""
    fit: Fit = field(default_factory=Fit)
    clock: ClockFace = field(default_factory=ClockFace)
    layers: tuple[Layer, ...] = ()
    unit: UnitCurve = field(default_factory=UnitCurve)
    probe_points: int = 4_096
    """On which the units' shares are measured."""
    verdict: Verdict = field(default_factory=Verdict)
    causes: tuple[Verdict, ...] = ()
    """Everything that was found, in order of precedence; what is shown as the verdict may wait before it changes."""
    baselines: Baselines = field(default_factory=Baselines)
    outcomes: dict[str, int] = field(default_factory=dict)
    """Verdict code to number of replicas."""
    outcome_codes: tuple[str, ...] = ()
    """Verdict codes, …"""
    outcome_of: Bytes | None = None
    """… and which of them each replica has, `[replicas]`; None: the codes are those of the replicas one by one."""
    gradient_stats: GradientStats = field(default_factory=GradientStats)
    landscape: Landscape = field(default_factory=Landscape)
    """Only while its pane is shown."""
    features: Features = field(default_factory=Features)
    """Only while its pane is shown."""
    loss_fan: tuple[Curve, ...] = ()
    """Quantiles of the probe loss over replicas: 5, 25, 50, 75 and 95 %."""
    untreated_curve: Curve = field(default_factory=Curve)
    """Minibatch losses of the same seed to which nothing was done; only while it is compared."""
    abandoned_curve: Curve = field(default_factory=Curve)
    """Minibatch losses of the course that was left when training last went back; empty where it never did."""
    abandoned_omega: Curve = field(default_factory=Curve)
    """The learned frequency on that course."""
    events: tuple[Event, ...] = ()
    """The last events, in the order of their steps."""
    deaths: tuple[Death, ...] = ()
    """The last deaths that can be played again, oldest first."""
    stage: str = ""
    """What the remedy at work is doing; empty where none is."""
    candidates: Floats = field(default_factory=no_values)
    """Frequencies that a remedy has still in the running, or empty."""
    sweep: Sweep = field(default_factory=Sweep)
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
