"""What saving images on the server takes, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.templatetags.ui import size
from apps.images.naming import short_id
from apps.images.services.saving_to_disk import SavePlan


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One of the images."""

    words: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """All of them. `is_short`: there is no room for the archive as it is."""

    title: str
    rows: Sequence[PlanRow]
    total: str
    room: str
    is_short: bool
    kept_words: str


def plan_page(host_slug: str, plan: SavePlan) -> PlanPage:
    """Dress a plan."""
    rows = [
        PlanRow(
            ", ".join(short_id(name) if name.startswith("sha256:") else name for name in one.names),
            size(one.image.size),
            reverse("images:detail", args=[host_slug, one.image.id]),
        )
        for one in plan.chosen
    ]
    count = len(rows)
    days = settings.ACTIVITY_KEEP_DAYS
    kept = ngettext(
        "It stays for %(n)d day, as long as its activity does, or until you delete it there.",
        "It stays for %(n)d days, as long as its activity does, or until you delete it there.",
        days,
    )
    return PlanPage(
        title=ngettext("Save %(n)d image on the server", "Save %(n)d images on the server", count) % {"n": count}
        if count > 1
        else _("Save an image on the server"),
        rows=rows,
        total=size(plan.total_bytes),
        room=size(plan.room_bytes),
        is_short=plan.total_bytes > plan.room_bytes,
        kept_words=kept % {"n": days},
    )


def plan_json(plan: SavePlan) -> dict[str, Any]:
    """The same for programs."""
    return {
        "images": [{"id": one.image.id, "names": list(one.names), "size": one.image.size} for one in plan.chosen],
        "total_bytes": plan.total_bytes,
        "room_bytes": plan.room_bytes,
    }
