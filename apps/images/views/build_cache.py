"""The build cache is emptied here: `…/images/build-cache/`."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.http import wants_json
from apps.images.forms.build_cache import BuildCacheForm
from apps.images.services.build_cache import build_cache_start, build_cache_version


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def build_cache(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what can be chosen; POST begins to empty it."""
    version = build_cache_version(request.actor, host_slug)
    form = BuildCacheForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST":
        activity = form.submit(
            lambda: build_cache_start(request.actor, host_slug, wish=form.wish()), is_raised=wants_json(request)
        )
        if activity is not None:
            return started(request, activity)
    return render(request, "images/build_cache.html", {"host_slug": host_slug, "form": form}, status=form.status)
