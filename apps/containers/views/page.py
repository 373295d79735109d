"""What all pages of one container share: its head, its tabs, its verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.forms.renaming import RenameForm
from apps.containers.forms.verbs import LONGEST_STOP_S, SIGNALS
from apps.containers.presenters.head import container_head
from apps.containers.presenters.telling import tell_choices, verb_missing
from apps.containers.selectors import aside_of, frame_learn
from apps.containers.services.spoken import version_spoken
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import open_container


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the container."""

    name: str
    words: str
    url: str


def container_page(request: HttpRequest, host_slug: str, ref: str, *, action: Action, tab: str) -> dict[str, Any]:
    """The context of a tab's template: `container` (ContainerHead), `tabs`, `tab`, `host_slug`, and what may be done.

    Decides on `action` and resolves `ref` by the gate; raises what the gate raises.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    with open_container(actor, host_slug, ref, action) as opened:
        return page_context(actor, host_slug, opened.container, tab=tab)


def page_context(actor: Actor, host_slug: str, container: ContainerInspect, *, tab: str) -> dict[str, Any]:
    """The same for a container that was opened already."""
    frame_learn(actor, host_slug)
    version = version_spoken(actor, host_slug, action=Action.CONTAINER_VIEW)
    return {
        "container": container_head(container),
        "tabs": _tabs(actor, host_slug, container.id),
        "tab": tab,
        "aside": aside_of(host_slug, container),
        "host_slug": host_slug,
        "may_operate": roles.may(actor, Action.CONTAINER_OPERATE),
        "may_create": roles.may(actor, Action.CONTAINER_CREATE),
        "may_remove": roles.may(actor, Action.CONTAINER_REMOVE),
        "may_rename": roles.may(actor, Action.CONTAINER_RENAME),
        "rename_form": RenameForm(auto_id="rename-%s", initial={"name": container.name}),
        "may_update": roles.may(actor, Action.CONTAINER_UPDATE),
        "may_edit": roles.may(actor, Action.CONTAINER_EDIT),
        "may_commit": roles.may(actor, Action.CONTAINER_COMMIT),
        "may_export": roles.may(actor, Action.CONTAINER_EXPORT),
        "may_exec": roles.may(actor, Action.CONTAINER_EXEC),
        "signals": SIGNALS,
        "longest_stop_s": LONGEST_STOP_S,
        "verb_missing": verb_missing(version),
        "tell_choices": tell_choices(container.name, version),
    }


def _tabs(actor: Actor, host_slug: str, container_id: str) -> list[Tab]:
    pages = (
        ("detail", _("Summary"), Action.CONTAINER_VIEW),
        ("logs", _("Logs"), Action.CONTAINER_LOGS),
        ("terminal", _("Terminal"), Action.CONTAINER_EXEC),
        ("stats", _("Stats"), Action.CONTAINER_STATS),
        ("processes", _("Processes"), Action.CONTAINER_PROCESSES),
        ("files", _("Files"), Action.CONTAINER_FILES),
        ("changes", _("Changes"), Action.CONTAINER_CHANGES),
        ("inspect", _("Inspect"), Action.CONTAINER_VIEW),
        ("edit", _("Edit"), Action.CONTAINER_EDIT),
    )
    return [
        Tab(name, words, reverse(f"containers:{name}", args=[host_slug, container_id]))
        for name, words, action in pages
        if roles.may(actor, action)
    ]
