"""What containers were made of, one revision after the other. Definitions lie encrypted: environments hold secrets."""

from __future__ import annotations

import json
import logging

from django.db import DatabaseError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.models import Revision
from apps.containers.selectors import revisions_of
from apps.containers.services.definitions import Definition, defined
from apps.core.errors import Refusal, Unavailable
from apps.core.vault import Vault
from apps.engine.api.containers import container_inspect
from apps.engine.errors import EngineError
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import OpenedContainer, OpenedEngine, open_engine

log = logging.getLogger(__name__)

MOST_KEPT = 50
What = Revision.What
_vault = Vault("container revisions")


def definition_kept(revision: Revision) -> Definition:
    """Unlock a revision. Raises Unavailable when the keys of today cannot."""
    otherwise = Unavailable(
        _("This revision cannot be read"),
        _("It was locked with a signing key that is not in use any more."),
        hint=_("Put the old key among the former ones."),
    )
    kept = json.loads(_vault.unlock(revision.locked, otherwise=otherwise))
    return Definition(kept["values"], kept.get("carried") or {})


def definitions_kept(host_slug: str, name: str) -> list[tuple[Revision, Definition | None]]:
    """Return a container's revisions, newest first, each with its definition (None: it cannot be read)."""
    found: list[tuple[Revision, Definition | None]] = []
    for revision in revisions_of(host_slug, name):
        try:
            found.append((revision, definition_kept(revision)))
        except Unavailable:
            found.append((revision, None))
    return found


def revision_keep(
    actor: Actor,
    host_slug: str,
    container: ContainerInspect,
    *,
    definition: Definition,
    what: Revision.What,
    restored_number: int | None = None,
) -> Revision:
    """Keep a definition as the container's newest revision; of more than 50 the oldest go."""
    with transaction.atomic():
        numbers = revisions_of(host_slug, container.name).values_list("number", flat=True)
        number = (numbers.first() or 0) + 1
        made = Revision.objects.create(
            host_slug=host_slug,
            name=container.name,
            number=number,
            container_id=container.id,
            image=container.config.image[:500],
            image_id=container.image_id[:80],
            what=what,
            restored_number=restored_number,
            made_by_id=actor.user_id,
            made_by_name=actor.username,
            locked=_vault.lock(json.dumps({"values": definition.values, "carried": definition.carried})),
        )
        revisions_of(host_slug, container.name).filter(number__lte=number - MOST_KEPT).delete()
    return made


def revision_keep_of(
    actor: Actor, opened: OpenedEngine, container_id: str, *, what: Revision.What, restored_number: int | None = None
) -> None:
    """Keep what a container is made of now. It was changed already: what fails here is logged, not raised."""
    try:
        container = opened.engine.run(container_inspect(container_id))
        found = defined(OpenedContainer(opened.host, opened.engine, container))
        revision_keep(
            actor,
            opened.host.slug,
            container,
            definition=found.definition,
            what=what,
            restored_number=restored_number,
        )
    except (EngineError, Refusal, DatabaseError) as failure:
        log.warning("no revision of %s on %s: %s", container_id[:12], opened.host.slug, failure)


def revision_keep_created(actor: Actor, host_slug: str, container_id: str) -> None:
    """Keep what a container is that was made just now."""
    with open_engine(actor, host_slug, Action.CONTAINER_CREATE) as opened:
        revision_keep_of(actor, opened, container_id, what=What.CREATED)


def revision_keep_found(actor: Actor, opened: OpenedContainer, *, definition: Definition) -> None:
    """Keep what a container is before we change it, unless the newest revision says just that."""
    newest = revisions_of(opened.host.slug, opened.container.name).first()
    if newest is not None and newest.container_id == opened.container.id:
        try:
            if definition_kept(newest) == definition:
                return
        except Unavailable:
            pass
    revision_keep(actor, opened.host.slug, opened.container, definition=definition, what=What.FOUND)


def revisions_follow(host_slug: str, *, old_name: str, name: str) -> None:
    """Move the revisions along with a container's name, after those that another one left under it."""
    with transaction.atomic():
        last = revisions_of(host_slug, name).aggregate(last=Max("number"))["last"] or 0
        revisions_of(host_slug, old_name).update(name=name, number=F("number") + last)
