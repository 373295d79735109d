"""What templates ask about carrying images about."""

from __future__ import annotations

from django import template

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor

register = template.Library()


@register.simple_tag(takes_context=True)
def may_carry(context: template.Context) -> dict[str, bool]:
    """What the reader may: `build`, `pull`, `push`, `load`, `import`, `save`."""
    actor: Actor = context["request"].actor
    return {
        "build": roles.may(actor, Action.IMAGE_BUILD),
        "pull": roles.may(actor, Action.IMAGE_PULL),
        "push": roles.may(actor, Action.IMAGE_PUSH),
        "load": roles.may(actor, Action.IMAGE_LOAD),
        "import": roles.may(actor, Action.IMAGE_IMPORT),
        "save": roles.may(actor, Action.IMAGE_SAVE),
    }
