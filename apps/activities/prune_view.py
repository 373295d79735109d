"""The view of every prune: `…/containers/prune/`, `…/images/prune/`. An app says what differs by a PruneScreen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.activities.pruning import Prune, prune_start
from apps.core.http import wants_json
from apps.core.prune_form import PruneForm
from apps.core.prune_page import PrunePage
from apps.core.pruning import PruneFilters, PrunePreview, seal_of

P = TypeVar("P", bound=PrunePreview)


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneScreen(Generic[P]):
    """One prune as people and programs see it."""

    prune: Prune[P]
    form: type[PruneForm]
    page: Callable[[str, P, PruneFilters], PrunePage]
    as_json: Callable[[P], dict[str, Any]]


def prune_answer(request: ActorRequest, host_slug: str, screen: PruneScreen[P]) -> HttpResponse:
    """Show what would go; POST begins to remove it. `seal`: of the preview that was looked at."""
    form = screen.form(request.POST if request.method == "POST" else request.GET)
    is_json = wants_json(request)
    if request.method == "POST":
        seal = request.POST.get("seal", "")
        activity = form.submit(
            lambda: prune_start(screen.prune, request.actor, host_slug, filters=form.filters(), seal=seal),
            is_raised=is_json,
        )
        if activity is not None:
            return started(request, activity)
    filters = form.filters() if form.is_valid() or form.refusal else None
    if filters is None and is_json:
        form.submit(form.filters, is_raised=True)
    preview = screen.prune.look(request.actor, host_slug, filters=filters or PruneFilters(), is_measured=True)
    if is_json:
        return JsonResponse(screen.as_json(preview) | {"seal": seal_of(preview.going)})
    form.narrow_to(preview.version)
    context = {
        "host_slug": host_slug,
        "form": form,
        "page": screen.page(host_slug, preview, filters or PruneFilters()),
        "is_understood": filters is not None,
        "is_filtered": filters is not None and not filters.is_empty,
        "again": form.again(filters) if filters else [],
        "seal": seal_of(preview.going),
        "going": preview.going if filters else [],
    }
    return render(request, "core/prune.html", context, status=form.status)
