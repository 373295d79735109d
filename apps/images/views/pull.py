"""Pull an image."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.http import wants_json
from apps.hosts.selectors import host_get
from apps.images.forms.transfer import PullForm
from apps.images.presenters.transfer import reading_json, reading_or_none
from apps.images.services.pulling import pull_start, reference_read


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_pull(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Ask for the reference (`?image=` fills it in), and begin the pull."""
    roles.require(request.actor, Action.IMAGE_PULL)
    host_get(host_slug)
    asked = request.GET.get("image", "")
    form = PullForm(request.POST) if request.method == "POST" else PullForm(initial={"image": asked})
    if request.method == "POST":
        asked = request.POST.get("image", "")
        activity = form.submit(
            lambda: pull_start(
                request.actor,
                host_slug,
                reference=form.cleaned_data["image"],
                platform=form.cleaned_data["platform"],
                is_every_tag=form.cleaned_data["every_tag"],
            ),
            is_raised=wants_json(request),
        )
        if activity is not None:
            return started(request, activity)
    context = {"host_slug": host_slug, "form": form, "reading": reading_or_none(request.actor, asked)}
    return render(request, "images/pull.html", context, status=form.status)


@require_GET
@signed_in
def image_pull_reading(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Say what `?image=` means, and whose credentials it takes; `?every_tag=1`: without a tag."""
    is_every_tag = request.GET.get("every_tag") == "1"
    read = reference_read(request.actor, request.GET.get("image", ""), is_every_tag=is_every_tag)
    return JsonResponse(reading_json(read))
