"""What is taken out of a container: a tar of its files, an image, its exit code."""

from __future__ import annotations

import http.client
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import PINNED
from tests.live.server import Server

LIST = "/hosts/local/containers/"
HTML = {"Accept": "text/html"}


def asked(server: Server, method: str, path: str, *, user: str = "ada", **fields: str) -> tuple[int, Any, bytes]:
    """Status, headers and body, as a program gets them over the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=90)
    headers = {"Accept": "application/json", "Cookie": server.session_cookie(user), "Origin": server.origin}
    if method == "POST":
        connection.request("GET", f"{LIST}", headers=headers | {"Accept": "text/html"})
        page = connection.getresponse().read().decode()
        headers |= {"X-CSRFToken": page.partition('data-csrf="')[2].partition('"')[0]}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, body=urlencode(fields) if fields else None, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_export_is_what_the_engine_sends(
    live_server: Server, raw: RawEngine, make_container: MakeContainer
) -> None:
    script = "head -c 9000000 /dev/urandom > /big; echo here > /srv-note"
    container_id = make_container(["sh", "-c", script], name="export.me-1", Volumes={"/elsewhere": {}})
    raw.post(f"/containers/{container_id}/wait")
    status, headers, body = asked(live_server, "GET", f"{LIST}{container_id}/export/")
    assert status == 200
    assert headers["content-disposition"].startswith('attachment; filename="export.me-1-')
    assert headers["content-disposition"].endswith('Z.tar"')
    assert (headers["content-type"], headers["x-content-type-options"]) == ("application/x-tar", "nosniff")
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        assert tar.extractfile("srv-note").read() == b"here\n"  # type: ignore[union-attr]
        assert tar.getmember("big").size == 9_000_000
    assert asked(live_server, "GET", f"{LIST}no-such-one/export/")[0] == 404
    assert asked(live_server, "GET", f"{LIST}{container_id}/export/", user="joan")[0] == 403


@pytest.fixture
def made_images(raw: RawEngine) -> Iterator[list[str]]:
    """Images to be removed after the test."""
    made: list[str] = []
    yield made
    for image in made:
        raw.delete(f"/images/{image}?force=1")


@pytest.mark.parametrize("version", PINNED)
def test_an_image_holds_the_files_and_what_was_said_of_it(
    ada: Client, raw: RawEngine, make_container: MakeContainer, made_images: list[str], version: str
) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    container_id = make_container(["sh", "-c", "echo kept > /kept"])
    raw.post(f"/containers/{container_id}/wait")
    changes = 'CMD ["cat", "/kept"]\n\n  ENV GREETING="hello there" PLACE=here\nLABEL a=b'
    fields = {"repository": "test/commit", "tag": f"v{version}", "author": "Ada L.", "message": "as it is; ü & co"}
    answer = ada.post(f"{LIST}{container_id}/commit/", {**fields, "changes": changes, "pause": "on"})
    told = answer.json()
    assert (answer.status_code, told["reference"]) == (200, f"test/commit:v{version}"), told
    made_images.append(told["image_id"])
    _status, image = raw.get(f"/images/test/commit:v{version}/json")
    assert (image["Id"], image["Author"], image["Comment"]) == (told["image_id"], "Ada L.", "as it is; ü & co")
    assert image["Config"]["Cmd"] == ["cat", "/kept"]
    assert {"GREETING=hello there", "PLACE=here"} <= set(image["Config"]["Env"])
    assert image["Config"]["Labels"]["a"] == "b"
    again = make_container(image=told["image_id"])
    assert raw.post(f"/containers/{again}/wait")[1]["StatusCode"] == 0


def test_an_image_needs_no_name_and_the_page_tells_its_id(
    ada: Client, raw: RawEngine, make_container: MakeContainer, made_images: list[str]
) -> None:
    container_id = make_container()
    page = ada.post(f"{LIST}{container_id}/commit/", {}, headers=HTML)
    image_id = page.context["done"].image_id
    made_images.append(image_id)
    assert ada.get(f"/hosts/local/images/{image_id}/", headers=HTML).status_code == 200
    assert f'href="/hosts/local/images/{image_id}/"' in page.content.decode()
    assert image_id in page.content.decode()
    assert raw.get(f"/images/{image_id}/json")[1]["RepoTags"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"repository": "Shop/Web"}, "repository"),
        ({"repository": "Shop/web"}, "repository"),
        ({"repository": "shop/web:1"}, "repository"),
        ({"repository": "ab" * 32}, "repository"),
        ({"repository": "shop", "tag": "a b"}, "tag"),
        ({"tag": "alone"}, "tag"),
        ({"changes": "RUN rm -rf /"}, "changes"),
        ({"changes": "FROM scratch"}, "changes"),
        ({"changes": "EXPOSE many"}, "changes"),
        ({"changes": "ENV"}, "changes"),
        ({"repository": "a" * 250}, "repository"),
    ],
)
def test_what_cannot_be_an_image_is_said_at_the_field(
    ada: Client, raw: RawEngine, make_container: MakeContainer, fields: dict[str, str], field: str
) -> None:
    container_id = make_container(start=False)
    before = {image["Id"] for image in raw.get("/images/json?all=1")[1]}
    page = ada.post(f"{LIST}{container_id}/commit/", fields | {"author": "kept words"}, headers=HTML)
    assert page.status_code in (400, 409, 502)
    assert field in page.context["form"].errors, page.context["form"].errors
    assert 'value="kept words"' in page.content.decode()
    assert {image["Id"] for image in raw.get("/images/json?all=1")[1]} == before


def test_waiting_answers_with_the_exit_code(live_server: Server, raw: RawEngine, make_container: MakeContainer) -> None:
    container_id = make_container(name="waited-for")
    status, _headers, body = asked(live_server, "POST", f"{LIST}{container_id}/wait/", timeout="0", user="joan")
    assert (status, json.loads(body)["has_ended"]) == (200, False)
    told: list[dict[str, Any]] = []

    def wait() -> None:
        told.append(json.loads(asked(live_server, "POST", f"{LIST}waited-for/wait/", timeout="60")[2]))

    waiter = threading.Thread(target=wait)
    waiter.start()
    raw.post(f"/containers/{container_id}/kill")
    waiter.join(timeout=90)
    assert told == [
        {"container_id": container_id, "name": "waited-for", "has_ended": True, "exit_code": 137, "reason": ""}
    ]
    ended = asked(live_server, "POST", f"{LIST}{container_id}/wait/", condition="next-exit", timeout="0")
    assert json.loads(ended[2])["has_ended"] is False
    assert asked(live_server, "POST", f"{LIST}{container_id}/wait/", condition="bogus")[0] == 400
    assert asked(live_server, "POST", f"{LIST}{container_id}/wait/", timeout="3600")[0] == 400
    assert asked(live_server, "POST", f"{LIST}no-such-one/wait/")[0] == 404


@pytest.mark.django_db(transaction=True)  # the wait reads the host on a thread of its own
@pytest.mark.parametrize("version", PINNED)
async def test_each_version_tells_the_exit_code_and_sends_the_files(
    as_actor: Callable[[str], Client], raw: RawEngine, make_container: MakeContainer, version: str
) -> None:
    container_id = make_container(["sh", "-c", "echo here > /note; exit 3"])
    raw.post(f"/containers/{container_id}/wait")

    def ask() -> tuple[Any, Any]:
        Host.objects.filter(slug="local").update(api_version=version)
        waited = as_actor("viewer").post(f"{LIST}{container_id}/wait/", {"timeout": "60"})
        return waited, as_actor("admin").get(f"{LIST}{container_id}/export/")

    waited, exported = await sync_to_async(ask)()
    told = json.loads(b"".join([piece async for piece in waited.streaming_content]))
    assert (told["has_ended"], told["exit_code"]) == (True, 3)
    sent = b"".join([piece async for piece in exported.streaming_content])
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        assert tar.extractfile("note").read() == b"here\n"  # type: ignore[union-attr]
