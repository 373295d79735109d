"""The list of a host's containers, as a page, as the fragment that live pages fetch again, and as JSON."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.listing import list_request
from apps.containers.forms.saved_views import SavedViewForm
from apps.containers.listed import listed
from apps.containers.presenters.listing import list_json, list_page
from apps.containers.query.completion import suggestions
from apps.containers.query.engine_terms import engine_filters
from apps.containers.selectors import container_list, container_list_recent, containers_chosen, saved_views_of
from apps.core.errors import InvalidInput
from apps.core.http import wants_fragment, wants_json


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_list_page(request: ActorRequest, host_slug: str) -> HttpResponse:
    """`?q=` filters, `?sort=` orders, `?page=` turns pages of 50, `?all=0` keeps what runs; `?complete=` completes."""
    if "complete" in request.GET:
        recent = container_list_recent(request.actor, host_slug)
        return JsonResponse({"suggestions": suggestions(request.GET["complete"], listed(recent.containers))})
    asked = list_request(request.GET)
    found = container_list(request.actor, host_slug)
    filters = engine_filters(asked.query, found.containers)
    by_engine = containers_chosen(request.actor, host_slug, filters=filters)
    if wants_json(request):
        problem = asked.query.problem or by_engine.problem
        if problem:
            raise InvalidInput(_("The filter cannot be understood"), problem, field="q")
        if found.failure is not None and found.taken_at is None:
            raise found.failure
        return JsonResponse(list_json(found, asked, by_engine=by_engine))
    page = list_page(request, request.actor, found=found, asked=asked, by_engine=by_engine)
    if wants_fragment(request):
        return render(request, "containers/_list.html", {"page": page})
    context = {
        "page": page,
        "host_slug": host_slug,
        "saved_views": saved_views_of(request.actor),
        "view_form": SavedViewForm(auto_id="view-%s"),
    }
    return render(request, "containers/list.html", context)
