"""A container's name: `…/rename/`."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.errors import NameTaken
from apps.containers.forms.renaming import RenameForm
from apps.containers.services.renaming import container_rename as rename
from apps.containers.views.page import container_page
from apps.core.http import go_to, wants_fragment, wants_json


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_rename(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Give the container another `name`. The dialog of its page gets the form alone."""
    form = RenameForm(request.POST if request.method == "POST" else None, auto_id="rename-%s")
    if request.method == "POST":
        done = form.submit(
            lambda: rename(request.actor, host_slug, ref, name=form.cleaned_data["name"]), is_raised=wants_json(request)
        )
        if done is not None:
            words = _("%(old)s is called %(new)s now") if done.was_needed else _("%(new)s bore this name already")
            title = words % {"old": done.old_name, "new": done.name}
            if wants_json(request):
                answer = {"id": done.container_id, "name": done.name, "was_needed": done.was_needed, "title": title}
                return JsonResponse(answer)
            messages.success(request, title)
            return go_to(request, reverse("containers:detail", args=[host_slug, done.container_id]))
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_RENAME, tab="rename")
    if not form.is_bound:
        form.initial["name"] = context["container"].name
    holder = form.refusal if isinstance(form.refusal, NameTaken) else None
    template = "containers/_rename_form.html" if wants_fragment(request) else "containers/rename.html"
    told = {"form": form, "holder": holder, "in_dialog": wants_fragment(request)}
    return render(request, template, context | told, status=form.status)
