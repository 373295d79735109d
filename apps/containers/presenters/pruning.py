"""What a prune of containers would take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.containers.presenters.head import state_tone, state_words
from apps.containers.services.pruning import ContainerPrunePreview
from apps.core.prune_page import Cell, Link, PrunePage
from apps.core.pruning import PruneFilters
from apps.core.templatetags.ui import age, size
from apps.engine.types.containers import ContainerSummary


def prune_page(host_slug: str, preview: ContainerPrunePreview, filters: PruneFilters) -> PrunePage:
    """Dress a preview."""
    n = len(preview.containers)
    count = {"n": n}
    nothing = _("Nothing to remove") if filters.is_empty else _("No stopped container fits")
    return PrunePage(
        title=_("Remove stopped containers"),
        crumb=_("Remove stopped"),
        of=Link(_("Containers"), reverse("containers:list", args=[host_slug])),
        url=reverse("containers:prune", args=[host_slug]),
        lead=_(
            "Every container that was never started or has ended, with its log and the files written in it. Volumes"
            " stay. This cannot be undone."
        ),
        columns=(_("Name"), _("State"), _("Image"), _("Created"), _("Size")),
        rows=[_row(host_slug, container) for container in preview.containers],
        count_words=ngettext("%(n)d container would go", "%(n)d containers would go", n) % count,
        gain_words=_("%(size)s written in them") % {"size": size(preview.size_bytes)},
        ask_title=ngettext("Remove %(n)d container?", "Remove %(n)d containers?", n) % count,
        ask_detail=_("Their logs and the files written in them are lost."),
        do_words=ngettext("Remove %(n)d container", "Remove %(n)d containers", n) % count,
        nothing_title=nothing,
        nothing_words=_("Whatever runs, is paused or restarts stays."),
        back_words=_("Back to the containers"),
    )


def preview_json(preview: ContainerPrunePreview) -> dict[str, Any]:
    """The same for programs."""
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "image": _image(one),
            "state": _state(one),
            "tone": _tone(one),
            "created_at": _created(one).isoformat(),
            "size_bytes": one.size_rw or 0,
        }
        for one in preview.containers
    ]
    return {"containers": rows, "size_bytes": preview.size_bytes}


def _row(host_slug: str, container: ContainerSummary) -> list[Cell]:
    created = _created(container)
    return [
        Cell(container.name, url=reverse("containers:detail", args=[host_slug, container.id])),
        Cell(_state(container), tone=_tone(container)),
        Cell(_image(container), is_mono=True),
        Cell(age(created), at=created.isoformat()),
        Cell(size(container.size_rw or 0), is_number=True),
    ]


def _image(container: ContainerSummary) -> str:
    return container.image.removeprefix("sha256:")[:80]


def _state(container: ContainerSummary) -> str:
    return state_words(container.state, health="", exit_code=container.exit_code or 0)


def _tone(container: ContainerSummary) -> str:
    return state_tone(container.state, health="", exit_code=container.exit_code or 0)


def _created(container: ContainerSummary) -> datetime:
    return datetime.fromtimestamp(container.created, UTC)
