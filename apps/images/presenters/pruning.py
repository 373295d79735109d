"""What a prune of images would take."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.prune_page import Cell, Link, PrunePage
from apps.core.pruning import PruneFilters
from apps.core.templatetags.ui import size
from apps.images.listed import Listed
from apps.images.presenters.rows import image_row
from apps.images.services.pruning import ImagePrunePreview


def prune_page(host_slug: str, preview: ImagePrunePreview, filters: PruneFilters) -> PrunePage:
    """Dress a preview."""
    n = len(preview.rows)
    count = {"n": n}
    gain = preview.gain_bytes
    if filters.is_all:
        nothing = _("Every image that fits is used by a container.")
    else:
        nothing = _("Every image that fits bears a name or is used.")
    return PrunePage(
        title=_("Remove unused images"),
        crumb=_("Remove unused"),
        of=Link(_("Images"), reverse("images:list", args=[host_slug])),
        url=reverse("images:prune", args=[host_slug]),
        lead=_("Images that no container was made from, running or not. What is in no registry is lost."),
        columns=(_("Image"), _("Created"), _("Size"), _("Its own")),
        rows=[_row(host_slug, row, preview) for row in preview.rows],
        count_words=ngettext("%(n)d image would go", "%(n)d images would go", n) % count,
        gain_words="" if gain is None else _("at least %(size)s gained") % {"size": size(gain)},
        losing=[Link(", ".join(row.names), _url(host_slug, row)) for row in preview.losing],
        losing_words=_("The engine takes all names but one away from these, although containers use them:"),
        ask_title=ngettext("Remove %(n)d image?", "Remove %(n)d images?", n) % count if n else _("Take names away?"),
        ask_detail=_("What is in no registry is lost."),
        do_words=ngettext("Remove %(n)d image", "Remove %(n)d images", n) % count if n else _("Take names away"),
        nothing_title=_("Nothing to remove"),
        nothing_words=nothing,
        back_words=_("Back to the images"),
        beside_words=_("What BuildKit keeps to build faster is no image:"),
        beside=Link(_("empty the build cache"), reverse("images:build_cache", args=[host_slug])),
    )


def preview_json(preview: ImagePrunePreview) -> dict[str, Any]:
    """The same for programs."""
    return {
        "images": [
            {"id": row.id, "tags": row.names, "size": row.summary.size, "unique": row.unique_bytes}
            for row in preview.rows
        ],
        "losing": [{"id": row.id, "tags": row.names} for row in preview.losing],
        "gain_bytes": preview.gain_bytes,
    }


def _row(host_slug: str, listed: Listed, preview: ImagePrunePreview) -> list[Cell]:
    row = image_row(listed)
    notes = []
    if row.id in preview.parents:
        notes.append(_("its name only: others are built upon it"))
    if not row.name:
        notes += [row.repository, _("without a name")]
    return [
        Cell(row.names_text or row.short_id, url=_url(host_slug, listed), note=" · ".join(filter(None, notes))),
        Cell(row.created_words, at=row.created),
        Cell(row.size, is_number=True),
        Cell(row.unique or "–", is_number=True),
    ]


def _url(host_slug: str, row: Listed) -> str:
    return reverse("images:detail", args=[host_slug, row.id])
