"""The engine's own record of a container, with its files measured where that is asked for."""

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.containers import container_inspect
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import open_container

_MEASURE_DEADLINE_S = 60.0


def container_inspected(actor: Actor, host_slug: str, ref: str, *, action: Action, measures: bool) -> ContainerInspect:
    """Look at a container. `measures`: the engine adds up its files (SizeRw, SizeRootFs), which takes it a while.

    Raises what the gate raises, and VersionTooOld for measuring below API 1.21.
    """
    with open_container(actor, host_slug, ref, action) as opened:
        if not measures:
            return opened.container
        return opened.engine.run(container_inspect(opened.container.id, size=True, deadline_s=_MEASURE_DEADLINE_S))
