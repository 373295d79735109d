"""References of images are read and completed as the command line does."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.core.errors import InvalidInput
from apps.registries.references import Reference, parse

SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "whole", "familiar"),
    [
        ("alpine", "docker.io/library/alpine:latest", "alpine:latest"),
        (" alpine ", "docker.io/library/alpine:latest", "alpine:latest"),
        ("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20"),
        ("team/app:1", "docker.io/team/app:1", "team/app:1"),
        ("library/alpine", "docker.io/library/alpine:latest", "alpine:latest"),
        ("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"),
        ("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"),
        ("index.docker.io/team/app", "docker.io/team/app:latest", "team/app:latest"),
        ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:latest"),
        ("local/app", "docker.io/local/app:latest", "local/app:latest"),
        ("a.b/app", "a.b/app:latest", "a.b/app:latest"),
        ("host:5000/a/b/c:2", "host:5000/a/b/c:2", "host:5000/a/b/c:2"),
        ("Host.Example:5000/app", "Host.Example:5000/app:latest", "Host.Example:5000/app:latest"),
        (f"host:5000/x@{SHA}", f"host:5000/x@{SHA}", f"host:5000/x@{SHA}"),
        (f"alpine:3@{SHA}", f"docker.io/library/alpine:3@{SHA}", f"alpine:3@{SHA}"),
        ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
        ("a__b/c--d/e.f_g", "docker.io/a__b/c--d/e.f_g:latest", "a__b/c--d/e.f_g:latest"),
        ("alpine:_A.b-C", "docker.io/library/alpine:_A.b-C", "alpine:_A.b-C"),
        ("docker.io/library/team/app", "docker.io/library/team/app:latest", "library/team/app:latest"),
        # Shortened, these would be read as somebody else's.
        ("docker.io/a.b/app", "docker.io/a.b/app:latest", "docker.io/a.b/app:latest"),
        ("docker.io/localhost/app", "docker.io/localhost/app:latest", "docker.io/localhost/app:latest"),
    ],
)
def test_references_are_completed_and_shortened(text: str, whole: str, familiar: str) -> None:
    reference = parse(text)
    assert str(reference) == whole
    assert reference.familiar == familiar


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("0123456789abcdef" * 4, "64 hexadecimal digits"),
        ("Alpine", "lower case"),
        ("team/App:1", "lower case"),
        ("host:5000/App", "lower case"),
        ("https://example.com/app", "without “http://”"),
        ("-alpine", "lower-case letters"),
        ("alpine/", "lower-case letters"),
        ("/alpine", "lower-case letters"),
        ("a//b", "lower-case letters"),
        ("a___b", "lower-case letters"),
        ("a..b", "lower-case letters"),
        ("al pine", "lower-case letters"),
        ("älpine", "lower-case letters"),
        ("alpine\n", None),
        ("alpine:", "A tag has"),
        ("alpine:-1", "A tag has"),
        ("alpine:" + "x" * 129, "A tag has"),
        ("a:b:c", "A tag has"),
        ("ho_st:5000/app", "no address of a registry"),
        ("-host.example/app", "no address of a registry"),
        ("host:port/app", "no address of a registry"),
        ("alpine@", "no digest"),
        ("alpine@sha256:abc", "3 hexadecimal digits"),
        ("alpine@" + SHA.replace("a", "A"), "no digest"),
        ("alpine@md5:" + "0" * 32, "no digest"),
        ("a/" * 127 + "bcd", "longer than 255"),
    ],
)
def test_what_is_no_reference_is_refused_with_the_reason(text: str, words: str | None) -> None:
    if words is None:  # a line's end at its edges is a space like others
        assert parse(text).familiar == "alpine:latest"
        return
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert words in caught.value.detail
    assert caught.value.hint


def test_an_upper_case_name_is_answered_with_the_name_to_try() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse("Host.example:5000/Team/App:V1")
    assert caught.value.hint == "Try Host.example:5000/team/app:V1."


def test_the_longest_name_is_taken() -> None:
    path = "a/" * 122 + "b"  # docker.io/ is 10 characters
    assert len(parse(path).name) == 255


def test_no_tag_is_added_when_all_are_wanted() -> None:
    assert parse("alpine", default_tag="").familiar == "alpine"
    assert parse("alpine:3", default_tag="").tag == "3"


def test_the_engine_is_told_name_and_tag_or_digest() -> None:
    assert (parse("alpine").name_for_engine, parse("alpine").tag_for_engine) == ("alpine", "latest")
    pinned = parse(f"host:5000/x:1@{SHA}")
    assert (pinned.name_for_engine, pinned.tag_for_engine) == ("host:5000/x", SHA)
    assert pinned.registry_host == "host:5000"
    assert parse("Reg.Example/x").registry_host == "reg.example"


part = st.from_regex(r"\A[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}\Z")
paths = st.lists(part, min_size=1, max_size=4).map("/".join)
domains = st.one_of(
    st.sampled_from(["docker.io", "localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000"]),
    st.from_regex(r"\A[a-zA-Z0-9]{1,5}(-[a-z]{1,3})?\.[a-z]{2,5}(:[0-9]{1,5})?\Z"),
)
tags = st.one_of(st.just(""), st.from_regex(r"\A[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,20}\Z"))
digests = st.one_of(st.just(""), st.from_regex(r"\Asha256:[0-9a-f]{64}\Z"))


@given(domains, paths, tags, digests)
def test_any_reference_is_read_back_as_it_was_whole_and_familiar(domain: str, path: str, tag: str, digest: str) -> None:
    if domain == "docker.io" and "/" not in path:
        path = f"library/{path}"
    assume(domain != "index.docker.io")
    reference = Reference(domain, path, tag or ("" if digest else "latest"), digest)
    assert parse(str(reference)) == reference
    assert parse(reference.familiar) == reference


@given(st.one_of(st.text(max_size=80), st.text("aA0./:@-_[]", max_size=40)))
def test_any_text_is_a_reference_that_stands_or_is_refused(text: str) -> None:
    try:
        reference = parse(text)
    except InvalidInput as refusal:
        assert refusal.detail
        return
    assert parse(reference.familiar) == reference
    assert parse(str(reference)) == reference
