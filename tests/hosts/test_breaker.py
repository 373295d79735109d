"""The breaker stops asking an engine that does not answer, and tries it out from time to time."""

from __future__ import annotations

from apps.hosts.breaker import Breaker, BreakerState


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def state(breaker: Breaker) -> BreakerState:
    return breaker.state


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock, jitter=lambda: 0.5)
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_two_failures_are_forgiven_and_the_third_opens_it_for_two_seconds() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock, jitter=lambda: 0.5)
    breaker.failed()
    breaker.failed()
    assert state(breaker) is BreakerState.CLOSED
    breaker.failed()
    assert state(breaker) is BreakerState.OPEN
    assert not breaker.admits()
    assert round(breaker.retry_after_s, 3) == 2.0


def test_a_success_between_failures_starts_the_count_anew() -> None:
    breaker = Breaker(clock=Clock(), jitter=lambda: 0.5)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert state(breaker) is BreakerState.CLOSED


def test_half_open_lets_one_caller_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 2.1
    assert state(breaker) is BreakerState.HALF_OPEN
    assert breaker.admits()
    assert not breaker.admits()
    breaker.succeeded()
    assert state(breaker) is BreakerState.CLOSED
    assert breaker.admits()


def test_each_failed_trial_doubles_the_pause_up_to_thirty_seconds() -> None:
    clock = Clock()
    breaker = opened(clock)
    pauses = []
    for _ in range(6):
        pauses.append(breaker.retry_after_s)
        clock.now += breaker.retry_after_s + 0.01
        assert breaker.admits()
        breaker.failed()
    assert [round(pause, 3) for pause in pauses] == [2, 4, 8, 16, 30, 30]


def test_the_jitter_keeps_many_from_trying_at_the_same_moment() -> None:
    clock = Clock()
    shortest = Breaker(clock=clock, jitter=lambda: 0.0)
    longest = Breaker(clock=clock, jitter=lambda: 1.0)
    for breaker in (shortest, longest):
        for _ in range(3):
            breaker.failed()
    assert round(shortest.retry_after_s, 3) == 1.6
    assert round(longest.retry_after_s, 3) == 2.4


def test_a_trial_that_never_ends_does_not_keep_it_shut_for_ever() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 3
    assert breaker.admits()
    clock.now += 31
    assert breaker.admits()
