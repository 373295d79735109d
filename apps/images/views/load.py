"""Load images out of an archive."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.http import wants_json
from apps.hosts.selectors import host_get
from apps.images.forms.transfer import LoadForm
from apps.images.services.loading import load_start


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_load(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Take an archive, and begin to load it. The size gate has let it in: see dockerweb.uploads."""
    roles.require(request.actor, Action.IMAGE_LOAD)
    host_get(host_slug)
    is_sent = request.method == "POST"
    form = LoadForm(request.POST, request.FILES) if is_sent else LoadForm()
    if is_sent:
        activity = form.submit(
            lambda: load_start(request.actor, host_slug, upload=form.cleaned_data["archive"]),
            is_raised=wants_json(request),
        )
        if activity is not None:
            return started(request, activity)
    return render(request, "images/load.html", {"host_slug": host_slug, "form": form}, status=form.status)
