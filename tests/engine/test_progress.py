"""Lines of pulls, pushes, loads and builds: what stands in them, also in odd ones."""

from __future__ import annotations

import pytest

from apps.engine.api.image_transfer import image_create, image_load, image_push
from apps.engine.call import Reply
from apps.engine.errors import NotFound, ServerFault
from apps.engine.types.progress import progress_of
from apps.engine.version import ApiVersion


def test_a_line_of_a_layer_is_read_with_its_bytes() -> None:
    line = progress_of(
        b'{"status":"Downloading","progressDetail":{"current":5,"total":10},"progress":"[=>","id":"aaa"}'
    )
    assert (line.id, line.status, line.current, line.total, line.error) == ("aaa", "Downloading", 5, 10, "")


def test_a_line_without_bytes_has_none() -> None:
    line = progress_of(b'{"status":"Waiting","progressDetail":{},"id":"aaa"}')
    assert (line.current, line.total) == (None, None)


def test_the_result_of_a_push_is_read() -> None:
    line = progress_of(b'{"progressDetail":{},"aux":{"Tag":"1","Digest":"sha256:ab","Size":527}}')
    assert line.aux == {"Tag": "1", "Digest": "sha256:ab", "Size": 527}


def test_conformance_37_an_error_line_is_a_failure_with_its_own_words() -> None:
    late = b'{"errorDetail":{"code":3,"message":"the long words"},"error":"short"}'
    assert progress_of(late).error == "the long words"
    assert progress_of(b'{"error":"only these"}').error == "only these"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"error":{"odd":1}}', "{'odd': 1}"),
        (b'{"id":7,"errorDetail":{"message":"kept"}}', "kept"),
        (b'{"status":"Downloading","progressDetail":{"current":"5"}}', ""),
        (b"[1]", ""),
        (b"not json", ""),
        (b'{"id":', ""),
        (b"[" * 5000, ""),
    ],
)
def test_an_odd_line_never_hides_an_error_and_never_breaks(line: bytes, error: str) -> None:
    assert progress_of(line).error == error


@pytest.mark.parametrize("call", [image_create(from_image="a"), image_push("a"), image_load()])
def test_pitfall_13_1_an_answer_read_at_once_fails_by_its_last_line_although_it_is_200(call: object) -> None:
    body = b'{"status":"Waiting"}\r\n{"errorDetail":{"message":"unknown blob"},"error":"unknown blob"}\r\n'
    with pytest.raises(ServerFault, match="unknown blob"):
        call.parse(Reply(200, {}, body, ApiVersion(1, 41)))  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        call.parse(Reply(200, {}, b'{"error":"x not found"}', ApiVersion(1, 41)))  # type: ignore[attr-defined]


def test_pitfall_13_2_a_pull_without_a_tag_asks_for_latest_unless_every_tag_is_wanted() -> None:
    version = ApiVersion(1, 41)
    assert image_create(from_image="a").request(version).target.endswith("?fromImage=a&tag=latest")
    assert image_create(from_image="a", is_every_tag=True).request(version).target.endswith("?fromImage=a")


def test_pitfall_13_4_a_push_of_nobody_still_has_the_header() -> None:
    assert image_push("a").request(ApiVersion(1, 41)).headers["X-Registry-Auth"] == "e30="


def test_pitfalls_2_3_and_13_5_a_load_asks_for_progress_by_a_0_where_the_engine_knows_how() -> None:
    assert image_load().request(ApiVersion(1, 23)).target.endswith("/images/load?quiet=0")
    assert image_load().request(ApiVersion(1, 22)).target.endswith("/images/load")
