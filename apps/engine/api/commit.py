"""An image made out of a container. (The reference files it under images.)"""

from __future__ import annotations

from collections.abc import Sequence

from apps.engine.call import Call
from apps.engine.operations import IMAGE_COMMIT
from apps.engine.types import tolerance
from apps.engine.types.processes import ImageCommitted


def image_commit(
    container_id: str,
    *,
    repo: str | None = None,
    tag: str | None = None,
    comment: str | None = None,
    author: str | None = None,
    pause: bool = True,
    changes: Sequence[str] = (),
) -> Call[str]:
    """Make an image of a container's file system and return its id (`sha256:…`).

    `pause` holds the processes meanwhile. `changes` are instructions of a Dockerfile, one each; the engine joins
    them by line ends anyway. Without `repo` the image has no name. A name that cannot be one is a ServerFault up to
    engine 23, BadRequest later; a bad instruction is BadRequest. Ten minutes are given.
    """
    return Call(
        IMAGE_COMMIT,
        query={
            "container": container_id,
            "repo": repo or None,
            "tag": (tag or None) if repo else None,
            "comment": comment or None,
            "author": author or None,
            "pause": pause,
            "changes": "\n".join(changes) or None,
        },
        deadline_s=600.0,
        parse=lambda reply: tolerance.read(ImageCommitted, reply.body).id,
    )
