"""Push an image."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.http import wants_json
from apps.images.forms.transfer import PushForm
from apps.images.presenters.transfer import push_choices
from apps.images.services.pushing import push_image, push_start


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_push(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Ask which of the image's names is pushed (`?reference=` chooses one), and begin."""
    image = push_image(request.actor, host_slug, ref)
    form = PushForm(request.POST if request.method == "POST" else None, names=image.tags)
    chosen = request.GET.get("reference", ref)
    if request.method == "POST":
        chosen = request.POST.get("reference", "")
        activity = form.submit(
            lambda: push_start(request.actor, host_slug, image.id, reference=form.cleaned_data["reference"]),
            is_raised=wants_json(request),
        )
        if activity is not None:
            return started(request, activity)
    choices = push_choices(request.actor, image.tags)
    if chosen not in image.tags:
        chosen = image.tags[0] if image.tags else ""
    context = {"host_slug": host_slug, "image": image, "form": form, "choices": choices, "chosen": chosen, "ref": ref}
    return render(request, "images/push.html", context, status=form.status)
