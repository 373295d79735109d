"""What containers were made of, one revision after the other. Definitions lie encrypted: environments hold secrets."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.models import Revision
from apps.containers.selectors import compose_of, lineage_of, revisions_in, revisions_of
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


def definitions_kept(host_slug: str, container: ContainerInspect) -> list[tuple[Revision, Definition | None]]:
    """Return a container's revisions, newest first, each with its definition (None: it cannot be read)."""
    found: list[tuple[Revision, Definition | None]] = []
    for revision in revisions_of(host_slug, container):
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
    lineage: str = "",
) -> Revision:
    """Keep a definition as the container's newest revision; of more than 50 the oldest go.

    `lineage` is that of the container whose place it took, "" when it took none here.
    """
    with transaction.atomic():
        lineage = lineage or _lineage(host_slug, container, what) or uuid4().hex
        number = (revisions_in(lineage).values_list("number", flat=True).first() or 0) + 1
        made = Revision.objects.create(
            host_slug=host_slug,
            lineage=lineage,
            name=container.name,
            compose=compose_of(container),
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
        revisions_in(lineage).filter(number__lte=number - MOST_KEPT).delete()
        _drop_former(made)
    return made


def _lineage(host_slug: str, container: ContainerInspect, what: Revision.What) -> str:
    return "" if what is What.CREATED else lineage_of(host_slug, container)


def _drop_former(made: Revision) -> None:
    """Let go what containers left that had the name once, but for the newest 50: names are given again and again."""
    former = Revision.objects.filter(host_slug=made.host_slug, name=made.name).exclude(lineage=made.lineage)
    oldest = former.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT : 2 * MOST_KEPT]
    Revision.objects.filter(pk__in=list(oldest)).delete()


def revision_keep_of(
    actor: Actor,
    opened: OpenedEngine,
    container_id: str,
    *,
    what: Revision.What,
    restored_number: int | None = None,
    lineage: str = "",
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
            lineage=lineage,
        )
    except (EngineError, Refusal, DatabaseError) as failure:
        log.warning("no revision of %s on %s: %s", container_id[:12], opened.host.slug, failure)


def revision_keep_created(actor: Actor, host_slug: str, container_id: str) -> None:
    """Keep what a container is that was made just now."""
    with open_engine(actor, host_slug, Action.CONTAINER_CREATE) as opened:
        revision_keep_of(actor, opened, container_id, what=What.CREATED)


def revision_keep_found(actor: Actor, opened: OpenedContainer, *, definition: Definition) -> Revision:
    """Keep what a container is before we change it, unless the newest revision says just that; return that one."""
    newest = revisions_of(opened.host.slug, opened.container).first()
    if newest is not None and newest.container_id == opened.container.id:
        try:
            if definition_kept(newest) == definition:
                return newest
        except Unavailable:
            pass
    return revision_keep(actor, opened.host.slug, opened.container, definition=definition, what=What.FOUND)


def revisions_follow(host_slug: str, container: ContainerInspect, *, name: str) -> None:
    """Have a container's revisions bear the name that it was given."""
    revisions_of(host_slug, container).update(name=name)
