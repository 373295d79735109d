"""Images through the client, in four API versions; what became of them is asked from the engine directly.

What is streamed (pull, push, build, load, save) is tested with what it becomes: tests/live/images/transfer.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.engine.api.build import build_prune
from apps.engine.api.distribution import distribution_inspect
from apps.engine.api.images import (
    image_history,
    image_inspect,
    image_list,
    image_prune,
    image_remove,
    image_search,
    image_tag,
)
from apps.engine.errors import ApiError, Conflict, NotFound, VersionTooOld
from apps.engine.sync import Engine
from apps.engine.version import ApiVersion
from scripts.private_engine import RawEngine
from tests.engines.images import MakeImage
from tests.engines.private import MakeContainer
from tests.engines.registry import Registry


@pytest.fixture
def pushed(raw: RawEngine, registry: Registry, make_image: MakeImage) -> Iterator[str]:
    """A reference that the registry has."""
    image = make_image(lines=["RUN head -c 1000 /dev/urandom > /x"])
    reference = registry.push(raw, image, name="by-client/pushed", tag="1")
    yield reference
    raw.delete(f"/images/{reference}?force=1")


def test_an_image_is_listed_inspected_and_told_of_in_every_version(
    pinned: Engine, raw: RawEngine, make_image: MakeImage
) -> None:
    name = f"by-client/listed:v{pinned.version}"
    image = make_image(name, lines=["LABEL tier=front", "RUN head -c 2000 /dev/urandom > /x"])
    record = raw.get(f"/images/{image}/json")[1]
    rows = {row.id: row for row in pinned.run(image_list(digests=True))}
    assert (rows[image].tags, rows[image].size, rows[image].labels["tier"]) == ([name], record["Size"], "front")
    assert record["Parent"] not in rows
    assert record["Parent"] in {row.id for row in pinned.run(image_list(is_all=True))}
    chosen = pinned.run(image_list(filters={"label": ["tier=front"], "dangling": ["false"]}))
    assert image in {row.id for row in chosen}
    if pinned.version < ApiVersion(1, 25):
        by_pattern = image_list(pattern="by-client/listed")
    else:
        by_pattern = image_list(filters={"reference": ["by-client/lis*"]})
    assert [row.id for row in pinned.run(by_pattern)] == [image]
    for side in ("before", "since"):
        call = image_list(filters={side: [name]})
        if pinned.version < ApiVersion(1, 24):
            with pytest.raises(VersionTooOld):
                pinned.run(call)
        else:
            assert image not in {row.id for row in pinned.run(call)}
    found = pinned.run(image_inspect(name))
    assert (found.id, found.tags, found.size, found.parent) == (image, [name], record["Size"], record["Parent"])
    steps = pinned.run(image_history(name))
    assert (steps[0].id, steps[0].tags) == (image, [name])
    assert sum(step.size for step in steps) == record["Size"]
    with pytest.raises(NotFound):
        pinned.run(image_inspect("by-client/nothing:1"))


def test_names_are_given_and_images_removed_in_every_version(
    pinned: Engine, raw: RawEngine, make_image: MakeImage, make_container: MakeContainer
) -> None:
    image = make_image(f"by-client/named:v{pinned.version}")
    pinned.run(image_tag(image, repo="by-client/more", tag="1", force=True))
    assert sorted(raw.get(f"/images/{image}/json")[1]["RepoTags"]) == [
        "by-client/more:1",
        f"by-client/named:v{pinned.version}",
    ]
    assert [one.untagged for one in pinned.run(image_remove("by-client/more:1"))] == ["by-client/more:1"]
    container = make_container(image=image, start=False)
    with pytest.raises(Conflict, match=container[:12]):
        pinned.run(image_remove(image))
    done = pinned.run(image_remove(image, force=True, noprune=True))
    assert image in {one.deleted for one in done}
    assert raw.get(f"/images/{image}/json")[0] == 404


def test_a_search_goes_to_the_registry_in_every_version(pinned: Engine) -> None:
    with pytest.raises(ApiError, match="refused"):
        pinned.run(image_search("127.0.0.1:1/web"))
    call = image_search("127.0.0.1:1/web", limit=5, filters={"is-official": ["true"], "stars": ["3"]})
    with pytest.raises(VersionTooOld if pinned.version < ApiVersion(1, 24) else ApiError):
        pinned.run(call)


def test_what_no_container_uses_is_pruned_from_1_25_on(pinned: Engine, raw: RawEngine, make_image: MakeImage) -> None:
    image = make_image(lines=["LABEL by.client=prune"])
    if pinned.version < ApiVersion(1, 25):
        with pytest.raises(VersionTooOld, match=r"1\.25"):
            pinned.run(image_prune())
        return
    labels = {"label": ["by.client=prune"]} if pinned.version >= ApiVersion(1, 29) else {}
    pruned = pinned.run(image_prune(filters={"dangling": ["true"], **labels}))
    assert image in {one.deleted for one in pruned.deleted}
    assert raw.get(f"/images/{image}/json")[0] == 404


def test_a_registry_is_asked_for_a_digest_from_1_30_on(pinned: Engine, registry: Registry, pushed: str) -> None:
    call = distribution_inspect(pushed, registry_auth=registry.auth_header)
    if pinned.version < ApiVersion(1, 30):
        with pytest.raises(VersionTooOld, match=r"1\.30"):
            pinned.run(call)
        return
    found = pinned.run(call)
    assert found.descriptor.digest == registry.digest("by-client/pushed", "1")
    assert [str(platform) for platform in found.platforms] == ["linux/amd64"]
    with pytest.raises(ApiError):
        pinned.run(distribution_inspect(pushed))


def test_the_build_cache_is_pruned_from_1_31_on_and_chosen_from_1_39_on(pinned: Engine) -> None:
    if pinned.version < ApiVersion(1, 31):
        with pytest.raises(VersionTooOld, match=r"1\.31"):
            pinned.run(build_prune())
        return
    assert pinned.run(build_prune()).space_reclaimed == 0
    chosen = build_prune(is_all=True, unused_for="24h", keep_bytes=1000)
    if pinned.version < ApiVersion(1, 39):
        with pytest.raises(VersionTooOld, match=r"1\.39"):
            pinned.run(chosen)
    else:
        assert pinned.run(chosen).space_reclaimed == 0
