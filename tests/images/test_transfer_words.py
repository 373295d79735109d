"""What engines and registries say when they refuse, and what is said to try."""

from __future__ import annotations

import pytest

from apps.engine.errors import ServerFault
from apps.images.services.transfer import Way, failed, without_page

SAID = {
    "failed to GET http://x/root.tar with status 404 File not found: …": "This address has no file",
    "toomanyrequests: You have reached your pull rate limit": "fewer requests",
    "received unexpected HTTP status: 429 Too Many Requests": "fewer requests",
    'Head "http://127.0.0.1:4290/v2/x/manifests/1": no basic auth credentials': "No credentials are kept",
    "unauthorized: authentication required": "No credentials are kept",
    "pull access denied for team/app, repository does not exist or may require 'docker login'": "what is private",
    "manifest for a:2 not found: manifest unknown: manifest unknown": "Check the name and the tag",
    "no matching manifest for linux/arm/v7 in the manifest list entries": "for this platform",
    "An image does not exist locally with the tag: a/b": "no image of this name",
    'Get "http://127.0.0.1:4290/v2/": dial tcp 127.0.0.1:4290: connect: connection refused': "does not reach it",
    "Get https://x/v2/: dial tcp: lookup x on 10.0.0.1:53: no such host": "does not reach it",
    "Get https://x/v2/: http: server gave HTTP response to HTTPS client": "does not trust",
    "Get https://x/v2/: x509: certificate signed by unknown authority": "does not trust",
    "expected HTTP 206 from byte range request": "broke off",
    "download failed after attempts=1: unexpected EOF": "broke off",
    "unknown blob": "broke off",
    "write /var/lib/docker/tmp/x206: no space left on device": "disk of the engine's host is full",
    "open /data/tmp/docker-import-2062806544/repositories: no such file or directory": "No image is in this archive",
    "open /data/tmp/docker-import-2062806544/etc/json: no such file or directory": "No image is in this archive",
    "Error processing tar file(exit status 1): archive/tar: invalid tar header": "damaged",
    "something nobody has heard of": "",
}


def test_long_words_hold_nobody_up() -> None:
    """They are read on the event loop, and a Dockerfile or a registry decides how long they are."""
    for piece in (" ", "docker-import-1/", "manifest for ", '"'):
        said = piece * (2_000_000 // len(piece))
        assert failed("It failed.", ServerFault(500, f"{said}: no such host"), Way()).hint.startswith("The engine does")
        assert without_page(f"{said}x <html>secret") == f"{said}x …"


@pytest.mark.parametrize("said", SAID)
def test_each_refusal_has_a_hint_of_its_own(said: str) -> None:
    failure = failed("It failed.", ServerFault(500, said), Way("registry.example"))
    assert failure.detail == said
    assert SAID[said] in failure.hint
    assert bool(failure.hint) is bool(SAID[said])


def test_credentials_that_were_sent_and_refused_are_told_apart_from_none() -> None:
    wrong = failed("It failed.", ServerFault(200, "unauthorized"), Way("registry.example", has_credentials=True))
    assert "does not accept the credentials that are kept" in wrong.hint


def test_a_web_page_in_the_engines_words_is_left_out() -> None:
    said = "failed to GET http://x/y.tar with status 404 File not found: <!DOCTYPE HTML>\n<html><head></head></html>\n"
    assert without_page(said) == "failed to GET http://x/y.tar with status 404 File not found: …"
    assert without_page('invalid character: "<html><body>no</body></html>"') == "invalid character: …"
    assert without_page("unknown instruction: <htm") == "unknown instruction: <htm"
