"""What a terminal could be opened with."""

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.archive import archive_stat
from apps.engine.errors import BadRequest, NotFound
from apps.engine.sync import Engine
from apps.engine.types.archive import PathStat
from apps.hosts.gate import open_container
from apps.terminals.shells import CANDIDATES, is_shell


def shell_list(actor: Actor, host_slug: str, ref: str) -> list[str]:
    """Return the paths of the container's shells, the best first; none when it has none."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_EXEC) as opened:
        return [path for path in CANDIDATES if is_shell(_stat(opened.engine, opened.container.id, path=path))]


def _stat(engine: Engine, container_id: str, *, path: str) -> PathStat | None:
    try:
        return engine.run(archive_stat(container_id, path=path))
    except (NotFound, BadRequest):
        return None
