"""What all work with a container's files shares: looking at a path, and the engine's words without the host's paths."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from apps.containers.paths import inside, joined
from apps.core.errors import NotFoundHere
from apps.engine.api.archive import archive_stat
from apps.engine.errors import ApiError, BadRequest, NotFound, ServerFault
from apps.engine.types.archive import PathStat
from apps.hosts.gate import OpenedContainer

_PATH = re.compile(r"/[^\s:\"']*")
_OF_HOST = re.compile(r"\A/.*/(?:merged|diff|_data)(?=/|\Z)")
"""Of a path: what stands before the container's own. Two steps, so that a long path takes no longer than it is long."""
_UNSEEN = ("/dev", "/proc", "/sys")


@contextmanager
def host_paths_hidden() -> Iterator[None]:
    """Take the engine's own paths (`/var/lib/docker/overlay2/…/merged`) out of what it says."""
    try:
        yield
    except ApiError as exc:
        message = _PATH.sub(lambda path: _OF_HOST.sub("", path[0]), exc.message)
        if message == exc.message:
            raise
        raise type(exc)(exc.status, message, operation=exc.operation) from exc


def stat_or_none(opened: OpenedContainer, path: str) -> PathStat | None:
    """What a path is; None when there is nothing (that the engine can see). The last symlink is not followed."""
    try:
        return opened.engine.run(archive_stat(opened.container.id, path=path))
    except (NotFound, BadRequest, ServerFault):  # 500: a part of the path is no folder
        return None


def leads_to_folder(opened: OpenedContainer, path: str) -> bool:
    """Whether a path is a folder, or a link to one."""
    found = stat_or_none(opened, inside(path))
    return found is not None and found.is_directory


def not_there(path: str) -> NotFoundHere:
    """The answer for a path that is not there."""
    return NotFoundHere(
        _("There is no such file or folder in this container."),
        path,
        hint=_(
            "What lies in memory only (tmpfs, /proc, /sys) can be seen while the container runs, and not be fetched."
        ),
    )


def is_unseen(opened: OpenedContainer, path: str) -> bool:
    """Whether a path lies in memory (tmpfs, /proc …), where the engine's archive calls do not reach.

    They see, and write, what is below the mount. Links on the way are followed first. A container that does not run has
    nothing mounted, but what is put below would be hidden as soon as it does.
    """
    mounted = [mount.destination or "" for mount in opened.container.mounts if mount.type == "tmpfs"]
    places = [place.rstrip("/") for place in (*_UNSEEN, *mounted, *opened.container.host_config.tmpfs)]
    real = _followed(opened, path)
    return any(real == place or real.startswith(f"{place}/") for place in places if place)


def _followed(opened: OpenedContainer, path: str) -> str:
    """The path without links: the engine tells where each leads to in the end."""
    so_far = "/"
    is_there = True
    for part in path.strip("/").split("/"):
        so_far = joined(so_far, part)
        found = stat_or_none(opened, so_far) if is_there else None
        is_there = found is not None
        if found is not None and found.is_symlink and found.link_target:
            so_far = found.link_target
    return so_far
