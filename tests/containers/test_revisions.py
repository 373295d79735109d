"""What changed, in words, and what is kept of it. Without an engine."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from apps.accounts.actor import Actor, Role
from apps.containers.models import Revision
from apps.containers.presenters.revisions import changes_between, revision_rows
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

ADA = Actor(None, "ada", Role.ADMIN)


def words(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    found = changes_between(Definition(before), Definition(after))
    return {change.field: change.words for change in found}


def keep(name: str, values: dict[str, str], *, container_id: str = "a" * 64, image_id: str = "sha256:1") -> Revision:
    image = values.get("image", "")
    container = ContainerInspect(
        id=container_id, raw_name=f"/{name}", image_id=image_id, config=ContainerConfig(image=image)
    )
    return revision_keep(ADA, "local", container, definition=Definition(values), what=What.EDITED)


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
        definitions_kept("local", "web"),
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
    made = keep("web", {"image": "nginx"})
    settings.SECRET_KEY = "another-key-that-nothing-was-locked-with"
    with pytest.raises(Unavailable):
        definition_kept(made)
    assert definitions_kept("local", "web") == [(made, None)]
    rows = revision_rows([(made, None)], container_id="", now=Definition({}), image_id="")
    assert (rows[0].is_readable, rows[0].changes, rows[0].since_now) == (False, None, [])


def test_revisions_follow_a_name_behind_those_that_another_container_left(db: None) -> None:
    for image in ("a", "b"):
        keep("shop", {"image": image})
    for image in ("c", "d"):
        keep("web", {"image": image})
    revisions_follow("local", old_name="web", name="shop")
    kept = [(revision.number, revision.image) for revision in Revision.objects.filter(name="shop")]
    assert kept == [(4, "d"), (3, "c"), (2, "b"), (1, "a")]
    assert not Revision.objects.filter(name="web").exists()
