"""Names and removals, against the engine's own state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.engines.versions import PINNED

LIST = "/hosts/local/images/"
HTML = {"Accept": "text/html"}
Pin = Callable[[str], None]


def image_of(raw: RawEngine, ref: str) -> dict[str, Any] | None:
    status, told = raw.get(f"/images/{ref}/json")
    return told if status == 200 else None


def tags(raw: RawEngine, ref: str) -> set[str]:
    found = image_of(raw, ref)
    return set(found["RepoTags"]) if found else set()


@pytest.mark.parametrize("version", PINNED)
def test_a_name_is_given_and_taken_away(
    ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin, version: str
) -> None:
    pin(version)
    image = make_image("named/one:1")
    done = ada.post(f"{LIST}named/one:1/tag/", {"reference": "host.example:5000/named/two"})
    assert (done.status_code, done.json()["reference"]) == (200, "host.example:5000/named/two:latest")
    assert tags(raw, image) == {"named/one:1", "host.example:5000/named/two:latest"}
    again = ada.post(f"{LIST}{image}/tag/", {"reference": "named/one:1"}).json()
    assert again["was_needed"] is False
    gone = ada.post(f"{LIST}{image}/untag/", {"reference": "host.example:5000/named/two:latest"})
    assert (gone.status_code, tags(raw, image)) == (200, {"named/one:1"})
    last = ada.post(f"{LIST}{image}/untag/", {"reference": "named/one:1"})
    assert last.status_code == 409
    assert tags(raw, image) == {"named/one:1"}


def test_a_name_that_another_image_bears_moves_only_when_asked(
    ada: Client, raw: RawEngine, make_image: MakeImage
) -> None:
    holder = make_image("moving/name:1")
    image = make_image("moving/other:1")
    page = ada.post(f"{LIST}{image}/tag/", {"reference": "moving/name:1"}, headers=HTML)
    assert page.status_code == 409
    assert "only name of the image" in str(page.context["tag_form"].errors["reference"])
    assert page.context["tag_form"]["reference"].value() == "moving/name:1"
    assert tags(raw, holder) == {"moving/name:1"}
    moved = ada.post(f"{LIST}{image}/tag/", {"reference": "moving/name:1", "move": "on"})
    assert moved.status_code == 200
    assert (tags(raw, image), tags(raw, holder)) == ({"moving/name:1", "moving/other:1"}, set())


@pytest.mark.parametrize("name", ["Upper/Case:1", "a b", "", "x:" + "t" * 200, f"a@sha256:{'0' * 64}", "http://x/y"])
def test_what_is_no_name_is_said_at_its_field(ada: Client, raw: RawEngine, make_image: MakeImage, name: str) -> None:
    image = make_image("wrong/name:1")
    assert ada.post(f"{LIST}{image}/tag/", {"reference": name}).status_code == 400
    page = ada.post(f"{LIST}{image}/tag/", {"reference": name}, headers=HTML)
    assert (page.status_code, list(page.context["tag_form"].errors)) == (400, ["reference"])
    assert tags(raw, image) == {"wrong/name:1"}


@pytest.mark.parametrize("version", PINNED)
def test_a_removal_tells_what_went(ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin, version: str) -> None:
    pin(version)
    image = make_image(f"removed/one:{version}", lines=["RUN head -c 1000 /dev/urandom > /x"])
    preview = ada.get(f"{LIST}{image}/remove/").json()
    assert (preview["untagged"], len(preview["parents"])) == ([f"removed/one:{version}"], 1)  # the LABEL below the RUN
    assert (preview["needs_force"], preview["is_hopeless"]) == (False, False)
    told = ada.post(f"{LIST}removed/one:{version}/remove/").json()
    assert told["untagged"] == [f"removed/one:{version}"]
    assert image in told["deleted"]
    assert image_of(raw, image) is None
    again = ada.post(f"{LIST}{image}/remove/").json()
    assert again["was_needed"] is False


def test_a_removed_image_is_called_as_its_page_called_it(ada: Client, make_image: MakeImage) -> None:
    image = make_image("127.0.0.1:5000/removed/two:1", "removed/two:1")
    assert ada.post(f"{LIST}{image}/remove/", {"force": "1"}).json()["title"] == "removed/two:1 is removed"


def test_parents_stay_with_noprune(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("noprune/one:1", lines=["ENV A=1"])
    parent = raw.get(f"/images/{image}/json")[1]["Parent"]
    told = ada.post(f"{LIST}{image}/remove/", {"noprune": "1"}).json()
    assert told["deleted"] == [image]
    assert image_of(raw, parent) is not None
    raw.delete(f"/images/{parent}?force=1")


@pytest.mark.parametrize("version", PINNED)
def test_what_holds_an_image_is_named_with_links(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer, pin: Pin, version: str
) -> None:
    pin(version)
    image = make_image(f"held/one:{version}")
    stopped = make_container(image=f"held/one:{version}", name=f"held-stopped-{version}", start=False)
    refused = ada.post(f"{LIST}{image}/remove/")
    assert refused.status_code == 409
    assert f"held-stopped-{version}" in refused.json()["hint"]
    assert "can be forced" in refused.json()["hint"]
    page = ada.post(f"{LIST}{image}/remove/", headers=HTML)
    assert page.status_code == 409
    assert f"/hosts/local/containers/{stopped}/" in page.content.decode()
    assert 'name="force"' in page.content.decode()
    assert image_of(raw, image) is not None
    running = make_container(image=f"held/one:{version}", name=f"held-running-{version}")
    hopeless = ada.post(f"{LIST}{image}/remove/", {"force": "1"})
    assert hopeless.status_code == 409
    assert "can be forced" not in hopeless.json()["hint"]
    said = ada.get(f"{LIST}{image}/remove/", headers=HTML).content.decode()
    assert "Not even force" in said and 'name="force"' not in said
    raw.remove(running)
    assert ada.post(f"{LIST}{image}/remove/", {"force": "1"}).status_code == 200
    assert image_of(raw, f"held/one:{version}") is None


def test_several_names_go_by_force_only(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("several/one:1", "several/two:1")
    refused = ada.post(f"{LIST}{image}/remove/")
    assert (refused.status_code, "can be forced" in refused.json()["hint"]) == (409, True)
    assert tags(raw, image) == {"several/one:1", "several/two:1"}
    told = ada.post(f"{LIST}{image}/remove/", {"force": "1"}).json()
    assert set(told["untagged"]) == {"several/one:1", "several/two:1"}
    assert image_of(raw, image) is None


def test_several_images_have_a_result_each(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    below = make_image("bulk/below:1")
    above = make_image("bulk/above:1", base="bulk/below:1")
    held = make_image("bulk/held:1")
    container = make_container(image="bulk/held:1", name="bulk-holder", start=False)
    missing = "sha256:" + "0" * 64
    told = ada.post(f"{LIST}bulk/", {"verb": "remove", "id": [below, above, held, missing]}).json()
    results = {result["id"]: result for result in told["results"]}
    assert {image: result["is_done"] for image, result in results.items()} == {
        below: True,
        above: True,
        held: False,
        missing: True,
    }
    assert told["failed"] == 1
    assert results[held]["links"] == [
        {"name": "bulk-holder", "state": "created", "url": f"/hosts/local/containers/{container}/"}
    ]
    assert results[held]["can_force"] is True
    assert image_of(raw, below) is None and image_of(raw, above) is None and image_of(raw, held) is not None
    assert ada.post(f"{LIST}bulk/", {"verb": "remove"}).status_code == 400
    assert ada.post(f"{LIST}bulk/", {"verb": "push", "id": held}).status_code == 400


def test_a_viewer_changes_nothing(joan: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("viewed/one:1", "viewed/two:1")
    for path, fields in (
        ("tag/", {"reference": "viewed/three:1"}),
        ("untag/", {"reference": "viewed/two:1"}),
        ("remove/", {"force": "1"}),
    ):
        assert joan.post(f"{LIST}{image}/{path}", fields).status_code == 403, path
    assert joan.post(f"{LIST}bulk/", {"verb": "remove", "id": image, "force": "1"}).status_code == 403
    assert tags(raw, image) == {"viewed/one:1", "viewed/two:1"}


@pytest.mark.parametrize("ref", ["no-such", "..", "a/../b", "%2e%2e", "x" * 600, "sha256:abc", "-x", "a//b", "0" * 64])
def test_what_is_no_image_is_not_found(ada: Client, ref: str) -> None:
    for path in ("", "history/", "inspect/", "env/", "remove/", "tag/", "updates/"):
        assert ada.get(f"{LIST}{ref}/{path}").status_code in (404, 400), (ref, path)


def test_a_piece_of_an_id_is_no_name(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("piece/one:1")
    for ref in (image, image[7:], image[7:19], "piece/one:1"):
        assert ada.get(f"{LIST}{ref}/").json()["image"]["id"] == image
    for ref in (image[7:18], image[7:9]):
        assert ada.get(f"{LIST}{ref}/").status_code == 404
        assert ada.post(f"{LIST}{ref}/remove/", {"force": "1"}).status_code == 404
    assert tags(raw, image) == {"piece/one:1"}
