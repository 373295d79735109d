"""`…/updates/`: whether a registry has something newer under an image's names."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import wants_fragment, wants_json
from apps.core.problems import problem_of
from apps.images.presenters.outcomes import update_json
from apps.images.services import updates
from apps.images.views.page import page_context


@require_GET
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_updates(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Ask the registries of the image's names for their digests, and compare. Nothing is pulled."""
    image, checks = updates.image_updates(request.actor, host_slug, ref)
    if wants_json(request):
        return JsonResponse({"names": [update_json(check) for check in checks]})
    told = [(check, problem_of(check.failure) if check.failure else None) for check in checks]
    context = page_context(request.actor, host_slug, image, tab="updates") | {"checks": told}
    template = "images/_updates.html" if wants_fragment(request) else "images/updates.html"
    return render(request, template, context)
