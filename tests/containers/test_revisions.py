"""What changed, in words, and what is kept of it. Without an engine."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from pytest_django import Settings

from apps.accounts.actor import Actor, Role
from apps.containers.models import Revision
from apps.containers.presenters.revisions import changes_between, revision_rows
from apps.containers.selectors import aside_of
from apps.containers.services.definitions import Definition
from apps.containers.services.revisions import (
    MOST_KEPT,
    What,
    definition_kept,
    definitions_kept,
    revision_keep,
    revisions_follow,
)
from apps.core.errors import Unavailable
from apps.engine.types.container_inspect import ContainerConfig, ContainerInspect
from apps.hosts.labels import PROJECT, SERVICE

ADA = Actor(None, "ada", Role.ADMIN)


def words(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    found = changes_between(Definition(before), Definition(after))
    return {change.field: change.words for change in found}


def made(
    name: str, image: str = "", *, container_id: str = "a" * 64, image_id: str = "sha256:1", service: str = ""
) -> ContainerInspect:
    """A container as the engine tells of it; with a `service`, one of the compose project shop."""
    labels = {PROJECT: "shop", SERVICE: service} if service else {}
    config = ContainerConfig(image=image, raw_labels=labels)
    return ContainerInspect(id=container_id, raw_name=f"/{name}", image_id=image_id, config=config)


def keep(
    name: str,
    values: dict[str, str],
    *,
    container_id: str = "a" * 64,
    image_id: str = "sha256:1",
    what: Revision.What = What.EDITED,
    lineage: str = "",
    service: str = "",
) -> Revision:
    container = made(name, values.get("image", ""), container_id=container_id, image_id=image_id, service=service)
    return revision_keep(ADA, "local", container, definition=Definition(values), what=what, lineage=lineage)


def kept_of(container: ContainerInspect) -> list[tuple[int, str]]:
    return [(revision.number, revision.image) for revision, _definition in definitions_kept("local", container)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"image": "nginx:1.26"}, {"image": "nginx:1.27"}, {"Image": "nginx:1.26 → nginx:1.27"}),
        ({}, {"memory": "512m"}, {"Memory": "not set → 512m"}),
        ({"memory": "512m"}, {}, {"Memory": "512m → not set"}),
        ({}, {"tty": "on"}, {"Terminal": "switched on"}),
        ({"tty": "on"}, {}, {"Terminal": "switched off"}),
        ({"ports": "80:80\n81:81"}, {"ports": "81:81\n82:82"}, {"Ports": "82:82 added; 80:80 removed"}),
        ({"ports": "80:80\n81:81"}, {"ports": "81:81\n80:80"}, {"Ports": "another order"}),
        ({"labels": "a=1\nb=2"}, {"labels": "a=3\nc=4"}, {"Labels": "c added; b removed; a: 1 → 3"}),
        ({"image": "a"}, {"image": "a"}, {}),
    ],
)
def test_a_difference_is_told_by_the_form_s_fields(
    before: dict[str, str], after: dict[str, str], told: dict[str, str]
) -> None:
    assert words(before, after) == told


def test_values_of_the_environment_are_not_told() -> None:
    told = words({"env": "DEBUG=secret-1\nPASSWORD=secret-2"}, {"env": "PASSWORD=secret-3\nTZ=secret-4"})
    assert told == {"Environment": "TZ added; DEBUG removed; PASSWORD changed"}


def test_an_image_that_another_one_took_the_name_of_is_a_difference(db: None) -> None:
    keep("web", {"image": "nginx"}, image_id="sha256:old")
    keep("web", {"image": "nginx"}, image_id="sha256:new")
    rows = revision_rows(
        definitions_kept("local", made("web")),
        container_id="a" * 64,
        now=Definition({"image": "nginx"}),
        image_id="sha256:new",
    )
    assert rows[0].changes is not None
    assert [change.words for change in rows[0].changes] == ["nginx is another one: old → new"]
    assert (rows[0].is_current, rows[1].is_current, rows[1].changes) == (True, False, None)
    assert [change.words for change in rows[1].since_now] == ["nginx is another one: new → old"]


def test_the_newest_fifty_are_kept_and_lie_locked(db: None) -> None:
    for number in range(MOST_KEPT + 3):
        keep("web", {"image": "nginx", "env": f"A=canary-{number}"})
    numbers = list(Revision.objects.filter(name="web").values_list("number", flat=True))
    assert (len(numbers), numbers[0], numbers[-1]) == (MOST_KEPT, MOST_KEPT + 3, 4)
    newest = Revision.objects.latest("number")
    assert "canary" not in newest.locked
    assert definition_kept(newest).values["env"] == f"A=canary-{MOST_KEPT + 2}"


def test_a_revision_locked_with_another_key_is_said_to_be_unreadable(db: None, settings: Settings) -> None:
    kept = keep("web", {"image": "nginx"})
    settings.SECRET_KEY = "another-key-that-nothing-was-locked-with"
    with pytest.raises(Unavailable):
        definition_kept(kept)
    assert definitions_kept("local", made("web")) == [(kept, None)]
    rows = revision_rows([(kept, None)], container_id="", now=Definition({}), image_id="")
    assert (rows[0].is_readable, rows[0].changes, rows[0].since_now) == (False, None, [])


def test_a_re_creation_carries_the_revisions_on_to_the_new_id(db: None) -> None:
    first = keep("web", {"image": "a"}, container_id="1" * 64, what=What.FOUND)
    keep("web", {"image": "b"}, container_id="2" * 64, lineage=first.lineage)
    assert kept_of(made("web", container_id="2" * 64)) == [(2, "b"), (1, "a")]


def test_a_later_container_of_the_name_begins_anew(db: None) -> None:
    keep("web", {"image": "a"}, container_id="1" * 64)
    assert kept_of(made("web", container_id="2" * 64)) == []
    keep("web", {"image": "b"}, container_id="2" * 64, what=What.FOUND)
    assert kept_of(made("web", container_id="2" * 64)) == [(1, "b")]
    assert kept_of(made("web", container_id="1" * 64)) == [(1, "a")]


def test_what_compose_made_again_continues_and_another_service_or_project_does_not(db: None) -> None:
    keep("shop-web-1", {"image": "a"}, container_id="1" * 64, service="web")
    assert kept_of(made("shop-web-1", container_id="2" * 64, service="web")) == [(1, "a")]
    assert kept_of(made("shop-web-1", container_id="2" * 64, service="db")) == []
    assert kept_of(made("shop-web-1", container_id="2" * 64)) == []
    assert kept_of(made("shop-web-2", container_id="2" * 64, service="web")) == []
    keep("shop-web-1", {"image": "b"}, container_id="2" * 64, service="web", what=What.FOUND)
    assert kept_of(made("shop-web-1", container_id="2" * 64, service="web")) == [(2, "b"), (1, "a")]
    keep("shop-web-1", {"image": "c"}, container_id="3" * 64, service="web", what=What.CREATED)
    assert kept_of(made("shop-web-1", container_id="3" * 64, service="web")) == [(1, "c")]


def test_one_that_was_kept_beside_its_successor_begins_anew(db: None) -> None:
    first = keep("web", {"image": "a"}, container_id="1" * 64, what=What.FOUND)
    keep("web", {"image": "b"}, container_id="2" * 64, lineage=first.lineage)
    aside = made("web-before-" + "1" * 12, container_id="1" * 64)
    assert kept_of(aside) == []
    assert aside_of("local", aside) is not None
    keep(aside.name, {"image": "c"}, container_id="1" * 64)
    assert kept_of(aside) == [(1, "c")]
    assert kept_of(made("web", container_id="2" * 64)) == [(2, "b"), (1, "a")]


def test_a_rename_takes_the_revisions_along_and_leaves_those_of_others(db: None) -> None:
    keep("shop", {"image": "a"}, container_id="1" * 64)
    keep("web", {"image": "c"}, container_id="2" * 64)
    keep("web", {"image": "d"}, container_id="2" * 64)
    revisions_follow("local", made("web", container_id="2" * 64), name="shop")
    assert kept_of(made("shop", container_id="2" * 64)) == [(2, "d"), (1, "c")]
    assert kept_of(made("shop", container_id="1" * 64)) == [(1, "a")]
    assert set(Revision.objects.values_list("name", flat=True)) == {"shop"}


def test_of_the_containers_that_had_a_name_before_only_the_newest_fifty_revisions_stay(db: None) -> None:
    for number in range(MOST_KEPT + 3):
        keep("web", {"image": "a"}, container_id=f"{number:064x}", what=What.CREATED)
    kept = Revision.objects.filter(name="web").order_by("pk")
    assert kept.count() == MOST_KEPT + 1
    assert kept[0].container_id == f"{2:064x}"


def test_revisions_that_only_a_name_held_together_are_parted_where_another_container_began(db: None) -> None:
    kept = [
        ("1", What.FOUND),
        ("2", What.EDITED),
        ("2", What.FOUND),  # its limits were changed in place
        ("3", What.FOUND),  # another one
        ("4", What.RESTORED),
        ("5", What.CREATED),
    ]
    for digit, what in kept:
        keep("web", {}, container_id=digit * 64, what=what, lineage="web")
    keep("shop", {}, container_id="5" * 64, what=What.EDITED, lineage="shop")
    import_module("apps.containers.migrations.0003_lineage").give_lineages(apps, None)
    lineages = list(Revision.objects.order_by("pk").values_list("lineage", flat=True))
    assert [lineages.index(each) for each in lineages] == [0, 0, 0, 3, 3, 5, 6]


def test_long_lists_are_compared_as_fast_as_they_are_read() -> None:
    """Line by line against all others this would take hours, and who posts a form decides how long it is."""
    old, new = ("\n".join(f"/{folder}/{n}:/x" for n in range(60_000)) for folder in ("a", "b"))
    (told,) = words({"binds": old}, {"binds": new}).values()
    assert told.count(" added") == told.count(" removed") == 60_000
