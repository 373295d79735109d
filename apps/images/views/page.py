"""What all pages of one image share: its head, its tabs, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.types.images import ImageInspect
from apps.images.forms.verbs import TagForm
from apps.images.presenters.details import image_head
from apps.images.presenters.listing import may_of


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the image."""

    name: str
    words: str
    url: str


def page_context(actor: Actor, host_slug: str, image: ImageInspect, *, tab: str) -> dict[str, Any]:
    """The context of a tab's template: `image` (ImageHead), `tabs`, `tab`, `host_slug`, `may`, `may_see_env`."""
    words = {"detail": _("Summary"), "history": _("History"), "inspect": _("Inspect")}
    return {
        "image": image_head(image),
        "tabs": [
            Tab(name, word, reverse(f"images:{name}", args=[host_slug, image.id])) for name, word in words.items()
        ],
        "tab": tab,
        "host_slug": host_slug,
        "may": may_of(actor),
        "may_check": roles.may(actor, Action.IMAGE_PULL),
        "may_see_env": roles.may(actor, Action.CONTAINER_ENV),
        "tag_form": TagForm(auto_id="tag-%s"),
    }
