"""Which role may what. Deny by default: a role is the list of what it may, nothing else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor, Role
from apps.core.errors import AccessDenied

ROLES: dict[Role, frozenset[Action]] = {
    Role.ADMIN: frozenset(Action),
    Role.VIEWER: frozenset(
        {
            Action.HOST_VIEW,
            Action.CONTAINER_LIST,
            Action.CONTAINER_VIEW,
            Action.CONTAINER_LOGS,
            Action.CONTAINER_STATS,
            Action.CONTAINER_PROCESSES,
            Action.CONTAINER_CHANGES,
            Action.IMAGE_VIEW,
            Action.EVENTS_VIEW,
            Action.ACTIVITY_VIEW,
        }
    ),
}


def may(actor: Actor, action: Action) -> bool:
    """True when the actor's role holds the action. Anonymous actors may nothing."""
    if actor.is_anonymous or actor.role is None:
        return False
    return action in ROLES[actor.role]


def require(actor: Actor, action: Action) -> None:
    """Raise AccessDenied unless the actor may."""
    if not may(actor, action):
        raise AccessDenied(
            detail=_("Your account does not have the right “%(action)s”.") % {"action": action.value},
        )
