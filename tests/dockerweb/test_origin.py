"""Which pages may open a socket."""

from __future__ import annotations

import pytest

from dockerweb.origin import is_own_origin

HOSTS = ["docker.example.com", "localhost", "[::1]"]

FOREIGN = [
    b"null",
    b"",
    b"http://docker.example.com",  # the scheme
    b"https://docker.example.com:8443",  # the port
    b"https://evil.example.com",
    b"https://sub.docker.example.com",
    b"https://example.com",
    b"https://docker.example.com.evil.test",
    b"https://evil.test#docker.example.com",
    b"https://evil.test?docker.example.com",
    b"https://docker.example.com@evil.test",
    b"https://evil.test@docker.example.com",  # a user part
    b"https://docker.example.com.",  # the trailing dot
    b"https://docker.example.com/",
    b"https://docker.example.com:",
    b"https://docker.example.com:99999",
    b"https://docker.example.com:443:443",
    b"https://d\xc3\xb6cker.example.com",
    b"https://xn--dcker-jua.example.com",
    b"http://[",
    b"https://[::1",
    b"ftp://docker.example.com",
    b"wss://docker.example.com",
    b"//docker.example.com",
    b"docker.example.com",
    b" https://docker.example.com",
    b"https://docker.example.com, https://docker.example.com",
    b"file://",
    b"chrome-extension://docker.example.com",
]


def asked(origin: bytes | None, *, host: bytes = b"docker.example.com", origins: tuple[str, ...] = ()) -> bool:
    headers = [(b"host", host)]
    if origin is not None:
        headers.append((b"origin", origin))
    return is_own_origin(headers, scheme="wss", allowed_hosts=HOSTS, origins=origins)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_or_malformed_origin_is_refused(origin: bytes) -> None:
    assert not asked(origin)
    assert not asked(origin, origins=("https://docker.example.com",))


def test_no_origin_is_refused() -> None:
    assert not asked(None)


def test_two_origins_are_refused() -> None:
    one = (b"origin", b"https://docker.example.com")
    headers = [(b"host", b"docker.example.com"), one, one]
    assert not is_own_origin(headers, scheme="wss", allowed_hosts=HOSTS, origins=())


@pytest.mark.parametrize(
    "origin", [b"https://docker.example.com", b"https://DOCKER.example.com", b"https://docker.example.com:443"]
)
def test_the_page_itself_may(origin: bytes) -> None:
    assert asked(origin)
    assert asked(origin, origins=("https://docker.example.com",))


def test_the_port_belongs_to_the_origin() -> None:
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
    assert is_own_origin(headers, scheme="ws", allowed_hosts=HOSTS, origins=())
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8001")]
    assert not is_own_origin(headers, scheme="ws", allowed_hosts=HOSTS, origins=())


def test_a_host_that_is_not_ours_makes_no_origin_ours() -> None:
    assert not asked(b"https://evil.test", host=b"evil.test")


def test_named_origins_count_and_not_the_host_header() -> None:
    assert asked(b"https://docker.example.com", host=b"10.0.0.5:8000", origins=("https://docker.example.com",))
    assert not asked(b"https://10.0.0.5", host=b"10.0.0.5", origins=("https://docker.example.com",))
