"""An image made out of a container."""

import logging
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.commit import image_commit
from apps.hosts.gate import open_container

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CommitWish:
    """What the image is to be called and to say. `changes` are instructions of a Dockerfile."""

    repository: str = ""
    tag: str = ""
    author: str = ""
    message: str = ""
    is_paused: bool = True
    changes: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """`repository:tag`, "" for an image without a name."""
        return f"{self.repository}:{self.tag or 'latest'}" if self.repository else ""


@dataclass(frozen=True, slots=True)
class Committed:
    """The new image: `image_id` is its full id, `reference` its name ("" when it has none)."""

    container_id: str
    container_name: str
    image_id: str
    reference: str


def container_commit(actor: Actor, host_slug: str, ref: str, *, wish: CommitWish) -> Committed:
    """Make an image of a container as it is now. Raises what the engine says of the name and the instructions."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_COMMIT) as opened:
        container = opened.container
        image_id = opened.engine.run(
            image_commit(
                container.id,
                repo=wish.repository,
                tag=wish.tag or ("latest" if wish.repository else ""),
                author=wish.author,
                comment=wish.message,
                pause=wish.is_paused,
                changes=wish.changes,
            )
        )
    log.info("%s: commit %s (%s) on %s: %s", actor.username, container.name, container.id[:12], host_slug, image_id)
    return Committed(container.id, container.name, image_id, wish.reference)
