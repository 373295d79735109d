"""The best shell a container has, found by looking at its files; nothing is run for it."""

from collections.abc import Awaitable, Callable

from django.utils.translation import gettext as _

from apps.core.errors import NotFoundHere
from apps.engine.types.archive import PathStat

CANDIDATES = (
    "/bin/bash",
    "/usr/bin/bash",
    "/usr/local/bin/bash",
    "/bin/zsh",
    "/usr/bin/zsh",
    "/bin/ash",
    "/bin/sh",
    "/usr/bin/sh",
    "/busybox/sh",
)
"""The best first. `/busybox/sh` is where debugging images without a system keep theirs."""

Look = Callable[[str], Awaitable[PathStat | None]]
"""Say what a path in the container is; None when there is nothing."""


def is_shell(found: PathStat | None) -> bool:
    """Whether what stands at a candidate's path can be run."""
    return found is not None and not found.is_directory and (found.is_symlink or found.is_executable)


async def best_shell(look: Look) -> str:
    """The first candidate that exists and can be run. Raises NotFoundHere when there is none."""
    for path in CANDIDATES:
        if is_shell(await look(path)):
            return path
    raise NotFoundHere(
        _("There is no shell in this container."),
        _("None of %(paths)s exists.") % {"paths": ", ".join(CANDIDATES)},
        hint=_("Name a program of the container as the command, or attach to its own process."),
    )
