from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.endpoint import Endpoint, TlsFiles
from apps.engine.errors import EngineError, InvalidEndpoint


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("unix:///run/docker.sock", "unix:///run/docker.sock"),
        ("/run/docker.sock", "unix:///run/docker.sock"),
        ("  unix:///run/docker.sock\n", "unix:///run/docker.sock"),
        ("tcp://engine.example:2375", "tcp://engine.example:2375"),
        ("tcp://engine.example", "tcp://engine.example:2375"),
        ("engine.example:4243", "tcp://engine.example:4243"),
        ("http://10.0.0.5", "tcp://10.0.0.5:2375"),
        ("https://10.0.0.5", "tcp://10.0.0.5:2376"),
        ("tcp://[::1]:2375", "tcp://[::1]:2375"),
    ],
)
def test_addresses_of_engines_are_read(text: str, means: str) -> None:
    endpoint = Endpoint.parse(text)
    assert str(endpoint) == means
    assert Endpoint.parse(str(endpoint), tls=endpoint.tls) == endpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh://engine.example",
        "npipe:////./pipe/docker_engine",
        "unix://run/docker.sock",
        "unix:///" + "x" * 107,
        "tcp://",
        "tcp://:2375",
        "tcp://host:port",
        "tcp://host:0",
        "tcp://host:70000",
        "tcp://host/path",
        "tcp://host?x=1",
        "tcp://ho st:2375",
        "tcp://host\r\nX: y:2375",
        "tcp://[::1:2375",
    ],
)
def test_what_cannot_be_connected_to_is_refused(text: str) -> None:
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse(text)
    assert str(caught.value).endswith(".")


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidEndpoint) as caught:
        Endpoint.parse("tcp://ada:s3cret@host:2375")
    assert "s3cret" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_endpoint_or_a_refusal(text: str) -> None:
    try:
        endpoint = Endpoint.parse(text)
    except EngineError:
        return
    assert Endpoint.parse(str(endpoint), tls=endpoint.tls) == endpoint


def test_without_docker_host_the_usual_socket_is_meant() -> None:
    assert str(Endpoint.from_environment({})) == "unix:///var/run/docker.sock"
    assert str(Endpoint.from_environment({"DOCKER_HOST": " "})) == "unix:///var/run/docker.sock"


def test_docker_tls_verify_switches_verified_tls_on() -> None:
    env = {"DOCKER_HOST": "tcp://engine.example", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}
    endpoint = Endpoint.from_environment(env)
    assert endpoint.port == 2376
    assert endpoint.tls == TlsFiles("/certs/ca.pem", "/certs/cert.pem", "/certs/key.pem", is_verified=True)


def test_the_certificates_lie_in_the_home_folder_unless_said_otherwise() -> None:
    env = {"DOCKER_HOST": "tcp://engine.example:2376", "DOCKER_TLS_VERIFY": "1", "HOME": "/home/ada"}
    tls = Endpoint.from_environment(env).tls
    assert tls is not None
    assert tls.ca == "/home/ada/.docker/ca.pem"


def test_only_docker_tls_verify_has_the_certificate_verified() -> None:
    env = {"DOCKER_HOST": "tcp://engine.example", "DOCKER_CERT_PATH": "/certs"}
    tls = Endpoint.from_environment(env).tls
    assert tls is not None
    assert not tls.is_verified


def test_a_socket_is_never_encrypted() -> None:
    env = {"DOCKER_HOST": "unix:///run/docker.sock", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}
    assert Endpoint.from_environment(env).tls is None
