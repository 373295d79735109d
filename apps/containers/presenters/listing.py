"""What the page of all containers says beside its rows."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.forms.saved_views import SavedViewForm
from apps.containers.forms.verbs import LONGEST_STOP_S, SIGNALS
from apps.containers.listed import Listed
from apps.containers.presenters.rows import container_row, row_key
from apps.containers.presenters.telling import verb_missing
from apps.containers.selectors import HostContainers, saved_views_of
from apps.core.listing.page import ListPage
from apps.core.listing.response import rows_html
from apps.core.templatetags.ui import icon
from apps.hosts import connections


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do to containers."""

    operate: bool
    create: bool
    remove: bool
    terminal: bool
    prune: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything to choose rows for."""
        return self.operate or self.remove


def list_context(
    request: HttpRequest, actor: Actor, *, found: HostContainers, page: ListPage[Listed]
) -> dict[str, Any]:
    """What the templates of the list need beside `page`."""
    may = May(
        operate=roles.may(actor, Action.CONTAINER_OPERATE),
        create=roles.may(actor, Action.CONTAINER_CREATE),
        remove=roles.may(actor, Action.CONTAINER_REMOVE),
        terminal=roles.may(actor, Action.CONTAINER_EXEC) or roles.may(actor, Action.CONTAINER_ATTACH),
        prune=roles.may(actor, Action.CONTAINER_PRUNE),
    )
    link_host = connections.of(found.host).endpoint.host or request.get_host().rpartition(":")[0] or request.get_host()
    taken_at = found.taken_at or 0.0
    facts = connections.of(found.host).known_facts

    def dressed(row: Listed) -> dict[str, Any]:
        return {
            "row": container_row(row, taken_at=taken_at, link_host=link_host),
            "url": escape(f"{page.base}{row.id}/"),
        }

    return {
        "may": may,
        "rows": rows_html(
            page,
            may,
            key=lambda row: row_key(row, taken_at=taken_at, link_host=link_host),
            dressed=dressed,
            shared=_shared,
        ),
        "signals": SIGNALS,
        "longest_stop_s": LONGEST_STOP_S,
        "verb_missing": verb_missing(facts.api_version) if facts else {},
        "saved_views": saved_views_of(actor),
        "view_form": partial(SavedViewForm, auto_id="view-%s"),  # only the whole page calls it
    }


def _shared() -> dict[str, Any]:
    """Words of the reader's language and icons, escaped once for all rows."""
    words = {
        "choose": _("Choose"),
        "logs": _("Logs"),
        "terminal": _("Terminal"),
        "start": _("Start"),
        "stop": _("Stop"),
        "unpause": _("Unpause"),
        "more": _("More actions"),
    }
    icons = {
        "logs": icon("file-text"),
        "terminal": icon("terminal-2"),
        "start": icon("player-play"),
        "stop": icon("player-stop"),
        "more": icon("dots-vertical"),
    }
    return {"words": {key: escape(word) for key, word in words.items()}, "icons": icons}
