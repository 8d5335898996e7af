"""What is spent is earned back; time is a number here."""

import time

import pytest

from periodic_tui.engine.scheduling.budget import Budget
from tests.engine.clock import Clock


def test_what_was_never_spent_is_ready_at_once() -> None:
    assert Budget(0.01, Clock(-5.0)).ready


def test_so_many_seconds_are_due_again_after_their_share_of_the_time() -> None:
    clock = Clock(100.0)
    budget = Budget(0.01, clock)
    with budget.spend():
        clock.now += 0.5
    assert budget.last == pytest.approx(0.5)
    assert budget.due == pytest.approx(100.5 + 0.5 / 0.01)
    clock.now = budget.due - 1e-6
    assert not budget.ready
    clock.now = budget.due
    assert budget.ready


def test_what_is_spent_before_it_is_due_is_owed_on_top() -> None:
    budget = Budget(0.1, Clock())
    budget.took(0.0, 1.0)
    budget.took(2.0, 3.0)
    assert budget.due == pytest.approx(1 / 0.1 + 1 / 0.1 + 2)
    budget.took(100.0, 101.0)
    assert budget.due == pytest.approx(101 + 1 / 0.1)


@pytest.mark.parametrize(("share", "cost", "due"), [(0.01, 0.001, 1.0), (0.01, 0.02, 2.02)])
def test_a_rest_is_kept_where_it_is_longer(share: float, cost: float, due: float) -> None:
    clock = Clock()
    budget = Budget(share, clock, rest=1.0 - 0.001)
    with budget.spend():
        clock.now = cost
    clock.now = due - 1e-6
    assert not budget.ready
    clock.now = due + 1e-6
    assert budget.ready


def test_what_was_given_up_is_not_paid_for() -> None:
    clock = Clock()
    budget = Budget(0.01, clock)

    def give_up() -> None:
        with budget.spend():
            clock.now += 1.0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert budget.ready


def test_a_wait_is_no_work() -> None:
    budget = Budget(0.01)
    with budget.spend():
        time.sleep(0.05)
    assert budget.last >= 0.05
    assert 0 < budget.worked < 0.025


def test_credit_is_saved_up_to_its_most_and_can_be_overdrawn() -> None:
    clock = Clock()
    budget = Budget(0.005, clock)
    assert budget.credit(0.12) == pytest.approx(0.12)
    with budget.spend():
        clock.now += 0.2
    assert budget.credit(0.12) == pytest.approx(-0.08)
    clock.now += 10.0
    assert budget.credit(0.12) == pytest.approx(-0.08 + 0.005 * 10)
    clock.now += 1000.0
    assert budget.credit(0.12) == pytest.approx(0.12)


def test_what_is_earned_counts_from_the_last_spending_whatever_is_owed() -> None:
    clock = Clock()
    budget = Budget(0.01, clock)
    budget.took(-2.0, 0.0)
    clock.now = 5.0
    assert budget.earned == pytest.approx(0.05)
