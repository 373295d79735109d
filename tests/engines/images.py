"""Images of a test's own, built on the session's engine from a few lines, and gone after it."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from typing import Protocol
from urllib.parse import urlencode

import pytest

from scripts.private_engine import RawEngine


class MakeImage(Protocol):
    """See the fixture `make_image`."""

    def __call__(self, *names: str, lines: Sequence[str] = ..., base: str = ...) -> str: ...


def build_image(raw: RawEngine, names: Sequence[str], *, lines: Sequence[str], base: str = "dockerweb/base:1") -> str:
    """Build an image from Dockerfile lines upon `base`, by the engine's own classic builder; its full id."""
    dockerfile = "\n".join([f"FROM {base}", *lines]).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        tar.addfile(entry, io.BytesIO(dockerfile))
    query = urlencode([("t", name) for name in names] + [("rm", "1"), ("forcerm", "1"), ("networkmode", "none")])
    headers = {"Content-Type": "application/x-tar"}
    status, answer = raw.request("POST", f"/v1.41/build?{query}", body=packed.getvalue(), headers=headers)
    assert status == 200, answer
    told = [json.loads(line) for line in str(answer).splitlines() if line.strip()]
    ids = [line["aux"]["ID"] for line in told if line.get("aux", {}).get("ID")]
    assert ids, told
    return str(ids[-1])


@pytest.fixture
def make_image(raw: RawEngine, request: pytest.FixtureRequest) -> Iterator[MakeImage]:
    """`make_image("web:1", "web:2", lines=[…])`: build an image of this test's own; its full id (sha256:…).

    It differs from every other by a label. It is forced away after the test, whatever its names are by then.
    """
    made: list[str] = []

    def make(*names: str, lines: Sequence[str] = (), base: str = "dockerweb/base:1") -> str:
        label = f"LABEL dockerweb.test={json.dumps(f'{request.node.nodeid} {len(made)}')}"
        image_id = build_image(raw, names, lines=[label, *lines], base=base)
        made.append(image_id)
        return image_id

    yield make
    for image_id in reversed(made):
        raw.delete(f"/images/{image_id}?force=1")


@pytest.fixture
def gone(raw: RawEngine) -> Iterator[list[str]]:
    """Names and ids of images to be removed after the test."""
    names: list[str] = []
    yield names
    for name in names:
        raw.delete(f"/images/{name}?force=1")
