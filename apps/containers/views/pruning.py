"""All that does not run, removed at once: `…/containers/prune/`."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.pruning import PruneForm
from apps.containers.presenters.pruning import preview_json, prune_rows, pruned_json
from apps.containers.services.pruning import PruneFilters, PrunePreview, container_prune_preview
from apps.containers.services.pruning import container_prune as prune
from apps.core.engine_form import needs_words
from apps.core.http import wants_json
from apps.core.pruning import LABEL_SINCE, UNTIL_SINCE


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_prune(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what would go (`?until=`, `?label=`); POST removes it. `seal`: of the preview that was looked at."""
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
            return render(request, "containers/pruned.html", {"host_slug": host_slug, "pruned": pruned})
    filters = form.filters() if form.is_valid() or form.refusal else None
    if filters is None and is_json:
        form.submit(form.filters, is_raised=True)
    preview = container_prune_preview(request.actor, host_slug, filters=filters or PruneFilters())
    if is_json:
        return JsonResponse(preview_json(preview))
    context = _context(host_slug, form, preview=preview, filters=filters)
    return render(request, "containers/prune.html", context, status=form.status)


def _context(host_slug: str, form: PruneForm, *, preview: PrunePreview, filters: PruneFilters | None) -> dict[str, Any]:
    """Without `filters` (they cannot be meant) nothing is offered to be removed."""
    for name, since in (("until", UNTIL_SINCE), ("label", LABEL_SINCE)):
        if preview.version < since:
            form.fields[name].disabled = True
            form[name].help_text = needs_words(
                since, preview.version
            )  # the form was read: it keeps this, not the field's
    return {
        "host_slug": host_slug,
        "form": form,
        "rows": prune_rows(preview) if filters else [],
        "preview": preview,
        "is_understood": filters is not None,
        "until_s": filters.until_s if filters else None,
        "is_filtered": bool(filters and filters.as_query()),
    }
