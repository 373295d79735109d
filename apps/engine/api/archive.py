"""Files in a container."""

from __future__ import annotations

from apps.engine.answers import body
from apps.engine.call import Call
from apps.engine.operations import CONTAINER_ARCHIVE, CONTAINER_ARCHIVE_INFO
from apps.engine.types.archive import PathStat, path_stat_of


def archive_stat(container_id: str, *, path: str) -> Call[PathStat]:
    """Return what a path is, in a running or stopped container. The last symlink is not followed.

    NotFound: no such container or path, also for everything in /proc, /sys and tmpfs mounts. Errors have no words: the
    request is a HEAD.
    """
    return Call(
        CONTAINER_ARCHIVE_INFO,
        path={"id": container_id},
        query={"path": path},
        parse=lambda reply: path_stat_of(reply.header("x-docker-container-path-stat")),
    )


def archive_get(container_id: str, *, path: str) -> Call[bytes]:
    """Return a path as tar, as a stream. NotFound: no such container or path."""
    return Call(CONTAINER_ARCHIVE, path={"id": container_id}, query={"path": path}, parse=body)
