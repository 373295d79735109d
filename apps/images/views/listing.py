"""The list of a host's images, as a page, as the fragment that live pages fetch again, and as JSON."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.listing.page import Choices, list_page
from apps.core.listing.response import list_response
from apps.images.forms.listing import IMAGES
from apps.images.listed import listed
from apps.images.presenters.listing import list_context
from apps.images.presenters.rows import row_json
from apps.images.query import engine_filters, suggestions
from apps.images.selectors import image_list, image_sharing, images_chosen


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_list_page(request: ActorRequest, host_slug: str) -> HttpResponse:
    """`?q=` filters, `?sort=` orders, `?page=` turns pages of 50, `?all=1` adds layers of builds; `?complete=`."""
    asked = IMAGES.request(request.GET)
    found = image_list(request.actor, host_slug, is_all=asked.is_all)
    rows = listed(found.images, containers=found.containers, shared=found.shared)
    if "complete" in request.GET:
        return JsonResponse({"suggestions": suggestions(request.GET["complete"], rows)})
    by_chip, by_rest = (
        images_chosen(request.actor, host_slug, filters=engine_filters(query, rows), is_all=asked.is_all)
        for query in (asked.chip_query, asked.rest_query)
    )
    page = list_page(asked, rows, taken=found, choices=Choices(by_chip, by_rest))
    return list_response(request, page, row_json=row_json, context=lambda: list_context(request.actor, page))


@require_GET
@signed_in
def image_sizes(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Which bytes of each image are shared with others, measured if need be: `{"shared": {id: bytes}, "layers"}`."""
    sharing = image_sharing(request.actor, host_slug)
    return JsonResponse({"shared": dict(sharing.shared), "layers": sharing.layers_bytes})
