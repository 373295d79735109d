"""Taking a legacy link (`--link other:alias`) away; both containers stay as they are."""

import logging
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput
from apps.engine.api.containers import container_remove
from apps.hosts import snapshots
from apps.hosts.gate import open_container

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A link that is gone."""

    container_id: str
    name: str
    alias: str


def container_unlink(actor: Actor, host_slug: str, ref: str, *, alias: str) -> Unlinked:
    """Remove the link that the container calls `alias`. Raises InvalidInput when it has none of that name."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_UPDATE) as opened:
        container = opened.container
        if alias not in container.host_config.links:
            raise InvalidInput(
                _("There is no such link"), _("%(name)s has no link “%(alias)s”.") % {"name": container.name,
                "alias": alias}, field="alias",
            )  # fmt: skip
        try:
            opened.engine.run(container_remove(f"{container.name}/{alias}", link=True))
        finally:
            snapshots.of(opened.host).changed()
    log.info("%s: remove link %s of %s on %s", actor.username, alias, container.id[:12], host_slug)
    return Unlinked(container.id, container.name, alias)
