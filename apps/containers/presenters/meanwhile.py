"""What somebody did to a container while a form of it was being filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.containers.creation.fields import FIELDS
from apps.containers.presenters.creation import Notice
from apps.containers.presenters.revisions import Change, changes_between
from apps.containers.services.definitions import Definition
from apps.containers.services.seen import Meanwhile


def meanwhile_notice(meanwhile: Meanwhile, typed: Mapping[str, str], host_slug: str) -> Notice:
    """Say what happened, what saving would do to what is there now, and lead to that."""
    if meanwhile.now is None:
        words = _("Nothing was saved. What you typed is below: “Create” makes a new container of it.")
        return Notice("error", _title(meanwhile), words)
    url = reverse("containers:edit", args=[host_slug, meanwhile.now.container.id])
    link = _("Start again from what is there now")
    return Notice("error", _title(meanwhile), _detail(meanwhile, typed), url, link)


def meanwhile_json(meanwhile: Meanwhile, typed: Mapping[str, str]) -> dict[str, Any]:
    """The same for programs: `changes` is what saving would do to the container `container_id` ("": there is none)."""
    return {
        "status": 409,
        "title": _title(meanwhile),
        "detail": _("Nothing was saved."),
        "hint": _("Read the form anew, or send what you read last as “seen”."),
        "container_id": "" if meanwhile.now is None else meanwhile.now.container.id,
        "changes": [asdict(change) for change in _changes(meanwhile, typed)],
    }


def _title(meanwhile: Meanwhile) -> str:
    words = {"name": meanwhile.name, "who": meanwhile.by}
    if meanwhile.now is None:
        return _("%(name)s is not there any more") % words
    if not meanwhile.is_replaced:
        return _("The settings of %(name)s were changed since this form was read") % words
    if meanwhile.by:
        return _("%(who)s has re-created %(name)s since this form was read") % words
    return _("Another container has taken the name %(name)s since this form was read") % words


def _detail(meanwhile: Meanwhile, typed: Mapping[str, str]) -> str:
    kept = _("Nothing was saved, and what you typed is still here.")
    changes = _changes(meanwhile, typed)
    if not changes:
        words = _("It is the same as what is there now.")
    else:
        told = "; ".join(f"{change.field}: {change.words}" for change in changes)
        words = _("Saving it over what is there now would change this: %(changes)s.") % {"changes": told}
    return f"{kept} {words}"


def _changes(meanwhile: Meanwhile, typed: Mapping[str, str]) -> list[Change]:
    if meanwhile.now is None:
        return []
    now = meanwhile.now.defined.definition
    values = {name: typed.get(name, "").replace("\r\n", "\n") for name in FIELDS if name != "name"}
    return changes_between(now, Definition(values, now.carried))
