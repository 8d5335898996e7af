"""The fast steppers of a CUDA device: one kernel, or else a graph."""

from __future__ import annotations

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.against_eager import checked
from periodic_tui.engine.training.kernel.stepper import OneKernel
from periodic_tui.engine.training.kernel.stepper import on as kernels_on
from periodic_tui.engine.training.steppers import Stepper, cuda_graph
from periodic_tui.engine.training.trainer import Trainer


def fast_on_cuda(trainer: Trainer, block: int = cuda_graph.BLOCK) -> Stepper:
    """The step as one kernel, or where that cannot be, as a graph of `block` steps. Raises Unavailable."""
    try:
        return one_kernel(trainer)
    except Unavailable as reason:
        graph = captured(trainer, block)
        graph.how = f"a graph; {reason}"
        return graph


def one_kernel(trainer: Trainer) -> Stepper:
    """The step as a kernel that goes on from step to step. Raises Unavailable where none can be written, compiled or
    launched."""
    try:
        build = kernels_on(trainer.device)
        stepper = OneKernel(trainer.training_step, trainer.state, trainer.step_inputs, build)
    except Unavailable:
        raise
    except Exception as failure:  # whatever a user's own network or the compiler comes up with: a graph is there
        raise Unavailable(f"no kernel can be written: {str(failure).partition(chr(10))[0]}") from None
    return checked(stepper, trainer)


def captured(trainer: Trainer, block: int = cuda_graph.BLOCK) -> Stepper:
    """The step as a CUDA graph, and as one of `block` steps. Raises Unavailable where it cannot be captured."""
    stepper = cuda_graph.CudaGraph(trainer.training_step, trainer.device, cuda_graph.Captures(trainer.device), block)
    return checked(stepper, trainer, block + 1)


def single(trainer: Trainer) -> Trainer:
    """A trainer of the present experiment with one replica."""
    experiment = trainer.experiment
    training = experiment.training.model_copy(update={"replicas": 1})
    return Trainer(experiment.model_copy(update={"training": training}), trainer.device)
