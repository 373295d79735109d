"""All that nothing uses, removed at once: `…/images/prune/`."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.engine_form import needs_words
from apps.core.http import wants_json
from apps.core.pruning import LABEL_SINCE, UNTIL_SINCE
from apps.images.forms.pruning import PruneForm
from apps.images.presenters.outcomes import prune_json, pruned_json
from apps.images.presenters.rows import image_row
from apps.images.services.pruning import PruneFilters, PrunePreview, image_prune_preview
from apps.images.services.pruning import image_prune as prune


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_prune(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what would go (`?which=`, `?until=`, `?label=`); POST removes it. `seal`: of the preview looked at."""
    form = PruneForm(request.POST if request.method == "POST" else request.GET)
    is_json = wants_json(request)
    if request.method == "POST":
        seal = request.POST.get("seal", "")
        pruned = form.submit(
            lambda: prune(request.actor, host_slug, filters=form.filters(), seal=seal), is_raised=is_json
        )
        if pruned is not None:
            if is_json:
                return JsonResponse(pruned_json(pruned))
            return render(request, "images/pruned.html", {"host_slug": host_slug, "pruned": pruned})
    filters = form.filters() if form.is_valid() or form.refusal else None
    if filters is None and is_json:
        form.submit(form.filters, is_raised=True)
    preview = image_prune_preview(request.actor, host_slug, filters=filters or PruneFilters())
    if is_json:
        return JsonResponse(prune_json(preview))
    context = _context(host_slug, form, preview=preview, filters=filters)
    return render(request, "images/prune.html", context, status=form.status)


def _context(host_slug: str, form: PruneForm, *, preview: PrunePreview, filters: PruneFilters | None) -> dict[str, Any]:
    """Without `filters` (they cannot be meant) nothing is offered to be removed."""
    for name, since in (("until", UNTIL_SINCE), ("label", LABEL_SINCE)):
        if preview.version < since:
            form.fields[name].disabled = True
            form.fields[name].help_text = needs_words(since, preview.version)
    return {
        "host_slug": host_slug,
        "form": form,
        "rows": [image_row(row) for row in preview.rows] if filters else [],
        "losing": [image_row(row) for row in preview.losing] if filters else [],
        "preview": preview,
        "is_understood": filters is not None,
        "filters": filters,
    }
