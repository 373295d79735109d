"""The API version that decides what a page can offer."""

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_engine


def version_spoken(actor: Actor, host_slug: str, *, action: Action) -> ApiVersion:
    """The version in which the host's engine is spoken to. Raises what the gate raises."""
    with open_engine(actor, host_slug, action) as opened:
        return opened.engine.version
