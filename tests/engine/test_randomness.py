import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.engine.randomness import IN_STEPS, KeptStreams, Stream, Streams, Use, counter_for

MASK = (1 << 64) - 1


def splitmix(z: int) -> int:
    """The finalizer of SplitMix64 in plain integers, as its authors publish it."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def folded(key: int, value: int) -> int:
    return splitmix((key * 0x9E3779B97F4A7C15 + value) & MASK)


@given(seed=st.integers(0, 2**62 - 1), step=st.integers(0, 2**40), index=st.integers(0, 31))
def test_draws_are_the_published_hash_of_seed_use_step_and_index(seed: int, step: int, index: int) -> None:
    stream = Stream.of(torch.tensor([seed]), Use.BATCH, counter_for(32)).fold(step)
    key = folded(folded(folded(seed, 0), int(Use.BATCH)), step)
    hashed = splitmix((key + index * 0x9E3779B97F4A7C15) & MASK)
    assert stream.uniform(32, torch.float64)[0, index].item() == 1 - (hashed >> 11) * 2.0**-53
    assert stream.uniform(32, torch.float32)[0, index].item() == 1 - (hashed >> 40) * 2.0**-24


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_uniform_draws_are_uniform_and_never_zero(dtype: torch.dtype) -> None:
    draws = Stream.of(torch.arange(64), Use.BATCH, counter_for(10_000)).uniform(10_000, dtype)
    assert draws.min() > 0
    assert draws.max() <= 1
    # 640,000 draws: mean 1/2 and variance 1/12 within five standard errors.
    count = draws.numel()
    assert abs(draws.double().mean().item() - 0.5) < 5 * math.sqrt(1 / 12 / count)
    assert abs(draws.double().var().item() - 1 / 12) < 5 * math.sqrt(1 / 180 / count)


def test_normal_draws_have_the_moments_of_a_normal() -> None:
    draws = Stream.of(torch.arange(64), Use.NOISE, counter_for(20_000)).normal(10_000, torch.float64)
    count = draws.numel()
    assert abs(draws.mean().item()) < 5 / math.sqrt(count)
    assert abs(draws.square().mean().item() - 1) < 5 * math.sqrt(2 / count)
    assert abs(draws.pow(4).mean().item() - 3) < 5 * math.sqrt(96 / count)


def test_seeds_steps_and_uses_give_unrelated_numbers() -> None:
    counter = counter_for(20_000)
    base = Stream.of(torch.tensor([5]), Use.BATCH, counter).fold(7)
    others = [
        Stream.of(torch.tensor([6]), Use.BATCH, counter).fold(7),
        Stream.of(torch.tensor([5]), Use.NOISE, counter).fold(7),
        Stream.of(torch.tensor([5]), Use.BATCH, counter).fold(8),
    ]
    rows = torch.cat([s.uniform(20_000, torch.float64) for s in (base, *others)])
    correlation = torch.corrcoef(rows).fill_diagonal_(0).abs().max().item()
    assert correlation < 5 / math.sqrt(20_000)


def test_a_block_of_steps_holds_what_each_step_draws_alone() -> None:
    seeds, steps, counter = torch.arange(3), torch.arange(4), counter_for(16)
    block = Stream.of(seeds, Use.BATCH, counter).fold(steps.unsqueeze(-1)).uniform(8, torch.float32)
    alone = torch.stack([Stream.of(seeds, Use.BATCH, counter).fold(step).uniform(8, torch.float32) for step in steps])
    assert torch.equal(block, alone)


def test_the_streams_of_a_run_are_those_of_its_seeds_and_uses() -> None:
    seeds, counter = torch.arange(3, 7), counter_for(8)
    streams = Streams.of(seeds, counter)
    for use in IN_STEPS:
        expected = Stream.of(seeds, use, counter)
        assert streams[use].key.equal(expected.key)
        assert streams[use].uniform(8, torch.float32).equal(expected.uniform(8, torch.float32))
        assert streams.part(slice(1, 3))[use].key.equal(expected.key[1:3])


def test_the_streams_of_a_run_are_made_once_and_anew_for_other_seeds() -> None:
    kept, seeds = KeptStreams(counter_for(8)), torch.arange(2)
    first = kept.of(seeds)
    assert kept.of(seeds) is first
    assert kept.of(seeds + 1).keys.equal(Streams.of(seeds + 1, kept.counter).keys)
    assert kept.of(seeds).keys.equal(first.keys)
