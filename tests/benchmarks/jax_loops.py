"""The same workloads as a JAX program, for `engine.py --jax`; runs in an environment that has jax and no torch.

It reads `NUMBER REPLICAS SECONDS` a line and answers with the steps a second of all replicas together.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


def sine(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    x = jax.random.uniform(key, (32, 1), minval=-1000.0, maxval=1000.0)
    return x, jnp.sin(31 * x)


def log(batch: int, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    x = 1 - jax.random.uniform(key, (batch, 1))
    return x, jnp.log(x)


def magnitude(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    x = jax.random.uniform(key, (32, 2), minval=-1.0, maxval=1.0)
    return x, jnp.sqrt((x**2).sum(-1, keepdims=True))


POINTS = jnp.concatenate([jnp.linspace(-37.494, -12.531, 500), jnp.linspace(0.025, 24.987, 500)])[:, None]


def points(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    return POINTS, jnp.sin(POINTS)


def snake(x: jax.Array) -> jax.Array:
    return x + jnp.sin(30 * x) ** 2 / 30


def layers(*units: int) -> Callable[[jax.Array], Any]:
    def start(key: jax.Array) -> Any:
        keys = jax.random.split(key, len(units))
        sizes = zip(keys, units, units[1:], strict=False)
        return [(jax.random.normal(k, (a, b)) / a**0.5, jnp.zeros(b)) for k, a, b in sizes]

    return start


def network(activation: Callable[[jax.Array], jax.Array], parameters: Any, x: jax.Array) -> jax.Array:
    for weight, bias in parameters[:-1]:
        x = activation(x @ weight + bias)
    weight, bias = parameters[-1]
    return x @ weight + bias


def unit(parameters: jax.Array, x: jax.Array) -> jax.Array:
    return jnp.sin(parameters * x)


def start_unit(key: jax.Array) -> jax.Array:
    return jax.random.normal(key, (1,))


WORKLOADS: list[tuple[Any, Any, Any, str, float, int]] = [
    (start_unit, unit, sine, "sgd", 1e-4, 10_000),
    (layers(1, 50, 10, 1), partial(network, jax.nn.relu), partial(log, 50), "sgd", 1e-2, 2_000),
    (layers(1, 50, 10, 1), partial(network, jax.nn.relu), partial(log, 500), "adam", 1e-4, 500),
    (layers(2, 3, 1), partial(network, jax.nn.relu), magnitude, "adam", 1e-3, 10_000),
    (layers(1, 512, 512, 1), partial(network, snake), points, "adam", 1e-4, 2),
]
"""Start, model, draw, optimizer, rate, and the steps of one call."""


def program(number: int, replicas: int) -> tuple[Callable[..., Any], Any, int]:
    """A compiled function of state and seed, its start, and how many steps it takes."""
    start, model, draw, optimizer, lr, count = WORKLOADS[number]
    count = max(200, count // replicas) if replicas > 1 else count
    each = jax.tree_util.tree_map

    def loss(parameters: Any, key: jax.Array) -> jax.Array:
        x, y = draw(key)
        return ((model(parameters, x) - y) ** 2).mean()

    def step(state: Any, key: jax.Array) -> tuple[Any, jax.Array]:
        parameters, mean, square, t = state
        value, gradient = jax.value_and_grad(loss)(parameters, key)
        if optimizer == "sgd":
            return (each(lambda p, g: p - lr * g, parameters, gradient), mean, square, t), value
        t = t + 1
        mean = each(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = each(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)

        def move(p: jax.Array, m: jax.Array, s: jax.Array) -> jax.Array:
            return p - lr / (1 - 0.9**t) * m / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)

        return (each(move, parameters, mean, square), mean, square, t), value

    def run(state: Any, key: jax.Array, first: jax.Array) -> tuple[Any, jax.Array]:
        return jax.lax.scan(lambda s, i: step(s, jax.random.fold_in(key, i)), state, first + jnp.arange(count))

    def begin(key: jax.Array) -> Any:
        parameters = start(key)
        zeros = each(jnp.zeros_like, parameters)
        return parameters, zeros, zeros, jnp.zeros(())

    keys = jax.random.split(jax.random.key(0), replicas)
    if replicas == 1:
        return jax.jit(partial(_with_key, run, keys[0])), begin(keys[0]), count
    return jax.jit(partial(_with_key, jax.vmap(run, (0, 0, None)), keys)), jax.vmap(begin)(keys), count


def _with_key(run: Callable[..., Any], key: jax.Array, state: Any, first: jax.Array) -> Any:
    return run(state, key, first)


def main() -> None:
    programs: dict[tuple[int, int], Any] = {}
    for line in sys.stdin:
        number, replicas, seconds = (kind(word) for kind, word in zip((int, int, float), line.split(), strict=True))
        if (number, replicas) not in programs:
            run, state, count = program(number, replicas)
            jax.block_until_ready(run(state, 0))
            programs[number, replicas] = run, state, count
        run, state, count = programs[number, replicas]
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            state, losses = run(state, done)
            jax.block_until_ready(losses)
            done += count
        print(done * replicas / (time.perf_counter() - started), flush=True)


if __name__ == "__main__":
    main()
