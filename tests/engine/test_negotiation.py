from __future__ import annotations

import json

import pytest

from apps.engine.call import Reply, Request
from apps.engine.errors import NoCommonVersion, ProtocolBroken, ServerFault
from apps.engine.negotiation import EngineFacts, is_stale, negotiation, version_spoken
from apps.engine.version import CEILING, FLOOR, ApiVersion
from tests.engine.samples import sample


class Told:
    """Answers of an engine, and what it was asked."""

    def __init__(self, *, newest: str = "1.41", version: bytes | None = None, has_head: bool = True) -> None:
        self.asked: list[str] = []
        self.newest = newest
        self.version = version if version is not None else sample("SystemVersion")
        self.has_head = has_head

    def answer(self, request: Request) -> Reply:
        self.asked.append(f"{request.method} {request.target}")
        headers = {"api-version": self.newest, "ostype": "linux", "docker-experimental": "true"} if self.newest else {}
        if request.target == "/version":
            return Reply(200, {"content-type": "application/json"}, self.version, FLOOR)
        if request.method == "HEAD" and not self.has_head:
            return Reply(404, {"content-type": "text/plain"}, b"", FLOOR)
        return Reply(200, headers, b"" if request.method == "HEAD" else b"OK", FLOOR)


def negotiated(told: Told, pinned: ApiVersion | None = None) -> EngineFacts:
    steps = negotiation(pinned)
    request = next(steps)
    while True:
        try:
            request = steps.send(told.answer(request))
        except StopIteration as done:
            facts = done.value
            assert isinstance(facts, EngineFacts)
            return facts


def test_the_engine_is_asked_without_a_version() -> None:
    told = Told()
    facts = negotiated(told)
    assert told.asked == ["HEAD /_ping", "GET /version"]
    assert facts.api_version == ApiVersion(1, 41)
    assert (facts.engine_version, facts.os, facts.arch) == ("20.10.24+dfsg1", "linux", "amd64")
    assert facts.min_api == ApiVersion(1, 12)
    assert facts.is_experimental
    assert facts.kernel == "6.1.0-18-amd64"


def test_engines_without_the_head_are_asked_by_get() -> None:
    told = Told(has_head=False)
    assert negotiated(told).api_version == ApiVersion(1, 41)
    assert told.asked == ["HEAD /_ping", "GET /_ping", "GET /version"]


def test_engines_before_the_version_header_tell_it_in_version() -> None:
    told = Told(newest="", version=b'{"Version":"1.10.3","ApiVersion":"1.22","KernelVersion":"4.4"}')
    facts = negotiated(told)
    assert facts.api_version == facts.max_api == ApiVersion(1, 22)
    assert facts.min_api is None


def test_our_newest_version_is_the_ceiling() -> None:
    assert negotiated(Told(newest="1.99")).api_version == CEILING


@pytest.mark.parametrize("newest", ["1.19", "1.12"])
def test_too_old_an_engine_is_refused_naming_both(newest: str) -> None:
    with pytest.raises(NoCommonVersion) as caught:
        negotiated(Told(newest=newest, version=b"{}"))
    assert (caught.value.ours, caught.value.theirs) == (f"{FLOOR}-{CEILING}", f"up to {newest}")
    assert str(FLOOR) in str(caught.value)
    assert newest in str(caught.value)


def test_too_new_an_engine_is_refused_naming_both() -> None:
    with pytest.raises(NoCommonVersion) as caught:
        negotiated(Told(newest="1.99", version=b'{"MinAPIVersion":"1.90"}'))
    assert caught.value.theirs == "1.90-1.99"


def test_a_pinned_version_is_spoken_or_refused() -> None:
    oldest, newest = ApiVersion(1, 24), ApiVersion(1, 41)
    assert version_spoken(newest, oldest, pinned=ApiVersion(1, 33)) == ApiVersion(1, 33)
    for pinned in (ApiVersion(1, 23), ApiVersion(1, 42), ApiVersion(1, 19)):
        with pytest.raises(NoCommonVersion) as caught:
            version_spoken(newest, oldest, pinned=pinned)
        assert str(pinned) in caught.value.ours
        assert caught.value.theirs == "1.24-1.41"


def test_nothing_below_our_floor_can_be_pinned() -> None:
    with pytest.raises(NoCommonVersion):
        version_spoken(ApiVersion(1, 41), ApiVersion(1, 12), pinned=ApiVersion(1, 19))


@pytest.mark.parametrize("version", [b"<html>", b"[]", b'{"Version":5}', b"{}"])
def test_what_is_no_engine_is_told_so(version: bytes) -> None:
    with pytest.raises(ProtocolBroken):
        negotiated(Told(newest="", version=version))


def test_an_engine_in_trouble_is_reported_in_its_own_words() -> None:
    steps = negotiation()
    next(steps)
    with pytest.raises(ServerFault, match="out of order"):
        steps.send(Reply(500, {}, b"out of order", FLOOR))


def test_an_answer_of_another_engine_version_is_noticed() -> None:
    facts = negotiated(Told())
    assert is_stale(facts, Reply(200, {"api-version": "1.45"}, b"", FLOOR))
    assert not is_stale(facts, Reply(200, {"api-version": "1.41"}, b"", FLOOR))
    assert not is_stale(facts, Reply(404, {}, json.dumps({}).encode(), FLOOR))
