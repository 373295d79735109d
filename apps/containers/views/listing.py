"""The list of a host's containers, as a page, as the fragment that live pages fetch again, and as JSON."""

from functools import partial

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.listing import CONTAINERS
from apps.containers.listed import listed
from apps.containers.presenters.listing import list_context
from apps.containers.presenters.rows import row_json
from apps.containers.query.completion import suggestions
from apps.containers.query.engine_terms import engine_filters
from apps.containers.selectors import container_list, container_list_recent, containers_chosen
from apps.core.listing.page import Choices, list_page
from apps.core.listing.response import list_response


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_list_page(request: ActorRequest, host_slug: str) -> HttpResponse:
    """`?q=` filters, `?sort=` orders, `?page=` turns pages of 50, `?all=0` keeps what runs; `?complete=` completes."""
    if "complete" in request.GET:
        recent = container_list_recent(request.actor, host_slug)
        return JsonResponse({"suggestions": suggestions(request.GET["complete"], listed(recent.containers))})
    asked = CONTAINERS.request(request.GET)
    found = container_list(request.actor, host_slug)
    every = listed(found.containers)
    by_rest = containers_chosen(request.actor, host_slug, filters=engine_filters(asked.query, every))
    rows = every if asked.is_all else [row for row in every if row.is_active]
    page = list_page(asked, rows, taken=found, total=len(every), choices=Choices(by_rest=by_rest))
    return list_response(
        request,
        page,
        row_json=partial(row_json, taken_at=found.taken_at or 0.0),
        context=lambda: list_context(request, request.actor, found=found, page=page),
    )
