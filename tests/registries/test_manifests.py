"""What manifests and challenges say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.registries.v2.challenges import challenge_of, may_tokens_come_from
from apps.registries.v2.manifests import SEVERAL, SINGLE, manifest_of

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize("media_type", SINGLE)
def test_a_single_manifest_is_as_large_as_its_layers_and_config(media_type: str) -> None:
    body = {"schemaVersion": 2, "mediaType": media_type, "config": {"size": 7}, "layers": [{"size": 100}, {"size": 20}]}
    found = manifest_of(json.dumps(body).encode(), media_type="text/plain", digest=DIGEST)
    assert found is not None
    assert (found.size_bytes, found.media_type, found.digest) == (127, media_type, DIGEST)


def test_what_utf_8_cannot_hold_is_no_manifest() -> None:
    body = b'{"manifests": [{"digest": "sha256:a", "platform": {"os": "\\ud800"}}]}'
    assert manifest_of(body, media_type=SINGLE[0], digest=DIGEST) is None


@pytest.mark.parametrize("digits", [400, 4200, 5000])
def test_a_size_that_no_page_can_show_is_no_size(digits: int) -> None:
    body = b'{"layers": [{"size": %s}, {"size": 5}]}' % (b"1" * digits)
    found = manifest_of(body, media_type=SINGLE[0], digest=DIGEST)
    assert found is not None
    assert found.size_bytes == 5


@pytest.mark.parametrize("media_type", SEVERAL)
def test_several_platforms_are_listed_without_attestations(media_type: str) -> None:
    entries = [
        {"digest": "sha256:a", "size": 5, "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": "sha256:b", "size": 5, "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}},
        {"digest": "sha256:c", "size": 5, "platform": {"os": "unknown", "architecture": "unknown"}},
        {"digest": 5}, 7,
    ]  # fmt: skip
    found = manifest_of(json.dumps({"manifests": entries}).encode(), media_type=f"{media_type}; x=y", digest=DIGEST)
    assert found is not None
    assert [(platform.name, platform.digest) for platform in found.platforms] == [
        ("linux/amd64", "sha256:a"),
        ("linux/arm/v7", "sha256:b"),
    ]
    assert (found.size_bytes, found.media_type) == (None, media_type)


def test_an_old_manifest_has_no_sizes_and_a_missing_digest_is_made() -> None:
    found = manifest_of(b'{"schemaVersion": 1, "fsLayers": []}', media_type="x", digest="")
    assert found is not None
    assert found.size_bytes is None
    assert found.digest.startswith("sha256:")


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | (
    st.dictionaries(st.sampled_from(["manifests", "layers", "config", "size", "platform", "digest", "os"]), inner)
)))  # fmt: skip
def test_any_json_is_read_without_a_failure(value: object) -> None:
    found = manifest_of(json.dumps(value).encode(), media_type="x", digest=DIGEST)
    assert (found is None) == (not isinstance(value, dict))


def test_what_is_no_json_is_no_manifest() -> None:
    assert manifest_of(b"<html>", media_type="x", digest="") is None
    assert manifest_of(b"[" * 100_000, media_type="x", digest="") is None


def test_challenges_are_read_with_their_quotes() -> None:
    found = challenge_of(
        'Bearer realm="https://a.example/token?x=1,2",service="a \\"b\\"", scope="repository:x:pull,push"'
    )
    assert found is not None
    assert (found.scheme, found.realm) == ("bearer", "https://a.example/token?x=1,2")
    assert (found.service, found.scope) == ('a "b"', "repository:x:pull,push")
    assert challenge_of("Basic realm=plain") is not None
    assert challenge_of("") is None


@given(st.text(max_size=200))
def test_any_challenge_is_read_without_a_failure(header: str) -> None:
    challenge_of(header)


@pytest.mark.parametrize(
    ("realm", "root", "may"),
    [
        ("https://auth.example/token", "https://r.example", True),
        ("https://auth.example/token", "http://127.0.0.1:5000", True),
        ("http://127.0.0.1:5000/token", "http://127.0.0.1:5000", True),
        ("http://127.0.0.1:5001/token", "http://127.0.0.1:5000", False),
        ("http://r.example/token", "https://r.example", False),
        ("http://auth.example/token", "https://r.example", False),
        ("https://ada@auth.example/token", "https://r.example", False),
        ("https://auth.example/token#x", "https://r.example", False),
        ("https://auth.example/to ken", "https://r.example", False),
        ("ftp://r.example/token", "https://r.example", False),
        ("/token", "https://r.example", False),
        ("https://[::1", "https://r.example", False),
        ("", "https://r.example", False),
    ],
)
def test_tokens_come_by_https_or_from_the_registry_itself(realm: str, root: str, may: bool) -> None:
    assert may_tokens_come_from(realm, root=root) is may
