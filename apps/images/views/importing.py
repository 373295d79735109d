"""Import an image from a file system in a tar."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.activities.models import Activity
from apps.core.http import wants_json
from apps.hosts.selectors import host_get
from apps.images.forms.transfer import ImportForm
from apps.images.services.importing import import_start, import_url_start


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_import(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Take an archive or its address, and begin to import it."""
    roles.require(request.actor, Action.IMAGE_IMPORT)
    host_get(host_slug)
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if is_sent:
        activity = form.submit(lambda: _begin(request, host_slug, form), is_raised=wants_json(request))
        if activity is not None:
            return started(request, activity)
    return render(request, "images/import.html", {"host_slug": host_slug, "form": form}, status=form.status)


def _begin(request: ActorRequest, host_slug: str, form: ImportForm) -> Activity:
    if form.upload is not None:
        return import_start(request.actor, host_slug, upload=form.upload, wish=form.wish())
    return import_url_start(request.actor, host_slug, url=form.cleaned_data["url"], wish=form.wish())
