"""What came of a removal, a new name, a look at a registry, in words."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.problems import problem_of
from apps.engine.types.images import SearchResult
from apps.images.errors import ImageHeld
from apps.images.naming import in_order, short_id
from apps.images.services.naming import Named
from apps.images.services.removing import BulkItem, Removed, RemovePreview
from apps.images.services.updates import UpdateCheck


def removed_title(removed: Removed) -> str:
    """One sentence: what is gone, or that it was gone already."""
    if not removed.was_needed:
        return _("%(name)s was removed already") % {"name": removed.name}
    return _("%(name)s is removed") % {"name": removed.name}


def removed_detail(removed: Removed) -> str:
    """How many names and layers went."""
    words = []
    if removed.untagged:
        words.append(_("Untagged: %(names)s.") % {"names": ", ".join(removed.untagged)})
    if removed.deleted:
        count = len(removed.deleted)
        words.append(ngettext("%(count)d layer deleted.", "%(count)d layers deleted.", count) % {"count": count})
    return " ".join(words)


def removed_json(removed: Removed) -> dict[str, Any]:
    """The same for programs."""
    return {
        "id": removed.id,
        "name": removed.name,
        "was_needed": removed.was_needed,
        "untagged": list(removed.untagged),
        "deleted": list(removed.deleted),
        "title": removed_title(removed),
    }


def preview_json(preview: RemovePreview) -> dict[str, Any]:
    """What a removal would do, for programs."""
    return {
        "id": preview.image.id,
        "untagged": in_order(preview.image.tags),
        "parents": [one.id for one in preview.parents],
        "children": [one.id for one in preview.children],
        "used_by": [{"id": one.id, "name": one.name, "state": one.state} for one in preview.users],
        "needs_force": preview.needs_force,
        "is_hopeless": preview.is_hopeless,
    }


def bulk_json(items: Sequence[BulkItem], *, host_slug: str) -> dict[str, Any]:
    """Results by item, and the whole in one sentence."""
    failed = sum(1 for item in items if item.failure is not None)
    total = len(items)
    if failed:
        title = _("%(failed)d of %(total)d were not removed") % {"failed": failed, "total": total}
    else:
        title = ngettext("%(total)d image removed", "%(total)d images removed", total) % {"total": total}
    results = [item_json(item, host_slug=host_slug) for item in items]
    return {"verb": "remove", "title": title, "failed": failed, "results": results}


def item_json(item: BulkItem, *, host_slug: str) -> dict[str, Any]:
    """One of several, for programs."""
    if item.outcome is not None:
        told = removed_json(item.outcome) | {"is_done": True, "status": 200, "hint": "", "links": []}
        return told | {"id": item.ref, "detail": removed_detail(item.outcome)}
    assert item.failure is not None
    problem = problem_of(item.failure)
    return {
        "id": item.ref,
        "name": short_id(item.ref),
        "is_done": False,
        "status": problem.status,
        "title": problem.title,
        "detail": problem.detail,
        "hint": problem.hint,
        "links": holder_links(item.failure, host_slug=host_slug),
        "can_force": isinstance(item.failure, ImageHeld) and item.failure.can_force,
    }


def holder_links(failure: Exception | None, *, host_slug: str) -> list[dict[str, str]]:
    """The containers that hold an image, as links."""
    if not isinstance(failure, ImageHeld):
        return []
    return [
        {"name": one.name, "state": one.state, "url": reverse("containers:detail", args=[host_slug, one.id])}
        for one in failure.holders
    ]


def tagged_title(named: Named) -> str:
    """What the image is called now."""
    if not named.was_needed:
        return _("%(name)s was its name already") % {"name": named.reference}
    return _("It is called %(name)s now") % {"name": named.reference}


def untagged_title(named: Named) -> str:
    """What it is not called any more."""
    if not named.was_needed:
        return _("%(name)s was not its name any more") % {"name": named.reference}
    return _("%(name)s is not its name any more") % {"name": named.reference}


def named_json(named: Named, title: str) -> dict[str, Any]:
    """The same for programs."""
    return {"id": named.image_id, "reference": named.reference, "was_needed": named.was_needed, "title": title}


def update_json(check: UpdateCheck) -> dict[str, Any]:
    """One name's look at its registry, for programs."""
    problem = problem_of(check.failure) if check.failure else None
    return {
        "name": check.name,
        "ours": list(check.ours),
        "theirs": check.theirs,
        "platforms": list(check.platforms),
        "is_current": check.is_current,
        "is_newer": check.is_newer,
        "problem": {"title": problem.title, "detail": problem.detail, "hint": problem.hint} if problem else None,
    }


def search_json(results: Sequence[SearchResult]) -> dict[str, Any]:
    """What a registry found, for programs."""
    return {
        "results": [
            {
                "name": one.name,
                "description": one.description,
                "stars": one.stars,
                "is_official": one.is_official,
                "is_automated": one.is_automated,
            }
            for one in results
        ]
    }
