"""Training batches and probes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Streams, Use, counter_for, shuffled

PROBE_POINTS = 4_096
_FIXED_SEED = torch.zeros((), dtype=torch.int64)

StepInputs = dict[str, Tensor]
"""What may change in mid-run without a new training step: `lr` `[replicas, 1]` or `[replicas, parameters]`;
`starts`, `lengths` `[replicas, intervals]` of a uniform domain; `noise` `[]`; for a fixed data set `data_x`
`[points, inputs]`, `data_y` `[points, outputs]` and `count` `[replicas]`, how many of the points are in use; for a
schedule `life` `[]`, the number of the step from which it counts."""

EACH = ("lr", "starts", "lengths", "count")
"""The step_inputs that have a row for each replica."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Inputs `[..., replicas, batch, inputs]`, outputs, and a weight for each sample where not all are in use."""

    x: Tensor
    y: Tensor
    weight: Tensor | None = None

    def __getitem__(self, index: int) -> Batch:
        return Batch(self.x[index], self.y[index], self.weight)


def counter_of(experiment: Experiment, device: torch.device | str = "cpu") -> Tensor:
    """The counter that a step draws with: as long as the numbers are many that it draws at most in one call."""
    widest = max((experiment.model.most_draws, 2 * experiment.target.inputs, 2 * experiment.target.outputs))
    return counter_for(experiment.samples * widest, device)


class Sampler:
    """Draws the batches of an experiment: a pure function of seed, step and step_inputs."""

    def __init__(self, experiment: Experiment) -> None:
        self.target = experiment.target
        self.domain = experiment.domain
        self.batch_size = experiment.training.batch_size
        self.dtype = torch_dtype(experiment)
        self.fixed = bool(experiment.domain.points)
        self.epochs = experiment.training.sampling == "epochs"

    def batch(self, streams: Streams, steps: Tensor, step_inputs: StepInputs) -> Batch:
        """The batch of each step: `steps` `[]` for one, `[steps, 1]` for a block."""
        stream = streams[Use.BATCH]
        if self.fixed and not self.batch_size:
            return _whole(np.broadcast_shapes(steps.shape, stream.key.shape), step_inputs)  # torch's imports sympy
        if self.fixed and self.epochs:
            return self._next(stream, steps, step_inputs)
        if self.fixed:
            return self._choose(stream.fold(steps), step_inputs)
        x = self.inputs(stream.fold(steps), step_inputs)
        y = self.target(x)
        if self.target.noise:
            noise = streams[Use.NOISE].fold(steps)
            draws = noise.normal(y.shape[-2] * y.shape[-1], self.dtype).unflatten(-1, y.shape[-2:])
            y = y + step_inputs["noise"] * draws
        return Batch(x, y)

    def inputs(self, stream: Stream, step_inputs: StepInputs) -> Tensor:
        """Fresh inputs `[..., replicas, batch, inputs]`."""
        shape = (self.batch_size, self.target.inputs)
        count = shape[0] * shape[1]
        if self.domain.distribution == "normal":
            x = stream.normal(count, self.dtype)
        else:
            x = on_intervals(stream.uniform(count, self.dtype), step_inputs["starts"], step_inputs["lengths"])
        return self.target.admissible(scaled(x.unflatten(-1, shape), self.domain.scale))

    def _choose(self, stream: Stream, step_inputs: StepInputs) -> Batch:
        count = step_inputs["count"].unsqueeze(-1)
        chosen = (stream.uniform(self.batch_size, torch.float64) * count).ceil().long() - 1
        return Batch(step_inputs["data_x"][chosen], step_inputs["data_y"][chosen])

    def _next(self, stream: Stream, steps: Tensor, step_inputs: StepInputs) -> Batch:
        """The next samples in the order of their epoch; a batch may begin in one epoch and end in the next."""
        count = step_inputs["count"].unsqueeze(-1)
        drawn = steps.unsqueeze(-1) * self.batch_size + stream.counter[: self.batch_size]
        epoch = drawn.div(count, rounding_mode="floor")
        chosen = shuffled(
            drawn.remainder(count), count, Stream(stream.key.unsqueeze(-1), stream.counter).fold(epoch).key
        )
        return Batch(step_inputs["data_x"][chosen], step_inputs["data_y"][chosen])


def _whole(shape: tuple[int, ...], step_inputs: StepInputs) -> Batch:
    """The whole data set as every batch, for which nothing is drawn; `shape` `[..., replicas]`."""
    x, y, count = step_inputs["data_x"], step_inputs["data_y"], step_inputs["count"].unsqueeze(-1)
    weight = (torch.arange(len(x), device=x.device) < count).to(x.dtype)
    return Batch(x.expand(*shape, *x.shape), y.expand(*shape, *y.shape), weight)


