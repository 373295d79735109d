"""A container's file system as tar, carried to the reader piece by piece: nothing is gathered on the way."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.services.file_name import file_name_of
from apps.engine.api.containers import container_export as export_call
from apps.hosts.gate import open_container, open_container_async

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """`name` is the container's, made safe for a file; `pieces` are the tar as the engine sends it."""

    name: str
    pieces: AsyncIterator[bytes]


def container_export(actor: Actor, host_slug: str, ref: str) -> Export:
    """Open a container's file system for reading to its end. Volumes are not in it.

    Raises what the gate raises. The pieces raise what the engine says, and EngineGone when it goes: the tar is cut.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_EXPORT) as opened:
        container = opened.container
    log.info("%s: export %s (%s) on %s", actor.username, container.name, container.id[:12], host_slug)
    return Export(file_name_of(container.name, container.id), _pieces(actor, host_slug, container.id))


async def _pieces(actor: Actor, host_slug: str, container_id: str) -> AsyncIterator[bytes]:
    async with (
        open_container_async(actor, host_slug, container_id, Action.CONTAINER_EXPORT) as opened,
        opened.engine.stream(export_call(container_id)) as stream,
    ):
        async for chunk in stream:
            yield chunk
