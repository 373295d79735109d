"""The build cache is emptied here: `…/images/build-cache/`."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import wants_json
from apps.images.forms.build_cache import BuildCacheForm
from apps.images.services.build_cache import build_cache_empty, build_cache_version


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def build_cache(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what can be chosen; POST empties it and says what that gained."""
    version = build_cache_version(request.actor, host_slug)
    is_posted = request.method == "POST"
    form = BuildCacheForm(request.POST if is_posted else None, version=version)
    emptied = None
    if is_posted:
        emptied = form.submit(
            lambda: build_cache_empty(request.actor, host_slug, wish=form.wish()), is_raised=wants_json(request)
        )
        if emptied is not None and wants_json(request):
            return JsonResponse({"count": emptied.count, "space_bytes": emptied.space_bytes})
    context = {"host_slug": host_slug, "form": form, "emptied": emptied}
    return render(request, "images/build_cache.html", context, status=form.status)