def torch_dtype(experiment: Experiment) -> torch.dtype:
    """The dtype of parameters and samples."""
    return torch.float64 if experiment.training.dtype == "float64" else torch.float32


def on_intervals(share: Tensor, starts: Tensor, lengths: Tensor) -> Tensor:
    """Points of a union of intervals at `share` (0, 1] of its length; `starts`, `lengths` `[replicas, intervals]`."""
    if starts.shape[-1] == 1:
        return starts + share * lengths
    ends = lengths.cumsum(-1)
    position = share * ends[..., -1:]
    which = (position.unsqueeze(-1) > ends.unsqueeze(-2)).sum(-1).clamp(max=starts.shape[-1] - 1)
    offset = starts - (ends - lengths)
    return position + offset.expand(*which.shape[:-1], -1).gather(-1, which)


def scaled(x: Tensor, scale: tuple[float, ...]) -> Tensor:
    """Inputs with each dimension times its factor."""
    return x * x.new_tensor(scale) if scale else x


def edges(intervals: tuple[Interval, ...], replicas: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """`starts` and `lengths` `[replicas, intervals]` of a union of intervals."""
    table = torch.tensor(intervals, dtype=dtype)
    starts, lengths = table[:, 0], table[:, 1] - table[:, 0]
    return starts.expand(replicas, -1).contiguous(), lengths.expand(replicas, -1).contiguous()


def intervals_in_use(step_inputs: StepInputs, replica: int) -> tuple[Interval, ...]:
    """The training intervals of one replica now, which a remedy may have narrowed; empty where inputs do not come from
    intervals."""
    if "starts" not in step_inputs:
        return ()
    starts, lengths = step_inputs["starts"][replica].tolist(), step_inputs["lengths"][replica].tolist()
    return tuple((start, start + length) for start, length in zip(starts, lengths, strict=True) if length > 0)


def data_set(experiment: Experiment) -> tuple[Tensor, Tensor]:
    """The fixed data set, the same for every seed: `x` `[points, inputs]`, `y` `[points, outputs]` with its noise; the
    rows of a table have theirs in them."""
    x, y = noise_free(experiment)
    if not experiment.target.noise or experiment.target.is_table:
        return x, y
    stream = Stream.of(_FIXED_SEED, Use.DATA_NOISE, counter_for(2 * y.numel()))
    return x, y + experiment.target.noise * stream.normal(y.numel(), y.dtype).view_as(y)


def noise_free(experiment: Experiment) -> tuple[Tensor, Tensor]:
    """The same without noise."""
    if rows := experiment.target.rows(experiment.domain.train):
        return rows[0].to(torch_dtype(experiment)), rows[1].to(torch_dtype(experiment))
    x = _placed(experiment)
    return x, experiment.target(x)


def _placed(experiment: Experiment) -> Tensor:
    domain, inputs, dtype = experiment.domain, experiment.target.inputs, torch_dtype(experiment)
    stream = Stream.of(_FIXED_SEED, Use.DATA, counter_for(2 * domain.points * inputs))
    if domain.distribution == "normal":
        x = stream.normal(domain.points * inputs, dtype)
    else:
        even = (torch.arange(domain.points, dtype=dtype) / max(1, domain.points - 1)).repeat_interleave(inputs)
        share = even if domain.spacing == "even" else stream.uniform(domain.points * inputs, dtype)
        starts, lengths = edges(domain.train, 1, dtype)
        x = on_intervals(share[None], starts, lengths)[0]
    return experiment.target.admissible(scaled(x.unflatten(0, (domain.points, inputs)), domain.scale))


def probe_points(experiment: Experiment, intervals: tuple[Interval, ...]) -> Tensor:
    """Fixed points `[4096, inputs]` on which everything is measured, the same for every seed.

    In one dimension one jittered point in each of 4,096 equal strata: an evenly spaced grid of step h would take ω
    and ω + 2π/h for the same. Otherwise a scrambled Sobol sequence through the inverse distribution function.
    """
    inputs, dtype = experiment.target.inputs, torch_dtype(experiment)
    if inputs == 1:
        jitter = Stream.of(_FIXED_SEED, Use.PROBE, counter_for(PROBE_POINTS)).uniform(PROBE_POINTS, torch.float64)
        share = ((torch.arange(PROBE_POINTS) + jitter) / PROBE_POINTS).unsqueeze(-1)
    else:
        engine = torch.quasirandom.SobolEngine(inputs, scramble=True, seed=1)
        share = 1 - engine.draw(PROBE_POINTS, dtype=torch.float64)
    if experiment.domain.distribution == "normal":
        half_step = 0.5 / 2**30
        x = torch.special.ndtri(share.clamp(half_step, 1 - half_step))
    else:
        starts, lengths = edges(intervals, 1, torch.float64)
        x = on_intervals(share.T, starts, lengths).T
    return experiment.target.admissible(scaled(x, experiment.domain.scale)).to(dtype)
