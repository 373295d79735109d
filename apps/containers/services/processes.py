"""The processes of a container as its host sees them (top)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput
from apps.engine.api.containers import container_top
from apps.engine.errors import BadRequest, ServerFault
from apps.engine.types.processes import ContainerTop
from apps.hosts.gate import open_container

DEFAULT_PS_ARGS: Final = "-ww -eo pid,ppid,user,pcpu,pmem,etime,args"
"""-ww: some cut the lines to 80 characters otherwise."""


@dataclass(frozen=True, slots=True)
class ProcessList:
    """Rows of the host's ps. `ps_args` is what was asked, None: the engine's own choice."""

    top: ContainerTop
    ps_args: str | None


def process_list(actor: Actor, host_slug: str, ref: str, *, ps_args: str | None) -> ProcessList:
    """List the processes. Without `ps_args` our own columns, or the engine's where the host's ps refuses those.

    Conflict: the container does not run. InvalidInput: ps did not take the arguments that were given. Each call makes
    an event on the engine.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_PROCESSES) as opened:
        wanted = ps_args or DEFAULT_PS_ARGS
        try:
            return ProcessList(opened.engine.run(container_top(opened.container.id, ps_args=wanted)), wanted)
        except (BadRequest, ServerFault) as exc:
            if ps_args is not None:
                title = _("The host's ps did not take these arguments")
                raise InvalidInput(title, exc.message, field="ps_args") from exc
        return ProcessList(opened.engine.run(container_top(opened.container.id)), None)
