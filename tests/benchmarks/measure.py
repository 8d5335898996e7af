"""What every benchmark needs: interleaved measurements, quantiles, and figures held against their goals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Samples = dict[str, list[float]]


def interleaved(measures: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 1) -> Samples:
    """Call every measure once a round, in turn, so that a busy machine slows all of them alike.

    The first `warm_up` rounds, in which caches fill, are thrown away.
    """
    samples: Samples = {name: [] for name in measures}
    for _ in range(warm_up + rounds):
        for name, measure in measures.items():
            samples[name].append(measure())
    return {name: values[warm_up:] for name, values in samples.items()}


def ratio(samples: Samples, measured: str, base: str) -> float:
    """The median of the ratios within each round."""
    return median(a / b for a, b in zip(samples[measured], samples[base], strict=True))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def milliseconds(seconds: float) -> str:
    """A time to be read by people."""
    return f"{seconds * 1000:.1f} ms"


@dataclass(frozen=True)
class Figure:
    """One measured figure and the largest value that meets its goal."""

    name: str
    value: float
    goal: float
    show: Callable[[float], str] = "{:.2f}".format

    @property
    def met(self) -> bool:
        return self.value <= self.goal

    def __str__(self) -> str:
        return f"{self.name}: {self.show(self.value)} (goal {self.show(self.goal)}) {'ok' if self.met else 'MISSED'}"


def report(figures: Sequence[Figure]) -> int:
    """Print the figures; the exit code is 1 when one misses its goal."""
    for figure in figures:
        print(figure)
    return 0 if all(figure.met for figure in figures) else 1
