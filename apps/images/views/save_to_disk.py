"""Images saved on the server: `…/images/save-to-disk/`."""

from collections.abc import Sequence

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.http import wants_json
from apps.images.forms.saving import SaveForm
from apps.images.presenters.saving import plan_json, plan_page
from apps.images.services.saving_to_disk import save_plan, save_start


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_save_to_disk(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Say what saving one image takes; POST begins it. `gzip`: packed."""
    return _saved(request, host_slug, [ref])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_save_several_to_disk(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Do the same for the images `names` (repeated), in one archive, layers that they share once."""
    asked = request.POST if request.method == "POST" else request.GET
    return _saved(request, host_slug, asked.getlist("names"))


def _saved(request: ActorRequest, host_slug: str, refs: Sequence[str]) -> HttpResponse:
    plan = save_plan(request.actor, host_slug, refs)
    form = SaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        activity = form.submit(
            lambda: save_start(request.actor, host_slug, plan, is_packed=form.cleaned_data["gzip"]),
            is_raised=wants_json(request),
        )
        if activity is not None:
            return started(request, activity)
    if wants_json(request):
        return JsonResponse(plan_json(plan))
    context = {"host_slug": host_slug, "form": form, "page": plan_page(host_slug, plan), "names": list(refs)}
    return render(request, "images/save_to_disk.html", context, status=form.status)
