"""The list of images of a real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from apps.engine.version import ApiVersion
from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.engines.versions import IS_DEFAULT, NEWEST, OLDEST, PINNED, spoken

LIST = "/hosts/local/images/"
HTML = {"Accept": "text/html"}
Pin = Callable[[str], None]


def ids(client: Client, line: str, **more: str) -> list[str]:
    answer = client.get(LIST, {"q": line, **more})
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["images"]]


@pytest.mark.parametrize("version", PINNED)
def test_the_list_says_what_the_engine_says(
    ada: Client, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer, pin: Pin, version: str
) -> None:
    pin(version)
    image = make_image(f"listed/web:{version}", f"listed/also:{version}", lines=["LABEL tier=front"])
    container = make_container(image=f"listed/web:{version}", name=f"listed-web-{version}", start=False)
    [row] = ada.get(LIST, {"q": f"listed/web:{version}"}).json()["images"]
    [told] = [one for one in raw.get("/images/json")[1] if one["Id"] == image]
    assert (row["id"], row["size"], row["created"]) == (image, told["Size"], told["Created"])
    assert row["tags"] == [f"listed/also:{version}", f"listed/web:{version}"]
    assert row["labels"]["tier"] == "front"
    assert row["used_by"] == [{"id": container, "name": f"listed-web-{version}", "state": "created"}]
    page = ada.get(LIST, {"q": f"listed/web:{version}"}, headers=HTML).content.decode()
    assert f'data-name="listed/also:{version}"' in page
    assert f"listed-web-{version}" in page


def test_chips_and_words_choose(ada: Client, make_image: MakeImage, make_container: MakeContainer) -> None:
    used = make_image("chosen/used:1", lines=["LABEL chosen.test=1"])
    unused = make_image("chosen/unused:1", lines=["LABEL chosen.test=2"])
    nameless = make_image(lines=["LABEL chosen.test=3", "LABEL chosen.more=4"])
    make_container(image="chosen/used:1", start=False)
    mine = "label:chosen.test"
    told = ada.get(LIST, {"q": mine}).json()
    assert {row["id"] for row in told["images"]} == {used, unused, nameless}
    assert told["counts"] == {"used": 1, "unused": 2, "dangling": 1}
    assert ids(ada, f"{mine} used:true") == [used]
    assert set(ids(ada, f"{mine} used:false")) == {unused, nameless}
    assert ids(ada, f"{mine} dangling:true") == [nameless]
    assert set(ids(ada, f"{mine} -dangling:true")) == {used, unused}
    assert ids(ada, f"{mine} name:unused") == [unused]
    assert ids(ada, f"id:{nameless[7:19]}") == [nameless]
    assert ids(ada, "label:chosen.test=2") == [unused]
    assert set(ids(ada, f"{mine} -label:chosen.test=2")) == {used, nameless}
    assert ids(ada, "label:chosen.mo*") == [nameless]
    assert ids(ada, "label:chosen.test=2 label:chosen.more") == []
    complete = ada.get(LIST, {"complete": "label:chosen.t"}).json()
    assert complete == {"suggestions": ["label:chosen.test"]}


def test_the_engine_resolves_its_own_filters(ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin) -> None:
    first = make_image("filters/first:1", lines=["LABEL filters.test=1"])
    second = make_image("filters/second:1", lines=["LABEL filters.test=2"], base="filters/first:1")
    mine = "label:filters.test"

    def by_engine(**filters: list[str]) -> set[str]:
        told = raw.get("/images/json?filters=" + quote(json.dumps({"label": ["filters.test"], **filters})))[1]
        return {one["Id"] for one in told}

    for version in spoken("1.25", "1.33", "1.41"):
        pin(version)
        assert set(ids(ada, f"{mine} since:filters/first:1")) == by_engine(since=["filters/first:1"]) == {second}
        assert set(ids(ada, f"{mine} before:filters/second:1")) == by_engine(before=["filters/second:1"]) == {first}
        assert set(ids(ada, f"{mine} reference:filters/*")) == by_engine(reference=["filters/*"]) == {first, second}
        assert ids(ada, "reference:filters/second:*") == [second]
    pin(OLDEST)
    assert set(ids(ada, f"{mine} until:2999-01-01")) == {first, second}  # older than any engine that knows it
    assert ids(ada, f"{mine} until:24h") == []
    if IS_DEFAULT:
        assert ids(ada, "reference:filters/first") == [first]  # the parameter that came before the filter
        refused = ada.get(LIST, {"q": "since:filters/first:1"})
        assert (refused.status_code, "1.24" in refused.json()["detail"]) == (400, True)
    pin(NEWEST)
    for line, words in (
        ("since:no-such", "no-such"),
        ("until:soon", "age"),
        ("used:perhaps", "true"),
    ):
        refused = ada.get(LIST, {"q": line})
        assert (refused.status_code, words in refused.json()["detail"]) == (400, True), line
    page = ada.get(LIST, {"q": "since:no-such"}, headers=HTML)
    assert (page.status_code, "There is no image “no-such”." in page.content.decode()) == (200, True)


def test_layers_of_builds_come_on_request(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("layers/top:1", lines=["ENV A=1", "ENV B=2"])
    parent = raw.get(f"/images/{image}/json")[1]["Parent"]
    assert parent
    assert ids(ada, f"id:{parent[7:19]}") == []
    assert ids(ada, f"id:{parent[7:19]}", all="1") == [parent]
    assert ids(ada, "layers/top", all="1") == [image]


def test_shared_bytes_are_measured_on_request_and_shown_from_then_on(
    ada: Client, raw: RawEngine, make_image: MakeImage, pin: Pin
) -> None:
    image = make_image("shared/own:1", lines=["RUN head -c 300000 /dev/urandom > /own"])
    [row] = ada.get(LIST, {"q": "shared/own"}).json()["images"]
    assert (row["shared"], row["unique"]) == (None, None)
    told = ada.get(f"{LIST}sizes/").json()
    usage = {one["Id"]: one for one in raw.get("/system/df")[1]["Images"]}
    assert told["shared"][image] == usage[image]["SharedSize"] > 0
    if ApiVersion.parse(NEWEST) < ApiVersion(1, 42):
        assert told["layers"] > 300_000
    else:
        assert told["layers"] is None, "the list measures, and tells nothing of all layers together"
    [row] = ada.get(LIST, {"q": "shared/own"}).json()["images"]
    assert row["unique"] == usage[image]["Size"] - usage[image]["SharedSize"] >= 300_000
    if IS_DEFAULT:
        pin("1.20")
        assert ada.get(f"{LIST}sizes/").status_code == 200  # known from before
        make_image("shared/other:1")
        assert ada.get(f"{LIST}sizes/").status_code == 501
    pin("1.25")
    assert ada.get(f"{LIST}sizes/").status_code == 200


def test_a_fragment_is_the_list_alone_and_a_hostile_label_stays_text(joan: Client, make_image: MakeImage) -> None:
    make_image("hostile/one:1", lines=['LABEL evil="<script>alert(1)</script>"'])
    html = joan.get(LIST, {"q": "hostile/one"}, headers={"X-Fragment": "1", **HTML}).content.decode()
    assert html.lstrip().startswith('<div class="list" id="list"')
    assert "hostile/one:1" in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "data-do" not in html and 'type="checkbox"' not in html


def test_pages_of_fifty(ada: Client, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image("paged/first:1")
    names = [f"paged/more:{number}" for number in range(3)]
    for name in names:
        raw.post(f"/images/{image}/tag?repo={name.split(':')[0]}&tag={name.split(':')[1]}")
    told: dict[str, Any] = ada.get(LIST, {"q": "paged/first:1", "page": "7", "sort": "-created"}).json()
    assert (told["page"], told["pages"], told["found"]) == (1, 1, 1)
    assert told["images"][0]["tags"] == ["paged/first:1", *names]
