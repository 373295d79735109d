"""A kept list is true while a feed stands and nothing happened."""

from __future__ import annotations

from apps.engine.types.container_brief import ContainerBrief
from apps.hosts.snapshots import LONGEST_TRUST_S, ContainerList, Snapshot


def current(snapshot: Snapshot) -> ContainerList | None:
    return snapshot.current


ONE = (ContainerBrief(id="1" * 64),)
TWO = (ContainerBrief(id="2" * 64),)


def test_without_a_feed_a_list_is_kept_but_not_trusted() -> None:
    snapshot = Snapshot()
    snapshot.keep(ONE, generation=snapshot.generation)
    assert current(snapshot) is None
    assert snapshot.last is not None
    assert snapshot.last.containers == ONE


def test_with_a_feed_it_is_trusted_until_something_happens() -> None:
    snapshot = Snapshot()
    snapshot.follow()
    kept = snapshot.keep(ONE, generation=snapshot.generation)
    assert current(snapshot) is kept
    snapshot.changed()
    assert current(snapshot) is None
    assert snapshot.last is kept


def test_a_list_asked_for_before_a_change_and_answered_after_it_is_not_trusted() -> None:
    snapshot = Snapshot()
    snapshot.follow()
    asked_at = snapshot.generation
    snapshot.changed()
    snapshot.keep(ONE, generation=asked_at)
    assert current(snapshot) is None


def test_an_older_answer_that_comes_late_does_not_replace_a_newer_one() -> None:
    snapshot = Snapshot()
    snapshot.follow()
    early = snapshot.generation
    snapshot.changed()
    snapshot.keep(TWO, generation=snapshot.generation)
    snapshot.keep(ONE, generation=early)
    kept = current(snapshot)
    assert kept is not None
    assert kept.containers == TWO


def test_losing_the_feed_ends_the_trust_and_a_new_one_does_not_bring_it_back() -> None:
    snapshot = Snapshot()
    snapshot.follow()
    snapshot.keep(ONE, generation=snapshot.generation)
    snapshot.unfollow()
    assert current(snapshot) is None
    snapshot.follow()
    assert current(snapshot) is None


def test_even_a_followed_list_is_taken_anew_after_five_minutes() -> None:
    now = [1000.0]
    snapshot = Snapshot(clock=lambda: now[0])
    snapshot.follow()
    snapshot.keep(ONE, generation=snapshot.generation)
    now[0] += LONGEST_TRUST_S + 1
    assert current(snapshot) is None


def test_a_list_asked_for_right_after_an_event_is_believed_for_a_moment_only() -> None:
    """20.10 tells of a pause before its list does."""
    now = [1000.0]
    snapshot = Snapshot(clock=lambda: now[0])
    snapshot.follow()
    snapshot.changed()
    snapshot.keep(ONE, generation=snapshot.generation, is_settled=snapshot.is_settled)
    assert current(snapshot) is not None
    now[0] += 0.1
    assert current(snapshot) is None
    now[0] += 1
    snapshot.keep(TWO, generation=snapshot.generation, is_settled=snapshot.is_settled)
    now[0] += 100
    assert current(snapshot) is not None
