"""Files in a container.

Paths are absolute. Their bytes need not be UTF-8: what is not stands in a `str` as os.fsdecode has it
(surrogateescape).
"""

from __future__ import annotations

from apps.engine.answers import body, nothing
from apps.engine.call import Call
from apps.engine.operations import CONTAINER_ARCHIVE, CONTAINER_ARCHIVE_INFO, PUT_CONTAINER_ARCHIVE
from apps.engine.types.archive import PathStat, path_stat_of


def archive_stat(container_id: str, *, path: str) -> Call[PathStat]:
    """Return what a path is, in a running or stopped container. The last symlink is not followed.

    NotFound: no such container or path, also for everything in /proc, /sys and tmpfs mounts. Errors have no words: the
    request is a HEAD.
    """
    return Call(
        CONTAINER_ARCHIVE_INFO,
        path={"id": container_id},
        query={"path": _bytes(path)},
        parse=lambda reply: path_stat_of(reply.header("x-docker-container-path-stat")),
    )


def archive_get(container_id: str, *, path: str) -> Call[bytes]:
    """Return a path as tar, as a stream. NotFound: no such container or path.

    The engine holds the container's lock until the last byte is taken: take them at once. The last symlink is not
    followed, unless the path ends in "/". A name that is not UTF-8 at the very end of the path gives an empty archive
    (seen on 20.10); with "/." behind it a folder is read all the same.
    """
    return Call(CONTAINER_ARCHIVE, path={"id": container_id}, query={"path": _bytes(path)}, parse=body)


def archive_put(container_id: str, *, path: str, keeps_kinds: bool = True) -> Call[None]:
    """Unpack a tar, which is sent along by `Engine.upload`, into an existing folder.

    `keeps_kinds`: refuse to put a file where a folder is, or the other way round. Below a tmpfs mount the files land
    unseen; a cut or empty archive is no error to the engine. So look afterwards. NotFound: no such container or folder.
    """
    return Call(
        PUT_CONTAINER_ARCHIVE,
        path={"id": container_id},
        query={"path": _bytes(path), "noOverwriteDirNonDir": keeps_kinds},
        headers={"Content-Type": "application/x-tar"},
        parse=nothing,
    )


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return path.encode("utf-8", "replace")
