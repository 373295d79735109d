"""What a form was filled from, so that saving it does not go over what somebody else did meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from apps.accounts.actor import Actor
from apps.containers.selectors import revisions_of
from apps.containers.services.definitions import definition_mark
from apps.containers.services.recreating import Editable, container_editable
from apps.core.errors import InvalidInput, NotFoundHere

_SEEN = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What became of the container since the form was read, and what is there now (None: nothing).

    `is_replaced`: another one has its name; otherwise it is the same one with other settings. `by` is who is known to
    have done it, "" when nobody is.
    """

    name: str
    now: Editable | None
    is_replaced: bool = True
    by: str = ""


def seen_mark(editable: Editable) -> str:
    """Return what a form carries to say which container it was filled from, and with which settings."""
    return f"{editable.container.id}.{definition_mark(editable.defined.definition)}"


def container_editable_if_seen(actor: Actor, host_slug: str, ref: str, *, seen: str, name: str) -> Editable | Meanwhile:
    """Look a container up for a form that was filled from what `seen` says ("": it does not say).

    `name` is what the container was called then: where it is gone, another one may bear it. Raises InvalidInput for an
    odd mark, and what the gate raises; NotFoundHere only when the form does not say what it was filled from.
    """
    if not seen:
        return container_editable(actor, host_slug, ref)
    match = _SEEN.fullmatch(seen)
    if match is None:
        raise InvalidInput(_("The form does not say what it was filled from"), _("Read it anew."), field="seen")
    container_id, mark = match.groups()
    now = _first_there(actor, host_slug, dict.fromkeys((ref, container_id, name)))
    if now is None:
        return Meanwhile(name or ref, None)
    if now.container.id != container_id:
        return Meanwhile(now.container.name, now, by=_by(host_slug, now))
    if not constant_time_compare(definition_mark(now.defined.definition), mark):
        return Meanwhile(now.container.name, now, is_replaced=False)
    return now


def _first_there(actor: Actor, host_slug: str, refs: Iterable[str]) -> Editable | None:
    for ref in refs:
        with suppress(NotFoundHere):
            return container_editable(actor, host_slug, ref)
    return None


def _by(host_slug: str, now: Editable) -> str:
    newest = revisions_of(host_slug, now.container).first()
    return newest.made_by_name if newest is not None and newest.container_id == now.container.id else ""
