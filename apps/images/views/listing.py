"""The list of a host's images, as a page, as the fragment that live pages fetch again, and as JSON."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.errors import InvalidInput
from apps.core.http import wants_fragment, wants_json
from apps.images.forms.listing import list_request
from apps.images.listed import listed
from apps.images.presenters.listing import Choices, list_json, list_page
from apps.images.query import ENGINE_KEYS, engine_filters, suggestions
from apps.images.selectors import image_list, image_sharing, images_chosen


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_list_page(request: ActorRequest, host_slug: str) -> HttpResponse:
    """`?q=` filters, `?sort=` orders, `?page=` turns pages of 50, `?all=1` adds layers of builds; `?complete=`."""
    asked = list_request(request.GET)
    found = image_list(request.actor, host_slug, is_all=asked.is_all)
    rows = listed(found.images, containers=found.containers, shared=found.shared)
    if "complete" in request.GET:
        return JsonResponse({"suggestions": suggestions(request.GET["complete"], rows)})
    by_chip = engine_filters(asked.query, rows, "dangling")
    by_rest = engine_filters(asked.query, rows, *(key for key in ENGINE_KEYS if key != "dangling"))
    choices = Choices(
        images_chosen(request.actor, host_slug, filters=by_chip, is_all=asked.is_all),
        images_chosen(request.actor, host_slug, filters=by_rest, is_all=asked.is_all),
    )
    if wants_json(request):
        problem = asked.query.problem or choices.problem
        if problem:
            raise InvalidInput(_("The filter cannot be understood"), problem, field="q")
        if found.failure is not None and found.taken_at is None:
            raise found.failure
        return JsonResponse(list_json(found, rows, asked, choices=choices))
    page = list_page(request.actor, found=found, rows=rows, asked=asked, choices=choices)
    template = "images/_list.html" if wants_fragment(request) else "images/list.html"
    return render(request, template, {"page": page, "host_slug": host_slug})


@require_GET
@signed_in
def image_sizes(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Which bytes of each image are shared with others, measured if need be: `{"shared": {id: bytes}, "layers"}`."""
    sharing = image_sharing(request.actor, host_slug)
    return JsonResponse({"shared": dict(sharing.shared), "layers": sharing.layers_bytes})
