"""Another name for a container."""

import logging
import re
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.errors import NameTaken
from apps.containers.services.revisions import revisions_follow
from apps.engine.api import containers as api
from apps.engine.errors import Conflict, EngineError
from apps.hosts import snapshots
from apps.hosts.gate import OpenedContainer, open_container

log = logging.getLogger(__name__)

_ID = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True)
class Renamed:
    """`was_needed` False: it bore the name already."""

    container_id: str
    old_name: str
    name: str
    was_needed: bool = True


def container_rename(actor: Actor, host_slug: str, ref: str, *, name: str) -> Renamed:
    """Rename a container. Raises NameTaken with the holder, BadRequest for a name the engine does not accept."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_RENAME) as opened:
        container = opened.container
        if container.name == name:
            return Renamed(container.id, name, name, was_needed=False)
        try:
            opened.engine.run(api.container_rename(container.id, name=name))
        except Conflict as exc:
            holder_id = _holder_of(exc.message)
            if not holder_id:
                raise
            raise NameTaken(name, holder_id=holder_id, holder_name=_name_of(opened, holder_id)) from exc
        finally:
            snapshots.of(opened.host).changed()
    revisions_follow(host_slug, container, name=name)
    log.info("%s: rename %s (%s) to %s on %s", actor.username, container.name, container.id[:12], name, host_slug)
    return Renamed(container.id, container.name, name)


def _holder_of(message: str) -> str:
    found = _ID.search(message)
    return found[0] if found else ""


def _name_of(opened: OpenedContainer, container_id: str) -> str:
    try:
        return opened.engine.run(api.container_inspect(container_id)).name
    except EngineError:
        return ""
