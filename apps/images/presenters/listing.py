"""What the page of all images says beside its rows."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.listing.page import ListPage
from apps.core.listing.response import rows_html
from apps.images.listed import Listed
from apps.images.presenters.rows import image_row


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do to images."""

    tag: bool
    remove: bool
    prune: bool
    search: bool
    pull: bool
    run: bool

    @property
    def anything(self) -> bool:
        """Whether there is anything to choose rows for."""
        return self.remove


def may_of(actor: Actor) -> May:
    """What this actor may do."""
    return May(
        tag=roles.may(actor, Action.IMAGE_TAG),
        remove=roles.may(actor, Action.IMAGE_REMOVE),
        prune=roles.may(actor, Action.IMAGE_PRUNE),
        search=roles.may(actor, Action.IMAGE_SEARCH),
        pull=roles.may(actor, Action.IMAGE_PULL),
        run=roles.may(actor, Action.CONTAINER_CREATE),
    )


def list_context(actor: Actor, page: ListPage[Listed]) -> dict[str, Any]:
    """What the templates of the list need beside `page`."""
    may = may_of(actor)
    containers_base = reverse("containers:list", args=[page.taken.host_slug])
    rows = rows_html(
        page,
        may,
        key=image_row,
        dressed=lambda row: {"row": image_row(row)},
        shared=lambda: {"words": _row_words(), "containers_base": containers_base},
    )
    return {"may": may, "rows": rows}


def _row_words() -> dict[str, str]:
    return {
        "choose": _("Choose"),
        "run": _("Run"),
        "more": _("More actions"),
        "nameless": _("without a name"),
        "unused": _("unused"),
    }
