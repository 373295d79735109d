"""`…/images/search/`: what registries have, asked through the engine."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import wants_json
from apps.images.forms.searching import SearchForm
from apps.images.presenters.outcomes import search_json
from apps.images.selectors import api_version_known
from apps.images.services.searching import image_search as search


@require_safe
@signed_in
@vary_on_headers("Accept")
def image_search(request: ActorRequest, host_slug: str) -> HttpResponse:
    """`?term=` is looked for (`limit`, `stars`, `is_official`, `is_automated`); without it the form alone is shown."""
    roles.require(request.actor, Action.IMAGE_SEARCH)
    is_json = wants_json(request)
    is_asked = is_json or "term" in request.GET
    form = SearchForm(request.GET if is_asked else None)
    form.limit_to(api_version_known(request.actor, host_slug))
    results = None
    if is_asked:
        results = form.submit(lambda: search(request.actor, host_slug, form.wanted()), is_raised=is_json)
    if is_json:
        return JsonResponse(search_json(results or []))
    context = {"host_slug": host_slug, "form": form, "results": results, "is_asked": is_asked}
    return render(request, "images/search.html", context, status=form.status)
