"""An image's pages: what it is, how it was made, what a registry has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from apps.registries.addresses import parse_address
from apps.registries.credentials import keep_secret
from apps.registries.models import Registry as KnownRegistry
from apps.registries.models import SecretKind
from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.engines.registry import Registry
from tests.engines.versions import PINNED, spoken

LIST = "/hosts/local/images/"
HTML = {"Accept": "text/html"}
Pin = Callable[[str], None]

LINES = [
    "MAINTAINER Ada <ada@example.com>",
    'ENV MODE=production SECRET="hidden value"',
    "RUN head -c 200000 /dev/urandom > /written",
    "EXPOSE 8080 53/udp",
    "VOLUME /kept",
    "USER worker",
    "WORKDIR /www",
    "HEALTHCHECK --interval=30s --timeout=3s --retries=4 CMD wget -q http://localhost/",
    "STOPSIGNAL SIGINT",
    'ENTRYPOINT ["httpd"]',
    'CMD ["-f", "-p", "8080"]',
]


def test_the_page_says_what_inspect_says_in_every_version(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer, pin: Pin
) -> None:
    image = make_image("paged/web:1", lines=LINES)
    above = make_image("paged/above:1", base="paged/web:1")
    container = make_container(image="paged/web:1", name="paged-1", start=False)
    record = raw.get(f"/images/{image}/json")[1]
    history = raw.get(f"/images/{image}/history")[1]
    for version in PINNED:
        pin(version)
        told = ada.get(f"{LIST}paged/web:1/").json()
        head, detail = told["image"], told["detail"]
        assert (head["id"], head["size_bytes"], head["platform"]) == (image, record["Size"], "linux/amd64")
        assert (detail["author"], detail["parent"]) == ("Ada <ada@example.com>", record["Parent"])
        assert (detail["entrypoint"], detail["command"]) == ("httpd", "-f -p 8080")
        assert (detail["user"], detail["workdir"], detail["stop_signal"]) == ("worker", "/www", "SIGINT")
        assert (detail["ports"], detail["volumes"]) == (["53/udp", "8080/tcp"], ["/kept"])
        assert detail["health"]["test"] == "wget -q http://localhost/"
        assert (detail["health"]["interval_s"], detail["health"]["retries"]) == (30, 4)
        assert detail["env_names"] == ["PATH", "MODE", "SECRET"]
        assert detail["layers"] == record["RootFS"]["Layers"]
        assert [user["id"] for user in detail["users"]] == [container]
        assert [child["id"] for child in detail["children"]] == [above]
        assert [row["size"] for row in detail["history"]] == [row["Size"] for row in history]
        assert detail["history"][0]["instruction"].startswith("CMD [")
        assert "RUN head -c 200000 /dev/urandom > /written" in [row["instruction"] for row in detail["history"]]
    assert {"name": "SECRET", "value": "hidden value"} in ada.get(f"{LIST}{image}/env/").json()["env"]
    assert ada.get(f"{LIST}{image}/inspect/?env=1").json() == record
    assert "hidden value" not in ada.get(f"{LIST}{image}/inspect/").content.decode()
    for path in ("", "history/", "inspect/"):
        page = ada.get(f"{LIST}{image}/{path}", headers=HTML)
        assert (page.status_code, "paged/web:1" in page.content.decode()) == (200, True)


def test_a_viewer_sees_no_value_of_the_environment_anywhere(joan: Client, make_image: MakeImage) -> None:
    image = make_image(
        "masked/one:1", lines=["ARG TOKEN=of-the-build", 'ENV SECRET=of-the-image OTHER="two words here"', "RUN true"]
    )
    for path in ("", "history/", "inspect/", "?tab=history"):
        for headers in ({}, HTML, HTML | {"X-Fragment": "1"}):
            body = joan.get(f"{LIST}{image}/{path}", headers=headers).content.decode()
            assert "of-the-image" not in body, path
            assert "of-the-build" not in body, path
            assert "words here" not in body, path
    assert joan.get(f"{LIST}{image}/env/").status_code == 403
    assert joan.get(f"{LIST}{image}/inspect/?env=1").status_code == 403
    assert joan.get(f"{LIST}{image}/updates/").status_code == 403


@pytest.fixture
def known_registry(as_actor: object, registry: Registry) -> Registry:
    """The session's registry, with its credentials kept in the program."""
    address = parse_address(f"http://{registry.address}")
    known = KnownRegistry(name="tests", scheme=address.scheme, host=address.host, username=registry.username)
    keep_secret(known, registry.password, kind=SecretKind.PASSWORD)
    known.save()
    return registry


