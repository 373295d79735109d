from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine import answers, errors
from apps.engine.answers import result_of
from apps.engine.api.containers import (
    container_changes,
    container_inspect,
    container_kill,
    container_list,
    container_remove,
    container_start,
)
from apps.engine.call import Reply
from apps.engine.operations import CONTAINER_INSPECT
from apps.engine.version import ApiVersion

V1_41 = ApiVersion(1, 41)


def reply(status: int, body: bytes = b"", content_type: str = "application/json") -> Reply:
    return Reply(status, {"content-type": content_type}, body, V1_41)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (500, errors.ServerFault),
        (501, errors.NotImplementedByEngine),
        (503, errors.ServerFault),
        (418, errors.ApiError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[errors.ApiError]) -> None:
    with pytest.raises(errors.ApiError) as caught:
        result_of(container_kill("abc"), reply(status, b'{"message":"so it is"}\n'))
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.message, str(caught.value)) == (status, "so it is", "so it is")
    assert caught.value.operation == "ContainerKill"


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b'{"message":"No such container: x"}\n', "application/json", "No such container: x"),
        (b'{"message":"No such container: x"}', "application/json; charset=utf-8", "No such container: x"),
        (b"No such container: x\n", "text/plain; charset=utf-8", "No such container: x"),
        (b'{"a":1} is no JSON here\n', "text/plain", '{"a":1} is no JSON here'),
        (b'{"message":"in text"}', "text/plain", '{"message":"in text"}'),
        (b"bad detach keys\r\n", "application/vnd.docker.raw-stream", "bad detach keys"),
        (b'{"message": 5}', "application/json", '{"message": 5}'),
        (b'{"error":', "application/json", '{"error":'),
        (b"\xff\xfe", "application/json", "\ufffd\ufffd"),
        (b"", "application/json", "The engine gave no reason (status 500)."),
        (b"\n", "text/plain", "The engine gave no reason (status 500)."),
    ],
)
def test_the_engines_own_words_are_found_in_any_body(body: bytes, content_type: str, message: str) -> None:
    assert answers.message_of(reply(500, body, content_type)) == message


@given(st.binary(max_size=200), st.sampled_from(["application/json", "text/plain", "", "application/x-tar"]))
def test_no_body_of_an_error_is_too_odd(body: bytes, content_type: str) -> None:
    error = answers.error_of(CONTAINER_INSPECT, reply(500, body, content_type), sent={})
    assert error is not None
    assert error.message


def test_messages_are_cut_to_a_length_a_page_can_show() -> None:
    assert len(answers.message_of(reply(500, b"x" * 1_000_000, "text/plain"))) == 4000


def test_a_redirect_is_no_answer() -> None:
    with pytest.raises(errors.ProtocolBroken):
        result_of(container_start("abc"), reply(301))


def test_an_ambiguous_prefix_names_nothing_whatever_its_status() -> None:
    body = b'{"message":"Multiple IDs found with provided prefix: 1"}'
    for status in (400, 500):
        error = answers.error_of(CONTAINER_INSPECT, reply(status, body), sent={})
        assert isinstance(error, errors.Ambiguous)
        assert isinstance(error, errors.NotFound)


def test_removing_a_running_container_stays_a_conflict() -> None:
    with pytest.raises(errors.Conflict):
        result_of(container_remove("abc"), reply(409, b'{"message":"You cannot remove a running container abc"}'))


def test_null_lists_are_empty() -> None:
    assert result_of(container_changes("abc"), reply(200, b"null\n")) == []
    assert result_of(container_list(), reply(200, b"null")) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1", b'"text"', b"5", b"[]"])
def test_a_body_that_is_no_object_is_a_broken_protocol(body: bytes) -> None:
    with pytest.raises(errors.ProtocolBroken):
        result_of(container_inspect("abc"), reply(200, body))


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'"text"'])
def test_a_body_that_is_no_list_is_a_broken_protocol(body: bytes) -> None:
    with pytest.raises(errors.ProtocolBroken):
        result_of(container_list(), reply(200, body))
