"""Addresses of registries, as they are typed and as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import InvalidInput
from apps.registries.addresses import is_link_local, known_as, parse_address


@pytest.mark.parametrize(
    ("text", "scheme", "host", "shown", "root"),
    [
        ("docker.io", "https", "docker.io", "docker.io", "https://registry-1.docker.io"),
        ("https://index.docker.io/v1/", "https", "docker.io", "docker.io", "https://registry-1.docker.io"),
        ("HUB.docker.com", "https", "docker.io", "docker.io", "https://registry-1.docker.io"),
        ("registry-1.docker.io:443", "https", "docker.io", "docker.io", "https://registry-1.docker.io"),
        ("ghcr.io", "https", "ghcr.io", "ghcr.io", "https://ghcr.io"),
        (" https://GHCR.io/ ", "https", "ghcr.io", "ghcr.io", "https://ghcr.io"),
        ("https://r.example:443/v2/", "https", "r.example", "r.example", "https://r.example"),
        ("http://r.example", "http", "r.example", "http://r.example", "http://r.example"),
        ("http://r.example:80", "http", "r.example", "http://r.example", "http://r.example"),
        ("r.example:80", "https", "r.example:80", "r.example:80", "https://r.example:80"),
        ("10.0.0.5:5000", "https", "10.0.0.5:5000", "10.0.0.5:5000", "https://10.0.0.5:5000"),
        ("127.0.0.1:5000", "http", "127.0.0.1:5000", "127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("localhost:5000", "http", "localhost:5000", "localhost:5000", "http://localhost:5000"),
        ("https://localhost:5000", "https", "localhost:5000", "https://localhost:5000", "https://localhost:5000"),
        ("[::1]:5000", "http", "[::1]:5000", "[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_addresses_are_kept_in_one_form(text: str, scheme: str, host: str, shown: str, root: str) -> None:
    address = parse_address(text)
    assert (address.scheme, address.host, str(address), address.root) == (scheme, host, shown, root)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "ftp://r.example", "http://", "r.example/team", "r.example?x=1", "r.example#x", "ada:pw@r.example",
        "https://ada@r.example", "r_x.example", "-r.example", "r..example", "r.example:0", "r.example:99999",
        "r.example:x", "http://docker.io", "[::1", "é.example", "169.254.169.254", "http://169.254.169.254:80/v2/",
        "[fe80::1]:5000", "[::ffff:169.254.169.254]", "r example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_address(text)
    assert caught.value.field == "address"
    assert caught.value.detail
    assert "pw" not in caught.value.detail


@given(st.one_of(st.text(max_size=60), st.text("ab.:/[]@%0-", max_size=30)))
def test_any_text_is_an_address_that_stands_or_is_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except InvalidInput:
        return
    assert parse_address(str(address)) == address


def test_docker_hub_is_called_by_its_historic_key() -> None:
    assert parse_address("docker.io").key == "https://index.docker.io/v1/"
    assert parse_address("ghcr.io").key == "ghcr.io"


def test_a_registry_is_found_by_the_host_of_an_images_name() -> None:
    assert known_as("docker.io") == ("docker.io",)
    assert known_as("index.docker.io") == ("docker.io",)
    assert known_as("https://index.docker.io/v1/") == ("docker.io",)
    assert known_as("R.example:443") == ("r.example:443", "r.example")
    assert known_as("r.example:5000") == ("r.example:5000",)


def test_link_local_addresses_are_known_in_every_writing() -> None:
    assert all(is_link_local(text) for text in ("169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.1.1"))
    assert not any(is_link_local(text) for text in ("127.0.0.1", "10.0.0.1", "::1", "2001:db8::1", "r.example"))