@pytest.fixture
def forgotten(raw: RawEngine) -> Iterator[list[str]]:
    """Names to be taken away after the test."""
    names: list[str] = []
    yield names
    for name in names:
        raw.delete(f"/images/{name}?force=1")


@pytest.mark.parametrize("version", spoken("1.30", "1.33", "1.41"))
def test_the_registry_says_whether_there_is_a_newer_one(
    ada: Client,
    raw: RawEngine,
    make_image: MakeImage,
    known_registry: Registry,
    forgotten: list[str],
    pin: Pin,
    version: str,
) -> None:
    pin(version)
    name = f"updates/web-{version}"
    image = make_image(f"local/only-{version}:1")
    reference = known_registry.push(raw, image, name=name, tag="1")
    forgotten.append(reference)

    def told() -> dict[str, object]:
        names = ada.get(f"{LIST}{image}/updates/").json()["names"]
        return {one["name"]: (one["is_current"], one["is_newer"], one["problem"]) for one in names}

    assert told() == {f"local/only-{version}:1": (False, False, None), reference: (True, False, None)}
    newer = make_image(f"local/newer-{version}:1")
    known_registry.push(raw, newer, name=name, tag="1")
    raw.post(f"/images/{image}/tag?repo={known_registry.address}/{name}&tag=1")
    assert told()[reference] == (False, True, None)
    page = ada.get(f"{LIST}{image}/updates/", headers=HTML | {"X-Fragment": "1"}).content.decode()
    assert "the registry has another one" in page
    assert f"images/pull/?image={quote(reference, safe='')}" in page
    KnownRegistry.objects.all().delete()
    problem = told()[reference][2]  # type: ignore[index]
    assert "basic auth credentials" in problem["detail"]


def test_updates_need_a_newer_engine_than_1_29(ada: Client, make_image: MakeImage, pin: Pin) -> None:
    image = make_image("updates/old:1")
    pin("1.25")
    refused = ada.get(f"{LIST}{image}/updates/")
    assert (refused.status_code, "1.30" in refused.json()["detail"]) == (501, True)


def test_a_search_without_a_way_to_the_network_fails_in_the_engines_words(ada: Client) -> None:
    refused = ada.get(f"{LIST}search/", {"term": "nginx"})
    assert refused.status_code == 502
    assert "index.docker.io" in refused.json()["detail"]
    page = ada.get(f"{LIST}search/", {"term": "nginx", "stars": "3"}, headers=HTML)
    assert page.status_code == 502
    text = page.content.decode()
    assert "The registry was not searched." in text and "index.docker.io" in text
    assert 'value="nginx"' in text and 'value="3"' in text
    assert ada.get(f"{LIST}search/", headers=HTML).status_code == 200
    assert ada.get(f"{LIST}search/", {"term": "x", "limit": "101"}).status_code == 400
    assert ada.get(f"{LIST}search/").status_code == 400


def test_an_image_that_is_not_there_is_said_with_the_way_to_the_images(ada: Client) -> None:
    for address, ways in (
        (f"{LIST}not-there/", {"images"}),
        ("/hosts/local/containers/not-there/", {"containers"}),
        ("/activities/00000000-0000-0000-0000-000000000000/", {"activities"}),
        ("/registries/1000000/", {"registries"}),
        ("/no/such/page/", {"containers"}),
    ):
        answer = ada.get(address, headers=HTML)
        text = answer.content.decode()
        every = ("images", "containers", "activities", "registries")
        assert (answer.status_code, {way for way in every if f"Go to the {way}" in text}) == (404, ways), address
