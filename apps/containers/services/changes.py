"""What differs between a container's files and its image."""

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api import containers as api
from apps.engine.types.processes import FilesystemChange
from apps.hosts.gate import open_container


def change_list(actor: Actor, host_slug: str, ref: str) -> list[FilesystemChange]:
    """List the paths that differ, [] for none. It does not matter whether the container runs."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_CHANGES) as opened:
        return opened.engine.run(api.container_changes(opened.container.id))
