"""One run's tensors and the verbs that change them. No threads, no clock, no screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer, known_answer
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.scheduling.preemption import UNSET, Flag
from periodic_tui.engine.training.sampling import EACH, StepInputs, data_set, edges, torch_dtype
from periodic_tui.engine.training.standardized import standardized
from periodic_tui.engine.training.step import State, TrainingStep
from periodic_tui.engine.training.steppers import Stepper, eager_stepper


class Trainer:
    """Owns parameters, optimizer state, step_inputs and the number of steps done, for all replicas."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        self.experiment = experiment = standardized(experiment)
        self.device = device
        self.training_step = TrainingStep.of(experiment)
        self.done = 0
        """Steps done in this run; it counts on whatever is done to the parameters."""
        first = experiment.training.seed
        self.seeds = torch.arange(first, first + experiment.training.replicas, dtype=torch.int64, device=device)
        self.stepper: Stepper = eager_stepper(self.training_step, device)
        self.stepper_for: Callable[[Trainer, str], Stepper] = Trainer.eager
        """Gives the stepper of an experiment that changed in mid-run, or after this one failed, with the reason."""
        self.stepper_alone: Callable[[Trainer], Stepper] = Trainer.eager
        """Gives the stepper of one of the replicas by itself."""
        self.state: State = self.start(self.initial())
        self.step_inputs: StepInputs = self.inputs_of(experiment)
        self._held: tuple[Tensor, Tensor] | None = None
        """The learning rates while the parameters are held, and those to go on with."""
        self.last_loss: Tensor = torch.full((len(self.seeds),), torch.nan)
        self.alive = True
        """Whether any replica is still finite; training ends when none is."""

    def eager(self, failure: str = "") -> Stepper:
        """A new eager stepper for the present step."""
        return eager_stepper(self.training_step, self.device)

    @property
    def parameters(self) -> Tensor:
        """`[replicas, parameters]` where everything is measured."""
        return self.state["parameters"].to(self.measured_on)

    def parameters_of(self, replicas: slice | NDArray[Any]) -> Tensor:
        """The same of some replicas only, by their numbers or as a mask."""
        return self.state["parameters"][replicas].to(self.measured_on)

    @property
    def measured_on(self) -> torch.device:
        """Where everything is measured: where it is trained, unless float64 is not known there."""
        return torch.device("cpu") if self.device.type == "mps" else self.device

    def one(self, replica: int) -> tuple[State, StepInputs, Tensor]:
        """State, step_inputs and seed `[1]` of one replica, where it is trained."""
        part = slice(replica, replica + 1)
        state = {name: value[part] for name, value in self.state.items()}
        step_inputs = {name: value[part] if name in EACH else value for name, value in self.step_inputs.items()}
        return state, step_inputs, self.seeds[part]

    def initial(self) -> Tensor:
        """`[replicas, parameters]` as they start, from the seeds."""
        layout, dtype, init = self.training_step.layout, torch_dtype(self.experiment), self.experiment.init
        own = None if init.file else self.experiment.model.initial(self.seeds.tolist(), dtype)
        if own is not None:
            return own.to(self.device)
        counter = counter_for(2 * max(parameter.size for parameter in layout.parameters))
        stream = Stream.of(self.seeds.cpu(), Use.INITIAL, counter)
        return init.draw(layout, stream, dtype).to(self.device)

    def start(self, parameters: Tensor) -> State:
        """The state of a run that begins from these parameters `[replicas, parameters]`."""
        return self.start_of(self.experiment, parameters)

    def start_of(self, experiment: Experiment, parameters: Tensor) -> State:
        """The same with the optimizer of another experiment."""
        optimizer = experiment.optimizer
        own = optimizer.start(parameters) if isinstance(optimizer, ElementWise) else {}
        alive = torch.ones(len(parameters), 1, dtype=torch.bool, device=self.device)
        return {"parameters": parameters, "alive": alive, **own}

    def inputs_of(self, experiment: Experiment) -> StepInputs:
        """The step_inputs of an experiment at its start."""
        replicas, dtype = len(self.seeds), torch_dtype(experiment)
        columns = self.training_step.layout.size if experiment.model.separate_rates else 1
        step_inputs = {"lr": torch.full((replicas, columns), experiment.optimizer.lr, dtype=dtype)}
        if experiment.training.schedule.kind != "none":
            step_inputs["life"] = torch.tensor(self.done)
        if experiment.target.noise:
            step_inputs["noise"] = torch.tensor(experiment.target.noise, dtype=dtype)
        if experiment.domain.points:
            step_inputs["data_x"], step_inputs["data_y"] = data_set(experiment)
            step_inputs["count"] = torch.full((replicas,), experiment.domain.points)
        elif experiment.domain.distribution == "uniform":
            step_inputs["starts"], step_inputs["lengths"] = edges(experiment.domain.train, replicas, dtype)
        return {name: value.to(self.device) for name, value in step_inputs.items()}

    def advance(self, count: int, wanted: Flag = UNSET) -> Tensor:
        """Train so many steps, or fewer where the flag is set meanwhile; losses `[steps, replicas]`."""
        losses = self.launch(count, wanted)
        self.alive = bool(self.state["alive"].any())
        return losses

    def launch(self, count: int, wanted: Flag = UNSET) -> Tensor:
        """The same, but nobody looks whether any replica is alive: an accelerator may still be at work on the steps."""
        self.suit_stepper()
        try:
            self.state, losses = self.stepper.run_until(
                wanted, self.state, self.step_inputs, self.seeds, self.done, count
            )
        except Unavailable as failure:
            self.stepper = self.stepper_for(self, str(failure))
            return self.launch(count, wanted)
        self.done += len(losses)
        self.last_loss = losses[-1]
        return losses

    def suit_stepper(self) -> None:
        """Go on with another stepper where the step_inputs have got shapes that this one does not take."""
        if not self.stepper.accepts(self.state, self.step_inputs):
            self.stepper = self.stepper_for(self, "")

    def place(self, parameters: Tensor) -> None:
        """Go on from these parameters `[replicas, parameters]` with a fresh optimizer."""
        self.stepper.load_state_dict()
        self.state = self.start(parameters.to(self.device))
        self.alive = True

    def inject(self, offset: float) -> None:
        """Set every replica to the known answer, plus `offset` on its frequencies. Raises Refused."""
        if offset and self.experiment.model.frequency_parameter is None:
            raise Refused("this model has no frequency to add an offset to")
        try:
            self.place(self.answer_parameters(offset))
        except NoAnswer as reason:
            raise Refused(str(reason)) from None

    def answer_parameters(self, offset: float = 0.0) -> Tensor:
        """`[replicas, parameters]` of the known answer; raises NoAnswer."""
        flat = torch.zeros(1, self.training_step.layout.size, dtype=torch.float64)
        views = self.training_step.layout.views(flat)
        for name, values in known_answer(self.experiment).items():
            views[name].copy_(values)
        if offset and self.experiment.model.frequency_parameter:
            views[self.experiment.model.frequency_parameter].add_(offset)
        return flat.to(torch_dtype(self.experiment)).repeat(len(self.seeds), 1)

    @property
    def rates(self) -> Tensor:
        """The learning rates of the next step, `[replicas, 1]` or `[replicas, parameters]`."""
        return self.training_step.rates(self.step_inputs, torch.tensor(self.done, device=self.device))

    def restart_schedule(self) -> None:
        """Let the schedule of the learning rate count from here."""
        if "life" in self.step_inputs:
            self.step_inputs = self.step_inputs | {"life": torch.tensor(self.done, device=self.device)}

    @property
    def held(self) -> bool:
        """Whether the parameters are held where they are; whatever gives new learning rates lets go of them."""
        return self._held is not None and self.step_inputs["lr"] is self._held[0]

    @property
    def held_rates(self) -> Tensor:
        """The learning rates to go on with once the parameters are let go of."""
        assert self._held is not None, "only what is held has them"
        return self._held[1]

    def hold(self) -> None:
        """Take steps of length 0 from now on: every learning rate is 0."""
        rates = self.step_inputs["lr"]
        self._held = torch.zeros_like(rates), rates
        self.step_inputs = self.step_inputs | {"lr": self._held[0]}

    def release(self) -> None:
        """Go on with the learning rates from before."""
        self.step_inputs = self.step_inputs | {"lr": self.held_rates}

    def reinitialize(self, seed: int | None) -> None:
        """Draw the parameters afresh from the run's seeds, or from `seed` on."""
        if seed is not None:
            self.seeds = self.seeds - self.seeds[0] + seed
        self.step_inputs = self.inputs_of(self.experiment)
        self.place(self.initial())

    def adopt(self, experiment: Experiment) -> None:
        """Go on with a changed experiment from the present parameters; the optimizer keeps its state if its kind and
        options (but for lr) stay. Raises Refused, and changes nothing, where the parameters no longer fit."""
        step = TrainingStep.of(experiment)
        if step.layout != self.training_step.layout:
            raise Refused("the parameters would no longer fit: that needs a new run")
        same = experiment.optimizer == self.experiment.optimizer.model_copy(update={"lr": experiment.optimizer.lr})
        only_lr = same and experiment.model_copy(update={"optimizer": self.experiment.optimizer}) == self.experiment
        step_inputs = self.inputs_of(experiment)
        if "life" in step_inputs and "life" in self.step_inputs:
            step_inputs["life"] = self.step_inputs["life"]
        self.experiment, self.training_step, self.step_inputs = experiment, step, step_inputs
        if only_lr:
            return
        if not same:
            self.state = self.start(self.state["parameters"]) | {"alive": self.state["alive"]}
        remembered = self.stepper.state_dict() if same else ()
        self.stepper = self.stepper_for(self, "")
        self.stepper.load_state_dict(remembered)
